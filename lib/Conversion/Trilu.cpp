//===- Trilu.cpp - triangles of matrices ----------------------------------===//

#include "Categories.h"
#include "ElementwiseLowering.h"
#include "Scalars.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"

using namespace mlir;
using namespace tenon;

namespace {
struct TriluLowering
    : LinalgLoweringOpInterface::ExternalModel<TriluLowering, TriluOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto trilu = cast<TriluOp>(op);
    auto type = cast<RankedTensorType>(trilu.getType());
    Value init = dims.createEmpty(builder, op->getLoc(), type);
    auto body = [&](OpBuilder &nested, Location loc, ValueRange x) {
      ScalarBuilder b(nested, loc, NumberKind::Signed);
      Value row = linalg::IndexOp::create(b, type.getRank() - 2),
            column = linalg::IndexOp::create(b, type.getRank() - 1);
      Value diagonal = arith::AddIOp::create(
          b, row, arith::ConstantIndexOp::create(b, trilu.getDiagonal()));
      Value isKept = trilu.getUpper() ? b.lessEqual(diagonal, column)
                                      : b.lessEqual(column, diagonal);
      return b.select(isKept, x[0], b.constant(x[0].getType(), 0));
    };
    return SmallVector<Value>{
        createElementwise(builder, op->getLoc(), operands, init, body)};
  }
};
} // namespace

void tenon::attachTriluLowerings(MLIRContext *context) {
  TriluOp::attachInterface<TriluLowering>(*context);
}
