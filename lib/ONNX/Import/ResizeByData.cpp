//===- ResizeByData.cpp - Resize by scales that data decides --------------===//
//
// `tenon.resize` has its scales as attributes. Where a run finds them out, each
// dimension is resampled by lookups: a result is a weighted sum of neighbours
// ("taps"), at coordinates that are computed in f64 as that op does it.
//
//===----------------------------------------------------------------------===//

#include "ResizeByData.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

namespace {
/// How the elements of one dimension are resampled.
class DimResampler {
public:
  DimResampler(NodeComposer &c, const ResizeStyle &style, int64_t axis,
               Value scale, AffineExpr outSize)
      : c(c), style(style), axis(axis), scale(scale), outSize(outSize) {}

  Value resample(Value x);

private:
  Value number(double value) { return c.constant(c.getF64Type(), value); }
  Value sizeOf(AffineExpr size) { return c.sizeOf(size, c.getF64Type()); }
  Value isLess(Value a, Value b) {
    return c.compare(ComparisonPredicate::lt, a, b);
  }
  Value getCoordinates();
  Value roundToNearest(Value coordinates);
  Value getWeight(Value distance);
  /// The elements at `positions`, or at the border that they are beyond.
  Value take(Value x, Value positions);

  NodeComposer &c;
  const ResizeStyle &style;
  int64_t axis;
  Value scale;
  AffineExpr outSize, inSize;
};
} // namespace

Value DimResampler::getCoordinates() {
  Value i = c.cast(c.countUp(outSize), c.getF64Type());
  Value in = sizeOf(inSize), out = sizeOf(outSize), one = number(1);
  Value isSingle = c.compare(ComparisonPredicate::eq, out, one);
  Value half = c.div(c.add(i, number(0.5)), scale);
  Value centred = c.sub(half, number(0.5));
  switch (style.coordinates) {
  case Coordinates::half_pixel:
    return centred;
  case Coordinates::half_pixel_symmetric: {
    Value adjustment = c.div(out, c.mul(scale, in));
    return c.add(centred,
                 c.mul(c.mul(in, number(0.5)), c.sub(one, adjustment)));
  }
  case Coordinates::pytorch_half_pixel:
    return c.select(isSingle, number(0), centred);
  case Coordinates::tf_half_pixel_for_nn:
    return half;
  case Coordinates::asymmetric:
    return c.div(i, scale);
  case Coordinates::align_corners: {
    Value steps = c.select(isSingle, one, c.sub(c.mul(scale, in), one));
    return c.div(c.mul(i, c.sub(in, one)), steps);
  }
  case Coordinates::tf_crop_and_resize:
    break;
  }
  llvm_unreachable("refused before");
}

Value DimResampler::roundToNearest(Value x) {
  switch (style.rounding) {
  case NearestRounding::round_prefer_floor:
    return c.create<CeilOp>(c.sub(x, number(0.5)));
  case NearestRounding::round_prefer_ceil:
    return c.create<FloorOp>(c.add(x, number(0.5)));
  case NearestRounding::floor:
    return c.create<FloorOp>(x);
  case NearestRounding::ceil:
    return c.create<CeilOp>(x);
  }
  llvm_unreachable("covered");
}

Value DimResampler::take(Value x, Value positions) {
  Value last = c.sizeOf(simplifyDim(inSize - 1), c.getI64Type());
  Value index = c.cast(positions, c.getI64Type());
  index = c.create<MaximumOp>(c.create<MinimumOp>(index, last),
                              c.constant(c.getI64Type(), 0));
  return c.create<GatherOp>(x, index, axis, /*in_bounds=*/true);
}

/// A triangle, or Keys' cubic (Keys, 1981), of a distance >= 0.
Value DimResampler::getWeight(Value t) {
  Value one = number(1), zero = number(0);
  if (style.interpolation == Interpolation::linear)
    return c.create<MaximumOp>(c.sub(one, t), zero);
  double a = style.cubicCoefficient;
  auto horner = [&](ArrayRef<double> coefficients) {
    Value sum = number(coefficients[0]);
    for (double coefficient : coefficients.drop_front())
      sum = c.add(c.mul(sum, t), number(coefficient));
    return sum;
  };
  Value near = horner({a + 2, -(a + 3), 0, 1}),
        far = horner({a, -5 * a, 8 * a, -4 * a});
  return c.select(isLess(one, t), c.select(isLess(t, number(2)), far, zero),
                  near);
}

Value DimResampler::resample(Value x) {
  inSize = getDim(getTensorTypeOf(x), axis);
  Value at = getCoordinates();
  if (style.interpolation == Interpolation::nearest)
    return take(x, roundToNearest(at));
  int64_t taps = style.interpolation == Interpolation::linear ? 2 : 4,
          rank = getTensorTypeOf(x).getRank();
  Value first = c.add(c.create<FloorOp>(at), number(1 - taps / 2));
  Value last = c.sub(sizeOf(inSize), number(1)), total, sum;
  SmallVector<Value> weights, elements;
  for (int64_t tap = 0; tap < taps; ++tap) {
    Value position = c.add(first, number(tap));
    Value weight = getWeight(c.create<AbsOp>(c.sub(position, at)));
    if (style.excludesOutside) {
      weight = c.select(isLess(position, number(0)), number(0), weight);
      weight = c.select(isLess(last, position), number(0), weight);
    }
    total = c.addIfAny(total, weight);
    weights.push_back(weight);
    elements.push_back(take(x, position));
  }
  for (auto [weight, element] : llvm::zip_equal(weights, elements)) {
    Value share = style.excludesOutside ? c.div(weight, total) : weight;
    share = c.alongAxis(c.cast(share, getTensorTypeOf(x).getElementType()),
                        axis, rank);
    sum = c.addIfAny(sum, c.mul(element, share));
  }
  return sum;
}

Value tenon::resizeByData(OnnxNode &node, Value scales, ArrayRef<int64_t> axes,
                          const ResizeStyle &style) {
  NodeComposer c(node);
  Value x = node.getOperand(0);
  Type element = getTensorTypeOf(x).getElementType();
  if (style.interpolation != Interpolation::nearest && !element.isF32() &&
      !element.isF64())
    x = c.cast(x, c.getF32Type());
  // rounded down in f32, as runtimes do
  SmallVector<AffineExpr> from = getDims(getTensorTypeOf(x)), chosen;
  for (int64_t axis : axes)
    chosen.push_back(from[axis]);
  auto count = static_cast<int64_t>(axes.size());
  Value sizes = c.create<SymbolicConstantOp>(
      RankedTensorType::get({count}, c.getI64Type()),
      DimsAttr::get(c.getContext(), chosen));
  scales = c.cast(scales, c.getF32Type());
  Value floors =
      c.create<FloorOp>(c.mul(c.cast(sizes, c.getF32Type()), scales));
  SmallVector<AffineExpr> to = node.getSizes(c.cast(floors, c.getI64Type()));
  auto known = getPartialElements(scales);
  Value wide = c.cast(scales, c.getF64Type());
  for (auto [index, axis] : llvm::enumerate(axes)) {
    AffineExpr given = known ? (*known)[index] : AffineExpr();
    if (given && getConstantDim(given) == 1)
      continue;
    Value place = c.constant(c.getI64Type(), index);
    Value scale = c.create<GatherOp>(wide, place, 0, /*in_bounds=*/true);
    x = DimResampler(c, style, axis, scale, to[index]).resample(x);
  }
  return c.cast(x, element);
}
