//===- Resize.cpp - resampling, one dimension after the other -------------===//
//
// Every mode is separable: along one dimension a result is a weighted sum of
// neighbours ("taps") whose number is fixed, so each dimension that changes is
// one generic. Coordinates are computed in f64, in which the nearest neighbour
// of ties is the one that ONNX's reference finds.
//
//===----------------------------------------------------------------------===//

#include "Categories.h"
#include "ElementwiseLowering.h"
#include "Scalars.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/ResizeOps.h"

using namespace mlir;
using namespace tenon;

namespace {
/// Emits the scalar code for one dimension.
class Resampler {
public:
  Resampler(ResizeOp op, unsigned dim, Value inputSize, Value resultSize)
      : op(op), dim(dim), inputSize(inputSize), resultSize(resultSize) {}

  /// The number of neighbours; nullopt if it is not known.
  std::optional<int64_t> countTaps() const;

  /// The resampled element at the loops' indices.
  Value emit(ScalarBuilder &b, Value tensor, int64_t taps) const;

private:
  Value toFloat(ScalarBuilder &b, Value index) const;
  Value emitScale(ScalarBuilder &b) const;
  Value emitCoordinate(ScalarBuilder &b, Value i) const;
  Value emitNearest(ScalarBuilder &b, Value x) const;
  Value emitWeight(ScalarBuilder &b, Value distance) const;
  Value extract(ScalarBuilder &b, Value tensor, Value position) const;

  double getScale() const { return op.getScales()[dim]; }
  /// How much wider than 1 the weights are.
  double getWidening() const {
    return op.getAntialias() && getScale() < 1 ? 1 / getScale() : 1;
  }

  mutable ResizeOp op;
  unsigned dim;
  Value inputSize, resultSize;
};
} // namespace

static Value f64(ScalarBuilder &b, double value) {
  return b.constant(b.getF64Type(), value);
}

Value Resampler::toFloat(ScalarBuilder &b, Value index) const {
  return arith::SIToFPOp::create(
      b, b.getF64Type(), arith::IndexCastOp::create(b, b.getI64Type(), index));
}

Value Resampler::emitScale(ScalarBuilder &b) const {
  if (getScale() != 0)
    return f64(b, getScale());
  return b.div(toFloat(b, resultSize), toFloat(b, inputSize));
}

Value Resampler::emitCoordinate(ScalarBuilder &b, Value i) const {
  Value half = f64(b, 0.5), one = f64(b, 1), scale = emitScale(b);
  Value in = toFloat(b, inputSize), out = toFloat(b, resultSize);
  Value centred = b.sub(b.div(b.add(i, half), scale), half);
  Value isSingle = b.equal(out, one);
  switch (op.getCoordinates()) {
  case Coordinates::half_pixel:
    return centred;
  case Coordinates::half_pixel_symmetric: {
    Value adjustment = b.div(out, b.mul(scale, in));
    Value offset = b.mul(b.mul(in, half), b.sub(one, adjustment));
    return b.add(offset, centred);
  }
  case Coordinates::pytorch_half_pixel:
    return b.select(isSingle, f64(b, 0), centred);
  case Coordinates::tf_half_pixel_for_nn:
    return b.div(b.add(i, half), scale);
  case Coordinates::asymmetric:
    return b.div(i, scale);
  case Coordinates::align_corners: {
    // a given scale counts, also where the size that follows is rounded down
    Value size = getScale() != 0 ? b.mul(scale, in) : out;
    Value steps = b.select(isSingle, one, b.sub(size, one));
    return b.div(b.mul(i, b.sub(in, one)), steps);
  }
  case Coordinates::tf_crop_and_resize: {
    ArrayRef<double> roi = *op.getRoi();
    double start = roi[dim], end = roi[op.getScales().size() + dim];
    Value last = b.sub(in, one);
    Value steps = b.select(isSingle, one, b.sub(out, one));
    Value along =
        b.add(b.mul(f64(b, start), last),
              b.div(b.mul(b.mul(i, f64(b, end - start)), last), steps));
    return b.select(isSingle, b.mul(f64(b, 0.5 * (start + end)), last), along);
  }
  }
  llvm_unreachable("covered");
}

Value Resampler::emitNearest(ScalarBuilder &b, Value x) const {
  switch (op.getRounding()) {
  case NearestRounding::round_prefer_floor:
    return math::CeilOp::create(b, b.sub(x, f64(b, 0.5)));
  case NearestRounding::round_prefer_ceil:
    return math::FloorOp::create(b, b.add(x, f64(b, 0.5)));
  case NearestRounding::floor:
    return math::FloorOp::create(b, x);
  case NearestRounding::ceil:
    return math::CeilOp::create(b, x);
  }
  llvm_unreachable("covered");
}

std::optional<int64_t> Resampler::countTaps() const {
  if (op.getInterpolation() == Interpolation::nearest)
    return 1;
  if (op.getAntialias() && getScale() == 0)
    return std::nullopt;
  int64_t radius = op.getInterpolation() == Interpolation::linear ? 1 : 2;
  return 2 * static_cast<int64_t>(std::ceil(radius * getWidening()));
}

/// The weight of an element at `distance` >= 0: a triangle, or Keys' cubic.
Value Resampler::emitWeight(ScalarBuilder &b, Value t) const {
  Value zero = f64(b, 0), one = f64(b, 1);
  if (op.getInterpolation() == Interpolation::linear)
    return b.max(b.sub(one, t), zero);
  double a = op.getCubicCoefficient().convertToDouble();
  auto horner = [&](ArrayRef<double> coefficients) {
    Value sum = f64(b, coefficients[0]);
    for (double coefficient : coefficients.drop_front())
      sum = b.add(b.mul(sum, t), f64(b, coefficient));
    return sum;
  };
  Value near = horner({a + 2, -(a + 3), 0, 1}),
        far = horner({a, -5 * a, 8 * a, -4 * a});
  Value outer = b.select(b.less(t, f64(b, 2)), far, zero);
  return b.select(b.lessEqual(t, one), near, outer);
}

/// The tensor's element at `position`, clamped, along the dimension.
Value Resampler::extract(ScalarBuilder &b, Value tensor, Value position) const {
  Value integer = arith::FPToSIOp::create(b, b.getI64Type(), position);
  Value index = arith::IndexCastOp::create(b, b.getIndexType(), integer);
  Value zero = arith::ConstantIndexOp::create(b, 0),
        one = arith::ConstantIndexOp::create(b, 1);
  Value last = arith::SubIOp::create(b, inputSize, one);
  index =
      arith::MinSIOp::create(b, arith::MaxSIOp::create(b, index, zero), last);
  SmallVector<Value> indices;
  for (unsigned i = 0; i < op.getScales().size(); ++i)
    indices.push_back(i == dim ? index
                               : linalg::IndexOp::create(b, i).getResult());
  return tensor::ExtractOp::create(b, tensor, indices);
}

Value Resampler::emit(ScalarBuilder &b, Value tensor, int64_t taps) const {
  Value x = emitCoordinate(b, toFloat(b, linalg::IndexOp::create(b, dim)));
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  Value last = b.sub(toFloat(b, inputSize), f64(b, 1)), result;
  if (op.getInterpolation() == Interpolation::nearest) {
    result = extract(b, tensor, emitNearest(b, x));
  } else {
    Value first = b.add(math::FloorOp::create(b, x), f64(b, 1 - taps / 2));
    Value total = f64(b, 0), sum = b.constant(element, 0);
    SmallVector<Value> weights, elements;
    for (int64_t tap = 0; tap < taps; ++tap) {
      Value position = b.add(first, f64(b, tap));
      Value distance = math::AbsFOp::create(b, b.sub(position, x));
      Value weight = emitWeight(b, b.mul(distance, f64(b, 1 / getWidening())));
      if (op.getExcludeOutside()) {
        Value isOutside = arith::OrIOp::create(b, b.less(position, f64(b, 0)),
                                               b.less(last, position));
        weight = b.select(isOutside, f64(b, 0), weight);
      }
      total = b.add(total, weight);
      weights.push_back(weight);
      elements.push_back(extract(b, tensor, position));
    }
    bool isNormalized = !op.getExcludeOutside() && getWidening() == 1;
    for (auto [weight, value] : llvm::zip_equal(weights, elements)) {
      Value share = isNormalized ? weight : b.div(weight, total);
      sum =
          b.add(sum, b.mul(convertFloat(b, b.getLoc(), share, element), value));
    }
    result = sum;
  }
  if (op.getCoordinates() != Coordinates::tf_crop_and_resize)
    return result;
  Value isOutside =
      arith::OrIOp::create(b, b.less(x, f64(b, 0)), b.less(last, x));
  return b.select(
      isOutside,
      b.constant(element, op.getExtrapolationValue().convertToDouble()),
      result);
}

/// Whether resizing leaves dimension `dim` as it is.
static bool keepsDim(ResizeOp op, unsigned dim, AffineExpr from,
                     AffineExpr to) {
  double scale = op.getScales()[dim];
  if (from != to || (scale != 0 && scale != 1))
    return false;
  if (op.getCoordinates() != Coordinates::tf_crop_and_resize)
    return true;
  ArrayRef<double> roi = *op.getRoi();
  return roi[dim] == 0 && roi[op.getScales().size() + dim] == 1;
}

/// `tensor` with elements of type `to`.
static Value castElements(OpBuilder &builder, Location loc, Value tensor,
                          NumberKind from, Type to, NumberKind toKind) {
  Value init = createEmptyLike(builder, loc, tensor, to);
  return createElementwise(
      builder, loc, tensor, init,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
        return ScalarBuilder(nested, nestedLoc, from).cast(x[0], to, toKind);
      });
}

namespace {
struct ResizeLowering
    : LinalgLoweringOpInterface::ExternalModel<ResizeLowering, ResizeOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto resize = cast<ResizeOp>(op);
    Location loc = op->getLoc();
    auto from = cast<RankedTensorType>(resize.getOperand().getType()),
         to = cast<RankedTensorType>(resize.getType());
    Type element = getKernelType(from).getElementType();
    NumberKind kind = getNumberKind(from.getElementType());
    bool isNearest = resize.getInterpolation() == Interpolation::nearest;
    bool isWidened = !isNearest && !element.isF32() && !element.isF64();
    Value tensor = operands[0];
    if (isWidened)
      tensor = castElements(builder, loc, tensor, kind, builder.getF32Type(),
                            NumberKind::Float);
    SmallVector<AffineExpr> sizes = getDims(from);
    for (unsigned dim = 0; dim < sizes.size(); ++dim) {
      if (keepsDim(resize, dim, sizes[dim], getDim(to, dim)))
        continue;
      FailureOr<Value> next =
          resample(builder, resize, tensor, sizes, dim, dims);
      if (failed(next))
        return failure();
      tensor = *next;
    }
    if (isWidened)
      tensor =
          castElements(builder, loc, tensor, NumberKind::Float, element, kind);
    return SmallVector<Value>{tensor};
  }

  /// Resizes dimension `dim` of `tensor`, whose sizes are `sizes`.
  static FailureOr<Value> resample(OpBuilder &builder, ResizeOp op,
                                   Value tensor,
                                   SmallVectorImpl<AffineExpr> &sizes,
                                   unsigned dim, const KernelDims &dims) {
    Location loc = op.getLoc();
    auto getSize = [&](AffineExpr size) {
      return getValueOrCreateConstantIndexOp(builder, loc,
                                             dims.get(builder, loc, size));
    };
    Value inputSize = getSize(sizes[dim]);
    sizes[dim] = getDim(cast<RankedTensorType>(op.getType()), dim);
    Resampler resampler(op, dim, inputSize, getSize(sizes[dim]));
    std::optional<int64_t> taps = resampler.countTaps();
    if (!taps)
      return op.emitOpError("expects a constant scale to antialias with");
    Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
    Value init = dims.createEmpty(builder, loc, getTensorType(sizes, element));
    return createElementwise(
        builder, loc, {}, init,
        [&](OpBuilder &nested, Location nestedLoc, ValueRange) {
          ScalarBuilder b(nested, nestedLoc, NumberKind::Float);
          return resampler.emit(b, tensor, *taps);
        });
  }
};
} // namespace

void tenon::attachResizeLowerings(MLIRContext *context) {
  ResizeOp::attachInterface<ResizeLowering>(*context);
}
