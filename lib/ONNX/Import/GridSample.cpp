//===- GridSample.cpp - samples where a tensor says -----------------------===//
//
// The sampler of spatial transformers (Jaderberg et al., 2015). Input
// [N, C, spatial...], grid [N, out..., d] with coordinates from -1 to 1, the
// last spatial dimension's first. It is made of gathers of the 2^d corners
// around each place, weighted by distance, so it has the derivatives of these.
//
//===----------------------------------------------------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"

using namespace mlir;
using namespace tenon;

namespace {
class GridSampler {
public:
  GridSampler(NodeComposer &c, Value input, Value grid, StringRef padding,
              bool alignCorners)
      : c(c), grid(grid), padding(padding), alignCorners(alignCorners) {
    RankedTensorType type = getTensorTypeOf(input);
    rank = type.getRank() - 2;
    dims = getDims(type);
    element = type.getElementType();
    // channels last, so that a place is one slice
    SmallVector<int64_t> order{0};
    for (int64_t i = 0; i < rank; ++i)
      order.push_back(2 + i);
    order.push_back(1);
    image = c.create<TransposeOp>(input, order);
  }

  Value sampleNearest();
  Value sampleLinear();

private:
  /// Coordinates along spatial dimension `i`, in elements: [N, out...].
  Value getPlaces(int64_t i);
  Value reflect(Value x, Value low, Value high);
  Value getSize(int64_t i) { return c.sizeOf(dims[2 + i], element); }
  Value constant(double number) { return c.constant(element, number); }
  Value clamp(Value x, Value low, Value high) {
    return c.create<MinimumOp>(c.create<MaximumOp>(x, low), high);
  }
  /// The slices at whole coordinates, [N, out..., C], times `weight`; what lies
  /// outside is zero.
  Value take(ArrayRef<Value> places, Value weight);
  /// [N, out..., C] as [N, C, out...].
  Value putChannelsFirst(Value value);

  NodeComposer &c;
  Value grid, image;
  StringRef padding;
  bool alignCorners;
  int64_t rank;
  SmallVector<AffineExpr> dims;
  Type element;
};
} // namespace

/// The triangle wave of period 2 (high - low) through both ends.
Value GridSampler::reflect(Value x, Value low, Value high) {
  Value span = c.sub(high, low);
  Value distance = c.create<AbsOp>(c.sub(x, low));
  Value flips = c.create<FloorOp>(c.div(distance, span));
  Value rest = c.sub(distance, c.mul(flips, span));
  Value half = c.mul(flips, constant(0.5));
  Value isEven =
      c.compare(ComparisonPredicate::eq, half, c.create<FloorOp>(half));
  return c.select(isEven, c.add(low, rest), c.sub(high, rest));
}

Value GridSampler::getPlaces(int64_t i) {
  RankedTensorType type = getTensorTypeOf(grid);
  int64_t last = type.getRank() - 1;
  SmallVector<AffineExpr> starts(type.getRank(), c.getAffineConstantExpr(0)),
      sizes = getDims(type);
  starts[last] = c.getAffineConstantExpr(rank - 1 - i);
  sizes[last] = c.getAffineConstantExpr(1);
  Value x = c.create<SliceOp>(
      getTensorType(sizes, type.getElementType()), grid,
      DimsAttr::get(c.getContext(), starts),
      c.getDenseI64ArrayAttr(SmallVector<int64_t>(type.getRank(), 1)));
  sizes.pop_back();
  x = c.cast(c.reshape(x, sizes), element);
  Value size = getSize(i), end = c.sub(size, constant(1)),
        fraction = c.mul(c.add(x, constant(1)), constant(0.5));
  x = alignCorners ? c.mul(fraction, end)
                   : c.sub(c.mul(fraction, size), constant(0.5));
  if (padding == "reflection") {
    Value low = constant(alignCorners ? 0 : -0.5),
          high = alignCorners ? end : c.sub(size, constant(0.5));
    x = reflect(x, low, high);
  }
  return padding == "zeros" ? x : clamp(x, constant(0), end);
}

Value GridSampler::take(ArrayRef<Value> places, Value weight) {
  SmallVector<AffineExpr> shape = getDims(getTensorTypeOf(places[0]));
  shape.push_back(c.getAffineConstantExpr(1));
  SmallVector<Value> coordinates{
      c.create<IotaOp>(getTensorType(shape, c.getI64Type()), /*axis=*/0)};
  for (auto [i, place] : llvm::enumerate(places)) {
    Value end = c.sub(getSize(i), constant(1)),
          inside = clamp(place, constant(0), end);
    Value isInside = c.compare(ComparisonPredicate::eq, place, inside);
    weight = c.select(isInside, weight, constant(0));
    coordinates.push_back(c.reshape(c.cast(inside, c.getI64Type()), shape));
  }
  Value indices = c.create<ConcatOp>(coordinates, shape.size() - 1);
  Value slices = c.create<GatherNDOp>(image, indices, /*batch_dims=*/0,
                                      /*in_bounds=*/true);
  return c.mul(slices, c.reshape(weight, shape));
}

Value GridSampler::putChannelsFirst(Value value) {
  SmallVector<int64_t> order{0, rank + 1};
  for (int64_t i = 0; i < rank; ++i)
    order.push_back(1 + i);
  return c.create<TransposeOp>(value, order);
}

Value GridSampler::sampleNearest() {
  SmallVector<Value> places;
  for (int64_t i = 0; i < rank; ++i)
    places.push_back(c.create<RoundOp>(getPlaces(i)));
  Value ones = c.broadcastTo(constant(1), getTensorTypeOf(places[0]));
  return putChannelsFirst(take(places, ones));
}

Value GridSampler::sampleLinear() {
  SmallVector<Value> before, behind, fraction;
  for (int64_t i = 0; i < rank; ++i) {
    Value x = getPlaces(i);
    before.push_back(c.create<FloorOp>(x));
    behind.push_back(c.add(before.back(), constant(1)));
    fraction.push_back(c.sub(x, before.back()));
  }
  Value sum;
  for (int64_t corner = 0; corner < (1 << rank); ++corner) {
    SmallVector<Value> places;
    Value weight;
    for (int64_t i = 0; i < rank; ++i) {
      bool isBehind = corner >> i & 1;
      places.push_back(isBehind ? behind[i] : before[i]);
      Value part = isBehind ? fraction[i] : c.sub(constant(1), fraction[i]);
      weight = weight ? c.mul(weight, part) : part;
    }
    sum = c.addIfAny(sum, take(places, weight));
  }
  return putChannelsFirst(sum);
}

LogicalResult tenon::importGridSample(OnnxNode &node) {
  RankedTensorType input = node.getOperandType(0),
                   grid = node.getOperandType(1);
  int64_t rank = input.getRank() - 2;
  if (rank < 1 || !isa<FloatType>(input.getElementType()) ||
      !isa<FloatType>(grid.getElementType()) ||
      grid.getRank() != input.getRank() || grid.getShape().back() != rank ||
      failed(verifyCompatibleShape(grid.getShape().take_front(),
                                   input.getShape().take_front())))
    return node.emitError()
           << "expected an input [N, C, spatial...] and a grid [N, out..., "
           << std::max<int64_t>(rank, 1) << "] of floats, got " << input
           << " and " << grid;
  StringRef mode = node.getText("mode", "linear"),
            padding = node.getText("padding_mode", "zeros");
  bool isNearest = mode == "nearest";
  if (!isNearest && mode != "linear" && mode != "bilinear")
    return node.emitError()
           << "expected mode nearest or linear, got '" << mode << "'";
  if (padding != "zeros" && padding != "border" && padding != "reflection")
    return node.emitError() << "expected padding_mode zeros, border or "
                               "reflection, got '"
                            << padding << "'";
  NodeComposer c(node);
  GridSampler sampler(c, node.getOperand(0), node.getOperand(1), padding,
                      node.getInt("align_corners", 0));
  return node.setResult(isNearest ? sampler.sampleNearest()
                                  : sampler.sampleLinear());
}
