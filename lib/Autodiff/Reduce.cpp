//===- Reduce.cpp - derivatives of ops along dimensions -------------------===//

#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"

using namespace mlir;
using namespace tenon;

/// A value of the result's shape, repeated to that of the operand.
static Value expand(ReduceOp op, Composer &c, Value v) {
  auto type = getTensorTypeOf(op.getOperand());
  SmallVector<AffineExpr> dims = getDims(type);
  for (int64_t axis : op.getAxes())
    dims[axis] = c.getAffineConstantExpr(1);
  return c.broadcastTo(c.reshape(v, dims), type);
}

static Value sumAlongAxes(ReduceOp op, Composer &c, Value v) {
  return ReduceOp::create(c, ReduceKind::sum, v, op.getAxes(),
                          op.getKeepDims());
}

/// The derivative of a maximum or minimum: the equal elements share it.
static Value shareOfExtreme(ReduceOp op, Composer &c) {
  Value x = op.getOperand();
  Value isExtreme =
      c.compare(ComparisonPredicate::eq, x, expand(op, c, op.getResult()));
  Value ones = c.cast(isExtreme, getTensorTypeOf(x).getElementType());
  return c.div(ones, expand(op, c, sumAlongAxes(op, c, ones)));
}

/// The product of all other elements. Where elements are zero, that of the
/// others is taken: with one zero it is the zero's own derivative, with two
/// all are 0.
static Value productOfOthers(ReduceOp op, Composer &c) {
  Value x = op.getOperand();
  Type element = getTensorTypeOf(x).getElementType();
  Value zero = c.constant(x, 0), one = c.constant(x, 1);
  Value isZero = c.compare(ComparisonPredicate::eq, x, zero);
  Value numZeros = expand(op, c, sumAlongAxes(op, c, c.cast(isZero, element)));
  Value nonzero = c.select(isZero, one, x);
  Value product = expand(op, c,
                         ReduceOp::create(c, ReduceKind::product, nonzero,
                                          op.getAxes(), op.getKeepDims()));
  Value others = c.div(product, nonzero);
  Value hasNone = c.compare(ComparisonPredicate::eq, numZeros, zero);
  Value isOnlyZero = AndOp::create(
      c, isZero, c.compare(ComparisonPredicate::eq, numZeros, one));
  return c.select(OrOp::create(c, hasNone, isOnlyZero), others, zero);
}

static Value divideByCount(ReduceOp op, Composer &c, Value v) {
  SmallVector<AffineExpr> reduced;
  for (int64_t axis : op.getAxes())
    reduced.push_back(getDim(getTensorTypeOf(op.getOperand()), axis));
  return c.div(v, c.sizeOf(getProduct(reduced, c.getContext()),
                           getTensorTypeOf(v).getElementType()));
}

namespace {
/// For each kind, the weights with which the elements' tangents are summed.
struct ReduceDerivative
    : DifferentiableOpInterface::ExternalModel<ReduceDerivative, ReduceOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    auto reduce = cast<ReduceOp>(op);
    Value v = cotangents[0];
    if (reduce.getKind() == ReduceKind::mean)
      v = divideByCount(reduce, c, v);
    Value expanded = expand(reduce, c, v);
    Value weights = getWeights(reduce, c);
    return SmallVector<Value>{weights ? c.mul(expanded, weights) : expanded};
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    auto reduce = cast<ReduceOp>(op);
    if (!tangents[0])
      return SmallVector<Value>(1);
    Value weights = getWeights(reduce, c);
    Value v = weights ? c.mul(tangents[0], weights) : tangents[0];
    v = sumAlongAxes(reduce, c, v);
    return SmallVector<Value>{
        reduce.getKind() == ReduceKind::mean ? divideByCount(reduce, c, v) : v};
  }

private:
  static Value getWeights(ReduceOp op, Composer &c) {
    switch (op.getKind()) {
    case ReduceKind::maximum:
    case ReduceKind::minimum:
      return shareOfExtreme(op, c);
    case ReduceKind::product:
      return productOfOthers(op, c);
    default:
      return {};
    }
  }
};
} // namespace

/// An element is in the sums from its own on: they run the other way.
static FailureOr<Value> transposeCumSum(CumSumOp op, Composer &c, Value v) {
  return CumSumOp::create(c, v, op.getAxis(), op.getExclusive(),
                          !op.getReverse())
      .getResult();
}

void tenon::attachReduceDerivatives(MLIRContext *context) {
  ReduceOp::attachInterface<ReduceDerivative>(*context);
  CumSumOp::attachInterface<LinearDerivative<CumSumOp, transposeCumSum>>(
      *context);
}
