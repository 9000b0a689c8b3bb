//===- Window.cpp - derivatives of reductions over sliding windows --------===//

#include "Movement.h"
#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/WindowOps.h"

using namespace mlir;
using namespace tenon;

/// Elements of `value` at positions in its row-major order.
static Value takeFlat(Composer &c, Value value, Value indices) {
  Value taken = GatherOp::create(c, flatten(c, value), flatten(c, indices), 0,
                                 /*in_bounds=*/true);
  return c.reshape(taken, getDims(getTensorTypeOf(indices)));
}

/// A tensor of `type` with `value` added at positions in its row-major order.
static Value addFlat(Composer &c, Value value, Value indices,
                     RankedTensorType type) {
  AffineExpr size = getProduct(getDims(type), c.getContext());
  Value zeros = c.zeros(getTensorType(size, type.getElementType()));
  Value sum = ScatterElementsOp::create(c, zeros, flatten(c, indices),
                                        flatten(c, value), 0, Combiner::add,
                                        /*in_bounds=*/true);
  return c.reshape(sum, getDims(type));
}

/// The transpose of a sum over windows is one again, of the dilated cotangent.
static Value transposeSums(Composer &c, PoolOp op, Value v) {
  auto input = getTensorTypeOf(op.getInput()),
       result = cast<RankedTensorType>(op.getType());
  int64_t rank = op.getSpatialRank();
  SmallVector<AffineExpr> low(2 + rank, c.getAffineConstantExpr(0)), high = low;
  for (int64_t i = 0; i < rank; ++i) {
    v = dilateDim(c, v, 2 + i, op.getStrides()[i]);
    int64_t reach = (op.getWindow()[i] - 1) * op.getDilations()[i],
            before = reach - op.getPads()[i];
    low[2 + i] = c.getAffineConstantExpr(before);
    high[2 + i] = getDim(input, 2 + i) + reach - before -
                  getDim(result, 2 + i) * op.getStrides()[i];
  }
  SmallVector<int64_t> ones(rank, 1), none(2 * rank, 0);
  return PoolOp::create(c, ReduceKind::sum, padWithZeros(c, v, low, high),
                        op.getWindow(), ones, none, op.getDilations(),
                        /*ceil_mode=*/false, /*count_include_pad=*/false,
                        /*channels_last=*/false);
}

/// How many elements each window of a mean has.
static Value countElements(Composer &c, PoolOp op) {
  auto type = getTensorTypeOf(op.getInput());
  bool isWhole = llvm::all_of(op.getPads(), [](int64_t pad) { return !pad; }) &&
                 !op.getCeilMode();
  if (isWhole || (op.getCountIncludePad() && !op.getCeilMode())) {
    int64_t count = 1;
    for (int64_t size : op.getWindow())
      count *= size;
    return c.constant(type.getElementType(), count);
  }
  // 1 / mean of a 1 in each window's first element would not do: the sum of
  // ones over the mean of ones is the divisor, with or without padding
  Value ones = c.broadcastTo(c.constant(type.getElementType(), 1), type);
  auto pool = [&](ReduceKind kind) -> Value {
    return PoolOp::create(c, kind, ones, op.getWindow(), op.getStrides(),
                          op.getPads(), op.getDilations(), op.getCeilMode(),
                          op.getCountIncludePad(), /*channels_last=*/false);
  };
  return c.div(pool(ReduceKind::sum), pool(ReduceKind::mean));
}

static MaxPoolWithIndicesOp locateMaxima(Composer &c, PoolOp op) {
  return MaxPoolWithIndicesOp::create(
      c, op.getInput(), op.getWindow(), op.getStrides(), op.getPads(),
      op.getDilations(), op.getCeilMode(), /*column_major=*/false);
}

namespace {
/// A maximum's derivative goes to the first largest element.
struct PoolDerivative
    : DifferentiableOpInterface::ExternalModel<PoolDerivative, PoolOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    auto pool = cast<PoolOp>(op);
    if (pool.getChannelsLast())
      return op->emitOpError("has no derivative with channels last; layouts "
                             "are selected after differentiation");
    Value v = cotangents[0];
    if (pool.getKind() == ReduceKind::maximum)
      return SmallVector<Value>{addFlat(c, v,
                                        locateMaxima(c, pool).getIndices(),
                                        getTensorTypeOf(pool.getInput()))};
    if (pool.getKind() == ReduceKind::mean)
      v = c.div(v, countElements(c, pool));
    return SmallVector<Value>{transposeSums(c, pool, v)};
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    auto pool = cast<PoolOp>(op);
    if (pool.getKind() == ReduceKind::maximum)
      return SmallVector<Value>{
          takeFlat(c, tangents[0], locateMaxima(c, pool).getIndices())};
    return SmallVector<Value>{
        cloneWithOperands(c, op, tangents[0])->getResult(0)};
  }
};

struct MaxPoolWithIndicesDerivative
    : DifferentiableOpInterface::ExternalModel<MaxPoolWithIndicesDerivative,
                                               MaxPoolWithIndicesOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    return SmallVector<Value>{addFlat(c, cotangents[0], getIndices(op, c),
                                      getTensorTypeOf(op->getOperand(0)))};
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    return SmallVector<Value>{takeFlat(c, tangents[0], getIndices(op, c)),
                              Value()};
  }

private:
  /// In row-major order.
  static Value getIndices(Operation *op, Composer &c) {
    auto pool = cast<MaxPoolWithIndicesOp>(op);
    if (!pool.getColumnMajor())
      return pool.getIndices();
    return MaxPoolWithIndicesOp::create(c, pool.getInput(), pool.getWindow(),
                                        pool.getStrides(), pool.getPads(),
                                        pool.getDilations(), pool.getCeilMode(),
                                        /*column_major=*/false)
        .getIndices();
  }
};
} // namespace

void tenon::attachWindowDerivatives(MLIRContext *context) {
  PoolOp::attachInterface<PoolDerivative>(*context);
  MaxPoolWithIndicesOp::attachInterface<MaxPoolWithIndicesDerivative>(*context);
}
