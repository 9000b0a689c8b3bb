//===- Index.cpp - lowering of gathers and iota ---------------------------===//

#include "Categories.h"
#include "IndexedElements.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"

using namespace mlir;
using namespace tenon;

using Lowered = FailureOr<SmallVector<Value>>;

/// A generic over `type` that reads `indices` through `map`; `body` gets the
/// index read there and the loops' indices.
static Value generateFromIndices(
    OpBuilder &builder, Location loc, Value indices, AffineMap map, Value init,
    function_ref<Value(ImplicitLocOpBuilder &, Value, ValueRange)> body) {
  int64_t rank = cast<RankedTensorType>(init.getType()).getRank();
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  SmallVector<AffineMap> maps = {map, builder.getMultiDimIdentityMap(rank)};
  auto generic = linalg::GenericOp::create(
      builder, loc, init.getType(), indices, init, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange args) {
        ImplicitLocOpBuilder b(loc, nested);
        SmallVector<Value> loops;
        for (int64_t i = 0; i < rank; ++i)
          loops.push_back(linalg::IndexOp::create(b, i));
        linalg::YieldOp::create(b, body(b, args[0], loops));
      });
  return generic.getResult(0);
}

namespace {
struct GatherLowering
    : LinalgLoweringOpInterface::ExternalModel<GatherLowering, GatherOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto gather = cast<GatherOp>(op);
    int64_t axis = gather.getAxis(), rank = gather.getType().getRank(),
            count = gather.getIndices().getType().getRank();
    ImplicitLocOpBuilder outer(op->getLoc(), builder);
    Value size =
        getSize(outer, dims, getDim(gather.getOperand().getType(), axis));
    AffineMap map =
        builder.getMultiDimIdentityMap(rank).getSliceMap(axis, count);
    return SmallVector<Value>{generateFromIndices(
        builder, op->getLoc(), operands[1], map,
        dims.createEmpty(builder, op->getLoc(), gather.getType()),
        [&](ImplicitLocOpBuilder &b, Value index, ValueRange loops) -> Value {
          SmallVector<Value> source(loops.take_front(axis));
          source.push_back(getPosition(b, index, size));
          llvm::append_range(source, loops.drop_front(axis + count));
          return tensor::ExtractOp::create(b, operands[0], source);
        })};
  }
};

struct GatherElementsLowering
    : LinalgLoweringOpInterface::ExternalModel<GatherElementsLowering,
                                               GatherElementsOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto gather = cast<GatherElementsOp>(op);
    int64_t axis = gather.getAxis(), rank = gather.getType().getRank();
    ImplicitLocOpBuilder outer(op->getLoc(), builder);
    Value size =
        getSize(outer, dims, getDim(gather.getOperand().getType(), axis));
    return SmallVector<Value>{generateFromIndices(
        builder, op->getLoc(), operands[1],
        builder.getMultiDimIdentityMap(rank),
        dims.createEmpty(builder, op->getLoc(), gather.getType()),
        [&](ImplicitLocOpBuilder &b, Value index, ValueRange loops) -> Value {
          SmallVector<Value> source(loops);
          source[axis] = getPosition(b, index, size);
          return tensor::ExtractOp::create(b, operands[0], source);
        })};
  }
};

struct GatherNDLowering
    : LinalgLoweringOpInterface::ExternalModel<GatherNDLowering, GatherNDOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto gather = cast<GatherNDOp>(op);
    RankedTensorType type = gather.getOperand().getType(),
                     indices = gather.getIndices().getType();
    int64_t batchDims = gather.getBatchDims(), chosen = indices.getRank() - 1;
    ImplicitLocOpBuilder outer(op->getLoc(), builder);
    SmallVector<Value> sizes = llvm::map_to_vector(
        getDims(type), [&](AffineExpr e) { return getSize(outer, dims, e); });
    return SmallVector<Value>{generateElements(
        builder, op->getLoc(),
        dims.createEmpty(builder, op->getLoc(), gather.getType()),
        [&](ImplicitLocOpBuilder &b, ValueRange loops) -> Value {
          SmallVector<Value> source(loops.take_front(batchDims));
          for (int64_t i = 0, e = indices.getShape().back(); i < e; ++i) {
            SmallVector<Value> at(loops.take_front(chosen));
            at.push_back(arith::ConstantIndexOp::create(b, i));
            Value index = tensor::ExtractOp::create(b, operands[1], at);
            source.push_back(getPosition(b, index, sizes[batchDims + i]));
          }
          llvm::append_range(source, loops.drop_front(chosen));
          return tensor::ExtractOp::create(b, operands[0], source);
        })};
  }
};

struct IotaLowering
    : LinalgLoweringOpInterface::ExternalModel<IotaLowering, IotaOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto iota = cast<IotaOp>(op);
    Type element = getKernelType(iota.getType()).getElementType();
    return SmallVector<Value>{generateElements(
        builder, op->getLoc(),
        dims.createEmpty(builder, op->getLoc(), iota.getType()),
        [&](ImplicitLocOpBuilder &b, ValueRange loops) -> Value {
          Value index = loops[iota.getAxis()];
          if (isa<IntegerType>(element))
            return arith::IndexCastOp::create(b, element, index);
          index = arith::IndexCastOp::create(b, b.getI64Type(), index);
          return arith::SIToFPOp::create(b, element, index);
        })};
  }
};
} // namespace

void tenon::attachIndexLowerings(MLIRContext *context) {
  GatherOp::attachInterface<GatherLowering>(*context);
  GatherElementsOp::attachInterface<GatherElementsLowering>(*context);
  GatherNDOp::attachInterface<GatherNDLowering>(*context);
  IotaOp::attachInterface<IotaLowering>(*context);
}
