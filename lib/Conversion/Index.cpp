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

/// A reduction over the indices, of the position where it is out of range.
struct FindOutsideLowering
    : LinalgLoweringOpInterface::ExternalModel<FindOutsideLowering,
                                               FindOutsideOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto find = cast<FindOutsideOp>(op);
    ImplicitLocOpBuilder b(op->getLoc(), builder);
    Type i64 = b.getI64Type();
    SmallVector<Value> sizes = llvm::map_to_vector(
        find.getSizes().getExprs(), [&](AffineExpr size) -> Value {
          return arith::IndexCastOp::create(b, i64, getSize(b, dims, size));
        });
    Value none = arith::ConstantOp::create(
        b, b.getI64IntegerAttr(std::numeric_limits<int64_t>::max()));
    Value init = linalg::FillOp::create(
                     b, none, dims.createEmpty(b, b.getLoc(), find.getType()))
                     .getResult(0);
    SmallVector<AffineMap> maps{b.getMultiDimIdentityMap(2),
                                AffineMap::get(2, 0, b.getContext())};
    SmallVector<utils::IteratorType> iterators(2,
                                               utils::IteratorType::reduction);
    auto generic = linalg::GenericOp::create(
        b, init.getType(), operands[0], init, maps, iterators,
        [&](OpBuilder &nested, Location loc, ValueRange args) {
          ImplicitLocOpBuilder inner(loc, nested);
          Value position =
              emitPosition(inner, args[0], sizes, find.getFromEnd(), none);
          linalg::YieldOp::create(
              inner,
              arith::MinSIOp::create(inner, args[1], position).getResult());
        });
    return SmallVector<Value>{generic.getResult(0)};
  }

private:
  /// The position of the present index, or `none` where it is in range.
  static Value emitPosition(ImplicitLocOpBuilder &b, Value index,
                            ArrayRef<Value> sizes, bool fromEnd, Value none) {
    Value row = linalg::IndexOp::create(b, 0),
          column = linalg::IndexOp::create(b, 1), size = sizes[0];
    for (auto [i, other] : llvm::enumerate(sizes.drop_front())) {
      Value isOther =
          arith::CmpIOp::create(b, arith::CmpIPredicate::eq, column,
                                arith::ConstantIndexOp::create(b, i + 1));
      size = arith::SelectOp::create(b, isOther, other, size);
    }
    if (index.getType() != none.getType())
      index = arith::ExtSIOp::create(b, none.getType(), index);
    if (fromEnd) {
      index = arith::AddIOp::create(b, index, size);
      size = arith::AddIOp::create(b, size, size);
    }
    // one unsigned comparison finds both sides
    Value isOutside =
        arith::CmpIOp::create(b, arith::CmpIPredicate::uge, index, size);
    Value numColumns = arith::ConstantIndexOp::create(b, sizes.size());
    Value position = arith::AddIOp::create(
        b, arith::MulIOp::create(b, row, numColumns), column);
    return arith::SelectOp::create(
        b, isOutside, arith::IndexCastOp::create(b, none.getType(), position),
        none);
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
  FindOutsideOp::attachInterface<FindOutsideLowering>(*context);
  IotaOp::attachInterface<IotaLowering>(*context);
}
