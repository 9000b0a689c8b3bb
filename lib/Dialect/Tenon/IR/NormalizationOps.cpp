//===- NormalizationOps.cpp - composites that rescale ---------------------===//

#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeRules.h"
#include "tenon/Dialect/Tenon/IR/SlidingWindow.h"
#include "tenon/Dialect/Tenon/IR/WindowOps.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/NormalizationOps.cpp.inc"

using Values = FailureOr<SmallVector<Value>>;

/// Writes a decomposition in f32 where the op's elements are smaller: sums and
/// variances of 16-bit floats would lose too much.
static Values composeInF32(Operation *op, OpBuilder &builder,
                           function_ref<Value(Composer &, ValueRange)> write) {
  Composer composer(op->getLoc(), builder);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto element = cast<FloatType>(type.getElementType());
  Type wide = element.getWidth() < 32 ? composer.getF32Type() : element;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(composer.cast(operand, wide));
  return SmallVector<Value>{composer.cast(write(composer, operands), element)};
}

static SmallVector<int64_t> getAxesFrom(int64_t first, int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(first, rank));
}

static LogicalResult verifyAxis(Operation *op, int64_t axis) {
  int64_t rank = getTensorTypeOf(op->getOperand(0)).getRank();
  if (axis >= 0 && axis < rank)
    return success();
  return op->emitOpError("expects an axis from 0 to ")
         << rank - 1 << ", got " << axis;
}

/// One element for each channel, dimension 1 of the input, in all operands but
/// the first.
static LogicalResult verifyChannels(Operation *op) {
  auto input = getTensorTypeOf(op->getOperand(0));
  if (input.getRank() < 2)
    return op->emitOpError("expects an input with a channel dimension, got ")
           << input;
  int64_t channels = input.getDimSize(1);
  for (auto [index, operand] :
       llvm::enumerate(op->getOperands().drop_front())) {
    auto type = getTensorTypeOf(operand);
    if (type.getRank() != 1 || (channels >= 0 && type.getDimSize(0) >= 0 &&
                                type.getDimSize(0) != channels))
      return op->emitOpError("expects operand ")
             << index + 1 << " to have one dimension of size " << channels
             << " (the input's channels), got " << type;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Along one dimension
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::verify() { return verifyAxis(*this, getAxis()); }
LogicalResult LogSoftmaxOp::verify() { return verifyAxis(*this, getAxis()); }
LogicalResult HardmaxOp::verify() { return verifyAxis(*this, getAxis()); }

Values SoftmaxOp::decompose(OpBuilder &builder) {
  return composeInF32(*this, builder, [&](Composer &c, ValueRange x) {
    int64_t axis = getAxis();
    Value largest = c.reduce(ReduceKind::maximum, x[0], axis);
    Value powers = c.exp(c.sub(x[0], largest));
    Value sum = c.reduce(ReduceKind::sum, powers, axis);
    // one division a row, then products
    return c.mul(powers, ReciprocalOp::create(c, sum));
  });
}

Values LogSoftmaxOp::decompose(OpBuilder &builder) {
  return composeInF32(*this, builder, [&](Composer &c, ValueRange x) {
    int64_t axis = getAxis();
    Value shifted = c.sub(x[0], c.reduce(ReduceKind::maximum, x[0], axis));
    Value sum = c.reduce(ReduceKind::sum, c.exp(shifted), axis);
    return c.sub(shifted, c.log(sum));
  });
}

Values HardmaxOp::decompose(OpBuilder &builder) {
  Composer c(getLoc(), builder);
  auto type = cast<RankedTensorType>(getType());
  Value largest = ArgMaxOp::create(c, getOperand(), getAxis(),
                                   /*keep_dims=*/true, /*select_last=*/false);
  Value positions = c.countUp(getDim(type, getAxis()));
  Value isLargest =
      CompareOp::create(c, ComparisonPredicate::eq, largest,
                        c.alongAxis(positions, getAxis(), type.getRank()));
  return SmallVector<Value>{c.cast(isLargest, type.getElementType())};
}

//===----------------------------------------------------------------------===//
// Mean and variance
//===----------------------------------------------------------------------===//

/// The mean over the last axis, then over that of what is left, so that no sum
/// in f32 is longer than one dimension.
static Value meanByAxes(Composer &c, Value x, ArrayRef<int64_t> axes) {
  for (int64_t axis : llvm::reverse(axes))
    x = c.reduce(ReduceKind::mean, x, axis);
  return x;
}

/// (x - mean) / sqrt(variance + epsilon) along `axes`. Two passes over the
/// elements: E[x^2] - E[x]^2 cancels badly.
static Value standardize(Composer &c, Value x, ArrayRef<int64_t> axes,
                         double epsilon) {
  Value centred = c.sub(x, meanByAxes(c, x, axes));
  Value variance = meanByAxes(c, c.mul(centred, centred), axes);
  return c.mul(centred, c.rsqrt(c.add(variance, c.constant(x, epsilon))));
}

/// Scale and bias of a norm over the last dimensions.
static LogicalResult verifyBroadcasts(Operation *op) {
  auto input = getTensorTypeOf(op->getOperand(0));
  for (Value operand : op->getOperands().drop_front()) {
    if (!broadcastsTo(getTensorTypeOf(operand), getDims(input)))
      return op->emitOpError("expects scale and bias that broadcast to ")
             << input << ", got " << operand.getType();
  }
  return success();
}

LogicalResult LayerNormOp::verify() {
  return failure(failed(verifyAxis(*this, getAxis())) ||
                 failed(verifyBroadcasts(*this)));
}

Values LayerNormOp::decompose(OpBuilder &builder) {
  return composeInF32(*this, builder, [&](Composer &c, ValueRange x) {
    auto axes = getAxesFrom(getAxis(), getTensorTypeOf(x[0]).getRank());
    Value standard = standardize(c, x[0], axes, getEpsilon().convertToDouble());
    Value scaled = c.mul(standard, x[1]);
    return getBias() ? c.add(scaled, x[2]) : scaled;
  });
}

LogicalResult RmsNormOp::verify() {
  return failure(failed(verifyAxis(*this, getAxis())) ||
                 failed(verifyBroadcasts(*this)));
}

Values RmsNormOp::decompose(OpBuilder &builder) {
  return composeInF32(*this, builder, [&](Composer &c, ValueRange x) {
    auto axes = getAxesFrom(getAxis(), getTensorTypeOf(x[0]).getRank());
    Value square = c.reduce(ReduceKind::mean, c.mul(x[0], x[0]), axes);
    Value factor = c.rsqrt(
        c.add(square, c.constant(x[0], getEpsilon().convertToDouble())));
    return c.mul(c.mul(x[0], factor), x[1]);
  });
}

//===----------------------------------------------------------------------===//
// By channels
//===----------------------------------------------------------------------===//

LogicalResult BatchNormOp::verify() { return verifyChannels(*this); }

/// As one product and one sum: x * factor + (bias - mean * factor).
Values BatchNormOp::decompose(OpBuilder &builder) {
  return composeInF32(*this, builder, [&](Composer &c, ValueRange x) {
    Value epsilon = c.constant(x[0], getEpsilon().convertToDouble());
    Value factor = c.mul(x[1], c.rsqrt(c.add(x[4], epsilon)));
    Value offset = c.sub(x[2], c.mul(x[3], factor));
    int64_t rank = getTensorTypeOf(x[0]).getRank();
    return c.add(c.mul(x[0], c.alongAxis(factor, 1, rank)),
                 c.alongAxis(offset, 1, rank));
  });
}

LogicalResult GroupNormOp::verify() {
  if (failed(verifyChannels(*this)))
    return failure();
  int64_t channels = getTensorTypeOf(getInput()).getDimSize(1);
  if (getGroups() < 1 || (channels >= 0 && channels % getGroups() != 0))
    return emitOpError("expects a number of groups that divides ")
           << channels << " channels, got " << getGroups();
  return success();
}

/// For each channel (dimension 1) the mean over its group's channels and all
/// dimensions behind them. Only the means of single channels are seen by
/// groups, so that `x` may have any layout.
static Value meanOfGroups(Composer &c, Value x, int64_t groups) {
  Value means = meanByAxes(c, x, getAxesFrom(2, getTensorTypeOf(x).getRank()));
  RankedTensorType type = getTensorTypeOf(means);
  if (type.getDimSize(1) == groups)
    return means;
  SmallVector<AffineExpr> grouped{
      getDim(type, 0), c.getAffineConstantExpr(groups),
      simplifyDim(getDim(type, 1).floorDiv(groups))};
  Value ofGroups = c.reduce(ReduceKind::mean, c.reshape(means, grouped), 2);
  return c.reshape(
      c.broadcastTo(ofGroups, getTensorType(grouped, type.getElementType())),
      getDims(type));
}

Values GroupNormOp::decompose(OpBuilder &builder) {
  return composeInF32(*this, builder, [&](Composer &c, ValueRange x) {
    int64_t rank = getTensorTypeOf(x[0]).getRank();
    Value epsilon = c.constant(x[0], getEpsilon().convertToDouble());
    Value centred = c.sub(x[0], meanOfGroups(c, x[0], getGroups()));
    Value variance = meanOfGroups(c, c.square(centred), getGroups());
    Value factor =
        c.mul(c.rsqrt(c.add(variance, epsilon)), c.alongAxis(x[1], 1, rank));
    return c.add(c.mul(centred, factor), c.alongAxis(x[2], 1, rank));
  });
}

LogicalResult LrnOp::verify() {
  if (getTensorTypeOf(getInput()).getRank() < 2)
    return emitOpError("expects an input with a channel dimension, got ")
           << getInput().getType();
  // the window's sums are a pool over padded channels
  if (failed(checkWindowNumbers(getLoc(), "sizes", int64_t(getSize()),
                                /*count=*/1, /*least=*/1)))
    return failure();
  auto type = getTensorTypeOf(getInput());
  SmallVector<AffineExpr> padded = getDims(type);
  if (padded[1])
    padded[1] = padded[1] + int64_t(getSize());
  if (hasKnownSizes(type) &&
      !hasKnownSizes(getTensorType(padded, type.getElementType())))
    return emitOpError("expects at most ")
           << maxTensorElements << " elements, padding included, got " << type;
  return success();
}

/// The sum over neighbouring channels is a pool along them: the input is viewed
/// as [N, 1, C, rest].
Values LrnOp::decompose(OpBuilder &builder) {
  return composeInF32(*this, builder, [&](Composer &c, ValueRange x) {
    SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(x[0]));
    AffineExpr one = c.getAffineConstantExpr(1);
    AffineExpr rest = getProduct(ArrayRef(dims).drop_front(2), c.getContext());
    int64_t size = getSize(), before = (size - 1) / 2;
    Value squares = c.reshape(c.mul(x[0], x[0]), {dims[0], one, dims[1], rest});
    Value sums =
        PoolOp::create(c, ReduceKind::sum, squares, ArrayRef<int64_t>{size, 1},
                       ArrayRef<int64_t>{1, 1},
                       ArrayRef<int64_t>{before, 0, size - 1 - before, 0},
                       ArrayRef<int64_t>{1, 1}, /*ceil_mode=*/false,
                       /*count_include_pad=*/false, /*channels_last=*/false);
    Value factor = c.constant(x[0], getAlpha().convertToDouble() / size);
    Value base = c.add(c.constant(x[0], getOffset().convertToDouble()),
                       c.mul(factor, c.reshape(sums, dims)));
    Value power =
        PowOp::create(c, base, c.constant(x[0], -getBeta().convertToDouble()));
    return c.mul(x[0], power);
  });
}
