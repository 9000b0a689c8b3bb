//===- Constant.cpp - small constants inside kernels ----------------------===//

#include "Categories.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

namespace {
struct ConstantLowering
    : LinalgLoweringOpInterface::ExternalModel<ConstantLowering, ConstantOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange,
                                              const KernelDims &) const {
    auto dense = dyn_cast<DenseElementsAttr>(cast<ConstantOp>(op).getValue());
    if (!dense)
      return op->emitOpError("expected weights to be arguments of kernels");
    auto type = cast<RankedTensorType>(dense.getType());
    Type element = getKernelType(type).getElementType();
    if (element != type.getElementType())
      dense = dense.bitcast(element);
    return SmallVector<Value>{
        arith::ConstantOp::create(builder, op->getLoc(), dense)};
  }
};
} // namespace

void tenon::attachConstantLowerings(MLIRContext *context) {
  ConstantOp::attachInterface<ConstantLowering>(*context);
}
