//===- Conv.cpp - derivatives of convolutions -----------------------------===//
//
// y[p] = sum over k of w[k] x'[p s + k d - low], where x' is x with e - 1 zeros
// between its elements. Both derivatives are convolutions again: the input's is
// one of y's cotangent, dilated by s, with reversed weights; the weights' is
// one of the input whose window is y's cotangent, with strides and dilations in
// each other's place. So derivatives of derivatives are convolutions too.
//
//===----------------------------------------------------------------------===//

#include "Movement.h"
#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"

using namespace mlir;
using namespace tenon;

/// Splits dimension `dim` into `groups` and the rest.
static Value splitGroups(Composer &c, Value value, int64_t dim,
                         int64_t groups) {
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(value));
  dims[dim] = simplifyDim(dims[dim].floorDiv(groups));
  dims.insert(dims.begin() + dim, c.getAffineConstantExpr(groups));
  return c.reshape(value, dims);
}

/// Makes one of dimensions `dim` and `dim + 1`.
static Value joinDims(Composer &c, Value value, int64_t dim) {
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(value));
  dims[dim] = simplifyDim(dims[dim] * dims[dim + 1]);
  dims.erase(dims.begin() + dim + 1);
  return c.reshape(value, dims);
}

static Value swapDims(Composer &c, Value value, int64_t a, int64_t b) {
  auto permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, getTensorTypeOf(value).getRank()));
  std::swap(permutation[a], permutation[b]);
  return TransposeOp::create(c, value, permutation);
}

namespace {
/// One convolution and the sizes along its spatial dimensions.
struct Convolution {
  explicit Convolution(ConvOp op)
      : op(op), input(getTensorTypeOf(op.getInput())),
        weights(getTensorTypeOf(op.getWeights())),
        result(cast<RankedTensorType>(op.getType())),
        rank(op.getSpatialRank()) {}

  /// From the window's first element to its last.
  int64_t getReach(int64_t i) const {
    return (weights.getDimSize(2 + i) - 1) * op.getDilations()[i];
  }
  /// How much of the padded input no window reaches, behind the last one; null
  /// where that depends on the run's dimensions.
  std::optional<int64_t> getRest(int64_t i) const {
    AffineExpr padded = (getDim(input, 2 + i) - 1) * op.getInputDilations()[i] +
                        1 + op.getPads()[i] + op.getPads()[rank + i];
    AffineExpr used =
        (getDim(result, 2 + i) - 1) * op.getStrides()[i] + 1 + getReach(i);
    return getConstantDim(simplifyDim(padded - used));
  }

  mutable ConvOp op;
  RankedTensorType input, weights, result;
  int64_t rank;
};
} // namespace

/// Weights [O, I / g, k] as those of the way back: [I, O / g, reversed k].
static Value reverseWeights(Composer &c, ConvOp op) {
  RankedTensorType type = getTensorTypeOf(op.getWeights());
  SmallVector<AffineExpr> starts(type.getRank(), c.getAffineConstantExpr(0));
  SmallVector<int64_t> steps(type.getRank(), 1);
  for (int64_t i = 2; i < type.getRank(); ++i) {
    starts[i] = c.getAffineConstantExpr(type.getDimSize(i) - 1);
    steps[i] = -1;
  }
  Value reversed = SliceOp::create(c, type, op.getWeights(),
                                   DimsAttr::get(c.getContext(), starts),
                                   c.getDenseI64ArrayAttr(steps));
  Value split = splitGroups(c, reversed, 0, op.getGroups());
  return joinDims(c, swapDims(c, split, 1, 2), 0);
}

/// x's cotangent: element m is at m e of the padded input.
static FailureOr<Value> transposeInput(ConvOp op, Composer &c, Value v) {
  Convolution conv(op);
  int64_t rank = conv.rank;
  bool isStrided =
      llvm::any_of(op.getStrides(), [](int64_t s) { return s > 1; });
  SmallVector<int64_t> pads(2 * rank);
  SmallVector<AffineExpr> cutLow(2 + rank, c.getAffineConstantExpr(0)),
      cutHigh = cutLow;
  bool hasCuts = false;
  for (int64_t i = 0; i < rank; ++i) {
    std::optional<int64_t> rest = conv.getRest(i);
    if (!rest)
      return op.emitOpError("has no derivative where strides meet a symbolic "
                            "size; fix the dimension, for example with --dim");
    int64_t ends[] = {conv.getReach(i) - op.getPads()[i],
                      conv.getReach(i) - op.getPads()[rank + i] + *rest};
    pads[i] = std::max<int64_t>(ends[0], 0);
    pads[rank + i] = std::max<int64_t>(ends[1], 0);
    cutLow[2 + i] = c.getAffineConstantExpr(std::min<int64_t>(ends[0], 0));
    cutHigh[2 + i] = c.getAffineConstantExpr(std::min<int64_t>(ends[1], 0));
    hasCuts |= ends[0] < 0 || ends[1] < 0;
  }
  // padding that no window reached is cut off: before, where elements are not
  // dilated, else behind
  if (!isStrided)
    v = padWithZeros(c, v, cutLow, cutHigh);
  SmallVector<int64_t> ones(rank, 1);
  bool cutsBehind = isStrided && hasCuts;
  Value x = ConvOp::create(
      c, v, reverseWeights(c, op),
      cutsBehind ? ArrayRef<int64_t>(ones) : op.getInputDilations(), pads,
      op.getDilations(), op.getStrides(), op.getGroups(),
      /*channels_last=*/false, op.getResultElementAttr());
  if (cutsBehind) {
    x = padWithZeros(c, x, cutLow, cutHigh);
    SmallVector<int64_t> steps{1, 1};
    llvm::append_range(steps, op.getInputDilations());
    x = SliceOp::create(
        c, conv.input, x,
        DimsAttr::get(
            c.getContext(),
            SmallVector<AffineExpr>(2 + rank, c.getAffineConstantExpr(0))),
        c.getDenseI64ArrayAttr(steps));
  }
  return c.cast(x, conv.input.getElementType());
}

/// The weights' cotangent: sums over samples and positions. Samples are the
/// channels of this convolution, input channels its samples.
static FailureOr<Value> transposeWeights(ConvOp op, Composer &c, Value v) {
  Convolution conv(op);
  if (!conv.result.hasStaticShape())
    return op.emitOpError("has no derivative with respect to its weights where "
                          "its sizes are symbolic; fix them, for example with "
                          "--dim");
  int64_t groups = op.getGroups();
  // [n, g (I / g), ...] -> [I / g, g n, ...]; [n, O, ...] -> [O, n, ...]
  Value x = swapDims(c, splitGroups(c, op.getInput(), 1, groups), 0, 2);
  x = joinDims(c, x, 1);
  Value window = swapDims(c, v, 0, 1);
  Value sums = ConvOp::create(
      c, x, window, op.getDilations(), op.getPads(), op.getStrides(),
      op.getInputDilations(), groups, /*channels_last=*/false,
      getTensorTypeOf(x).getElementType() == getTensorTypeOf(v).getElementType()
          ? TypeAttr()
          : TypeAttr::get(getTensorTypeOf(v).getElementType()));
  // behind the window's reach lie positions where strides left a rest
  for (int64_t i = 0; i < conv.rank; ++i)
    sums = sliceRange(c, sums, 2 + i, c.getAffineConstantExpr(0),
                      getDim(conv.weights, 2 + i));
  return c.cast(swapDims(c, sums, 0, 1), conv.weights.getElementType());
}

static FailureOr<Value> transposeConv(ConvOp op, Composer &c, unsigned index,
                                      Value v) {
  if (op.getChannelsLast())
    return op.emitOpError("has no derivative with channels last; layouts are "
                          "selected after differentiation");
  return index == 0 ? transposeInput(op, c, v) : transposeWeights(op, c, v);
}

void tenon::attachConvDerivatives(MLIRContext *context) {
  ConvOp::attachInterface<BilinearDerivative<ConvOp, transposeConv>>(*context);
}
