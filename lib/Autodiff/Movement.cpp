//===- Movement.cpp - derivatives of ops that put elements elsewhere ------===//

#include "Movement.h"
#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"

using namespace mlir;
using namespace tenon;

Value tenon::flatten(Composer &c, Value value) {
  return c.reshape(value,
                   getProduct(getDims(getTensorTypeOf(value)), c.getContext()));
}

/// Where a type does not know the operand's sizes, the elements suffice.
static FailureOr<Value> transposeReshape(ReshapeOp op, Composer &c, Value v) {
  if (!hasKnownSizes(op.getOperand().getType()))
    return flatten(c, v);
  return c.reshape(v, getDims(op.getOperand().getType()));
}

static FailureOr<Value> transposeTranspose(TransposeOp op, Composer &c,
                                           Value v) {
  SmallVector<int64_t> inverse(op.getPermutation().size());
  for (auto [index, from] : llvm::enumerate(op.getPermutation()))
    inverse[from] = index;
  return TransposeOp::create(c, v, inverse).getResult();
}

static FailureOr<Value> transposeBroadcast(BroadcastOp op, Composer &c,
                                           Value v) {
  return c.sumTo(v, op.getOperand().getType());
}

static FailureOr<Value> transposeTrilu(TriluOp op, Composer &c, Value v) {
  return cloneWithOperands(c, op, v)->getResult(0);
}

static DimsAttr getAttr(Composer &c, ArrayRef<AffineExpr> exprs) {
  return DimsAttr::get(
      c.getContext(),
      llvm::map_to_vector(exprs, [](AffineExpr e) { return simplifyDim(e); }));
}

Value tenon::padWithZeros(Composer &c, Value value, ArrayRef<AffineExpr> low,
                          ArrayRef<AffineExpr> high) {
  auto isZero = [](AffineExpr e) {
    return getConstantDim(simplifyDim(e)) == 0;
  };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero))
    return value;
  return PadOp::create(c, value, c.constant(value, 0), getAttr(c, low),
                       getAttr(c, high), PadMode::constant);
}

Value tenon::dilateDim(Composer &c, Value value, int64_t dim, int64_t step) {
  if (step == 1)
    return value;
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(value)), split = dims;
  split.insert(split.begin() + dim + 1, c.getAffineConstantExpr(1));
  SmallVector<AffineExpr> low(split.size(), c.getAffineConstantExpr(0)),
      high = low;
  high[dim + 1] = c.getAffineConstantExpr(step - 1);
  Value padded = padWithZeros(c, c.reshape(value, split), low, high);
  dims[dim] = simplifyDim(dims[dim] * step);
  return c.reshape(padded, dims);
}

static Value reverseDim(Composer &c, Value value, int64_t dim) {
  RankedTensorType type = getTensorTypeOf(value);
  SmallVector<AffineExpr> starts(type.getRank(), c.getAffineConstantExpr(0));
  SmallVector<int64_t> steps(type.getRank(), 1);
  starts[dim] = getDim(type, dim) - 1;
  steps[dim] = -1;
  return SliceOp::create(c, type, value, getAttr(c, starts),
                         c.getDenseI64ArrayAttr(steps));
}

/// Puts the elements back where they were, and zeros between and around them.
static FailureOr<Value> transposeSlice(SliceOp op, Composer &c, Value v) {
  RankedTensorType type = op.getOperand().getType(), slice = op.getType();
  SmallVector<AffineExpr> low, high;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    int64_t step = op.getSteps()[i];
    AffineExpr size = getDim(slice, i), start = op.getStarts().getExprs()[i];
    if (step < 0) {
      v = reverseDim(c, v, i);
      start = start + (size - 1) * step;
      step = -step;
    }
    v = dilateDim(c, v, i, step);
    low.push_back(start);
    high.push_back(getDim(type, i) - start - size * step);
  }
  return padWithZeros(c, v, low, high);
}

/// Where the slice begins along `dim`, clamped as the op does it.
static Value getStart(Composer &c, DynamicSliceOp op, int64_t dim) {
  AffineExpr one = c.getAffineConstantExpr(1);
  Value start = c.reshape(
      sliceRange(c, op.getStarts(), 0, c.getAffineConstantExpr(dim), one), {});
  AffineExpr last = getDim(op.getOperand().getType(), dim) -
                    getDim(op.getResult().getType(), dim);
  start =
      MinimumOp::create(c, start, c.sizeOf(simplifyDim(last), c.getI64Type()));
  return MaximumOp::create(c, start, c.constant(c.getI64Type(), 0));
}

/// Puts the elements back one dimension after the other.
static FailureOr<Value> transposeDynamicSlice(DynamicSliceOp op, Composer &c,
                                              Value v) {
  RankedTensorType type = op.getOperand().getType();
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    RankedTensorType slice = getTensorTypeOf(v);
    SmallVector<AffineExpr> dims = getDims(slice);
    if (dims[dim] == getDim(type, dim))
      continue;
    Value positions = c.add(c.countUp(dims[dim]), getStart(c, op, dim));
    dims[dim] = getDim(type, dim);
    v = addSlices(c, v, positions, dim,
                  getTensorType(dims, type.getElementType()),
                  /*inBounds=*/true);
  }
  return v;
}

//===----------------------------------------------------------------------===//
// Concat
//===----------------------------------------------------------------------===//

Value tenon::sliceRange(Composer &c, Value value, int64_t axis,
                        AffineExpr start, AffineExpr size) {
  RankedTensorType type = getTensorTypeOf(value);
  SmallVector<AffineExpr> dims = getDims(type),
                          starts(type.getRank(), c.getAffineConstantExpr(0));
  starts[axis] = start;
  dims[axis] = size;
  return SliceOp::create(
      c, getTensorType(dims, type.getElementType()), value, getAttr(c, starts),
      c.getDenseI64ArrayAttr(SmallVector<int64_t>(type.getRank(), 1)));
}

namespace {
struct ConcatDerivative
    : DifferentiableOpInterface::ExternalModel<ConcatDerivative, ConcatOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    int64_t axis = cast<ConcatOp>(op).getAxis();
    AffineExpr start = c.getAffineConstantExpr(0);
    SmallVector<Value> result;
    for (Value input : op->getOperands()) {
      AffineExpr size = getDim(getTensorTypeOf(input), axis);
      Value part = sliceRange(c, cotangents[0], axis, start, size);
      result.push_back(c.reshape(part, getDims(getTensorTypeOf(input))));
      start = simplifyDim(start + size);
    }
    return result;
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    SmallVector<Value> parts;
    for (auto [input, tangent] : llvm::zip_equal(op->getOperands(), tangents))
      parts.push_back(tangent ? tangent : c.zeros(getTensorTypeOf(input)));
    return SmallVector<Value>{cloneWithOperands(c, op, parts)->getResult(0)};
  }
};

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

struct PadDerivative
    : DifferentiableOpInterface::ExternalModel<PadDerivative, PadOp> {
  Derivatives pullBack(Operation *op, Composer &c, ValueRange cotangents) const;
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    auto pad = cast<PadOp>(op);
    if (pad.getMode() != PadMode::constant)
      return SmallVector<Value>{
          tangents[0] ? cloneWithOperands(c, op, tangents[0])->getResult(0)
                      : Value()};
    Value inside =
        tangents[0] ? tangents[0] : c.zeros(getTensorTypeOf(op->getOperand(0)));
    Value border =
        pad.getValue() && tangents[1] ? tangents[1] : c.constant(inside, 0);
    return SmallVector<Value>{PadOp::create(c, inside, border, pad.getLow(),
                                            pad.getHigh(), pad.getMode())};
  }
};
} // namespace

static SmallVector<AffineExpr> negate(ArrayRef<AffineExpr> exprs) {
  return llvm::map_to_vector(exprs, [](AffineExpr e) { return -e; });
}

/// Along one dimension, which elements `low` before and `high` behind it are:
/// slices of `value`, to be put around it.
static std::pair<Value, Value> getBorders(Composer &c, Value value, int64_t dim,
                                          int64_t low, int64_t high,
                                          PadMode mode) {
  RankedTensorType type = getTensorTypeOf(value);
  AffineExpr size = getDim(type, dim), zero = c.getAffineConstantExpr(0),
             one = c.getAffineConstantExpr(1);
  auto slice = [&](AffineExpr start, int64_t count) {
    return sliceRange(c, value, dim, start, c.getAffineConstantExpr(count));
  };
  auto repeat = [&](AffineExpr at, int64_t count) {
    SmallVector<AffineExpr> dims = getDims(type);
    dims[dim] = c.getAffineConstantExpr(count);
    return c.broadcastTo(sliceRange(c, value, dim, at, one),
                         getTensorType(dims, type.getElementType()));
  };
  switch (mode) {
  case PadMode::reflect:
    return {low ? reverseDim(c, slice(one, low), dim) : Value(),
            high ? reverseDim(c, slice(size - 1 - high, high), dim) : Value()};
  case PadMode::wrap:
    return {low ? slice(size - low, low) : Value(),
            high ? slice(zero, high) : Value()};
  default:
    return {low ? repeat(zero, low) : Value(),
            high ? repeat(size - 1, high) : Value()};
  }
}

/// A padding that copies elements, as slices and concatenations.
static FailureOr<Value> composePadding(Composer &c, PadOp pad) {
  Value value = pad.getOperand();
  for (auto [dim, amounts] : llvm::enumerate(llvm::zip_equal(
           pad.getLow().getExprs(), pad.getHigh().getExprs()))) {
    std::optional<int64_t> low = getConstantDim(std::get<0>(amounts)),
                           high = getConstantDim(std::get<1>(amounts));
    if (!low || !high || *low < 0 || *high < 0)
      return pad.emitOpError("has no derivative where amounts that are "
                             "symbolic or negative copy elements");
    auto [before, behind] =
        getBorders(c, value, dim, *low, *high, pad.getMode());
    SmallVector<Value> parts;
    for (Value part : {before, value, behind})
      if (part)
        parts.push_back(part);
    if (parts.size() > 1)
      value = ConcatOp::create(c, parts, dim);
  }
  return value;
}

Derivatives PadDerivative::pullBack(Operation *op, Composer &c,
                                    ValueRange cotangents) const {
  auto pad = cast<PadOp>(op);
  if (pad.getMode() != PadMode::constant) {
    Operation *before =
        c.getInsertionBlock()->empty() ||
                c.getInsertionPoint() == c.getInsertionBlock()->begin()
            ? nullptr
            : &*std::prev(c.getInsertionPoint());
    FailureOr<Value> composed = composePadding(c, pad);
    if (failed(composed))
      return failure();
    SmallVector<Operation *> ops;
    for (Block::iterator it = before ? std::next(before->getIterator())
                                     : c.getInsertionBlock()->begin();
         it != c.getInsertionPoint(); ++it)
      ops.push_back(&*it);
    return tenon::pullBack(c, ops, {{*composed, cotangents[0]}},
                           {pad.getOperand()});
  }
  Value inside = padWithZeros(c, cotangents[0], negate(pad.getLow().getExprs()),
                              negate(pad.getHigh().getExprs()));
  SmallVector<Value> result{inside};
  if (pad.getValue()) {
    auto sum = [&](Value v) {
      return c.sumTo(v, getTensorTypeOf(pad.getValue()));
    };
    result.push_back(c.sub(sum(cotangents[0]), sum(inside)));
  }
  return result;
}

void tenon::attachMovementDerivatives(MLIRContext *context) {
  StopGradientOp::attachInterface<ZeroDerivative<StopGradientOp>>(*context);
  ReshapeOp::attachInterface<LinearDerivative<ReshapeOp, transposeReshape>>(
      *context);
  TransposeOp::attachInterface<
      LinearDerivative<TransposeOp, transposeTranspose>>(*context);
  BroadcastOp::attachInterface<
      LinearDerivative<BroadcastOp, transposeBroadcast>>(*context);
  TriluOp::attachInterface<LinearDerivative<TriluOp, transposeTrilu>>(*context);
  SliceOp::attachInterface<LinearDerivative<SliceOp, transposeSlice>>(*context);
  DynamicSliceOp::attachInterface<
      LinearDerivative<DynamicSliceOp, transposeDynamicSlice>>(*context);
  ConcatOp::attachInterface<ConcatDerivative>(*context);
  PadOp::attachInterface<PadDerivative>(*context);
}
