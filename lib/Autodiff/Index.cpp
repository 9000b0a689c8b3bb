//===- Index.cpp - derivatives of ops whose positions are data ------------===//

#include "Movement.h"
#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"

using namespace mlir;
using namespace tenon;

/// The dimension comes first for the scatter.
Value tenon::addSlices(Composer &c, Value v, Value indices, int64_t axis,
                       RankedTensorType type, bool inBounds) {
  int64_t rank = type.getRank(), count = getTensorTypeOf(indices).getRank();
  // the indices' dimensions to the front of the cotangent
  SmallVector<int64_t> order;
  for (int64_t i = 0; i < count; ++i)
    order.push_back(axis + i);
  for (int64_t i = 0; i < axis; ++i)
    order.push_back(i);
  for (int64_t i = axis + count; i < rank - 1 + count; ++i)
    order.push_back(i);
  Value updates = c.createOrFold<TransposeOp>(v, order);
  SmallVector<AffineExpr> coordinates = getDims(getTensorTypeOf(indices));
  coordinates.push_back(c.getAffineConstantExpr(1));
  SmallVector<AffineExpr> dims = getDims(type);
  AffineExpr chosen = dims[axis];
  dims.erase(dims.begin() + axis);
  dims.insert(dims.begin(), chosen);
  Value sum = ScatterNDOp::create(
      c, c.zeros(getTensorType(dims, type.getElementType())),
      c.reshape(indices, coordinates), updates, Combiner::add, inBounds);
  // and the dimension back to its place
  SmallVector<int64_t> back;
  for (int64_t i = 0; i < rank; ++i)
    back.push_back(i < axis ? i + 1 : i == axis ? 0 : i);
  return c.createOrFold<TransposeOp>(sum, back);
}

static FailureOr<Value> transposeGather(GatherOp op, Composer &c, Value v) {
  return addSlices(c, v, op.getIndices(), op.getAxis(),
                   op.getOperand().getType(), op.getInBounds());
}

static FailureOr<Value> transposeGatherElements(GatherElementsOp op,
                                                Composer &c, Value v) {
  return ScatterElementsOp::create(c, c.zeros(op.getOperand().getType()),
                                   op.getIndices(), v, op.getAxis(),
                                   Combiner::add)
      .getResult();
}

static FailureOr<Value> transposeGatherND(GatherNDOp op, Composer &c, Value v) {
  RankedTensorType type = op.getOperand().getType();
  Value indices = op.getIndices();
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(indices));
  int64_t batchDims = op.getBatchDims();
  // coordinates of the batch, which scatter_nd has no other way to say
  SmallVector<Value> coordinates;
  SmallVector<AffineExpr> one = dims;
  one.back() = c.getAffineConstantExpr(1);
  Type element = getTensorTypeOf(indices).getElementType();
  for (int64_t i = 0; i < batchDims; ++i)
    coordinates.push_back(IotaOp::create(c, getTensorType(one, element), i));
  coordinates.push_back(indices);
  if (batchDims)
    indices = ConcatOp::create(c, coordinates, dims.size() - 1);
  return ScatterNDOp::create(c, c.zeros(type), indices, v, Combiner::add)
      .getResult();
}

//===----------------------------------------------------------------------===//
// Scatters
//===----------------------------------------------------------------------===//

static Value gatherLike(ScatterElementsOp op, Composer &c, Value v) {
  return GatherElementsOp::create(c, v, op.getIndices(), op.getAxis());
}
static Value gatherLike(ScatterNDOp op, Composer &c, Value v) {
  return GatherNDOp::create(c, v, op.getIndices(), /*batch_dims=*/0);
}
static Value scatterLike(ScatterElementsOp op, Composer &c, Value into,
                         Value updates, Combiner combiner) {
  return ScatterElementsOp::create(c, into, op.getIndices(), updates,
                                   op.getAxis(), combiner);
}
static Value scatterLike(ScatterNDOp op, Composer &c, Value into, Value updates,
                         Combiner combiner) {
  return ScatterNDOp::create(c, into, op.getIndices(), updates, combiner);
}

namespace {
/// `replace` and `add` are linear in operand and updates together. Where
/// several updates replace one element, the last one counts, also here: the
/// updates' numbers are scattered like they are, and compared.
template <typename Op>
struct ScatterDerivative
    : DifferentiableOpInterface::ExternalModel<ScatterDerivative<Op>, Op> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    auto scatter = cast<Op>(op);
    Value v = cotangents[0];
    RankedTensorType updates = getTensorTypeOf(scatter.getUpdates());
    if (failed(check(scatter)))
      return failure();
    SmallVector<Value> result(3);
    if (scatter.getCombiner() == Combiner::add) {
      result[0] = v;
      result[2] = gatherLike(scatter, c, v);
      return result;
    }
    result[0] = scatterLike(scatter, c, v, c.zeros(updates), Combiner::replace);
    AffineExpr size = getProduct(getDims(updates), c.getContext());
    Value numbers = c.reshape(c.countUp(size), getDims(updates));
    Value none =
        c.broadcastTo(c.constant(c.getI64Type(), -1),
                      withElementType(getTensorTypeOf(v), c.getI64Type()));
    Value last = gatherLike(
        scatter, c, scatterLike(scatter, c, none, numbers, Combiner::replace));
    Value counts = c.compare(ComparisonPredicate::eq, last, numbers);
    result[2] = c.select(counts, gatherLike(scatter, c, v), c.constant(v, 0));
    return result;
  }

  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    auto scatter = cast<Op>(op);
    if (failed(check(scatter)))
      return failure();
    auto tangentOf = [&](unsigned index) {
      return tangents[index] ? tangents[index]
                             : c.zeros(getTensorTypeOf(op->getOperand(index)));
    };
    return SmallVector<Value>{scatterLike(scatter, c, tangentOf(0),
                                          tangentOf(2), scatter.getCombiner())};
  }

private:
  static LogicalResult check(Op op) {
    if (op.getCombiner() == Combiner::add ||
        op.getCombiner() == Combiner::replace)
      return success();
    return op.emitOpError("has no derivative with the combiner '")
           << stringifyCombiner(op.getCombiner()) << "'";
  }
};

/// The chosen elements go back to where they were.
struct TopKDerivative
    : DifferentiableOpInterface::ExternalModel<TopKDerivative, TopKOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    auto topK = cast<TopKOp>(op);
    return SmallVector<Value>{ScatterElementsOp::create(
        c, c.zeros(getTensorTypeOf(topK.getOperand())), topK.getIndices(),
        cotangents[0], topK.getAxis(), Combiner::add)};
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    auto topK = cast<TopKOp>(op);
    return SmallVector<Value>{GatherElementsOp::create(c, tangents[0],
                                                       topK.getIndices(),
                                                       topK.getAxis()),
                              Value()};
  }
};
} // namespace

void tenon::attachIndexDerivatives(MLIRContext *context) {
  GatherOp::attachInterface<LinearDerivative<GatherOp, transposeGather>>(
      *context);
  GatherElementsOp::attachInterface<
      LinearDerivative<GatherElementsOp, transposeGatherElements>>(*context);
  GatherNDOp::attachInterface<LinearDerivative<GatherNDOp, transposeGatherND>>(
      *context);
  ScatterElementsOp::attachInterface<ScatterDerivative<ScatterElementsOp>>(
      *context);
  ScatterNDOp::attachInterface<ScatterDerivative<ScatterNDOp>>(*context);
  TopKOp::attachInterface<TopKDerivative>(*context);
}
