//===- Im2col.cpp - convolutions as products of patches and weights -------===//

#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Kernels/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_IM2COLPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
class PatchBuilder {
public:
  PatchBuilder(ConvOp conv, RewriterBase &rewriter)
      : conv(conv), rewriter(rewriter), loc(conv.getLoc()),
        context(conv.getContext()), spatialRank(conv.getSpatialRank()),
        isLast(conv.getChannelsLast()), firstSpatial(isLast ? 1 : 2),
        channelDim(isLast ? spatialRank + 1 : 1) {}

  Value build();

private:
  AffineExpr number(int64_t value) {
    return getAffineConstantExpr(value, context);
  }
  static RankedTensorType getType(Value value) {
    return cast<RankedTensorType>(value.getType());
  }
  int64_t getWindow(unsigned i) {
    return getType(conv.getWeights()).getDimSize(isLast ? i : 2 + i);
  }

  Value padInput();
  Value sliceTap(Value input, ArrayRef<int64_t> tap);
  Value gatherPatches();
  Value flattenWeights();

  ConvOp conv;
  RewriterBase &rewriter;
  Location loc;
  MLIRContext *context;
  unsigned spatialRank;
  bool isLast;
  unsigned firstSpatial, channelDim;
};
} // namespace

Value PatchBuilder::padInput() {
  ArrayRef<int64_t> pads = conv.getPads();
  if (llvm::all_of(pads, [](int64_t pad) { return pad == 0; }))
    return conv.getInput();
  SmallVector<AffineExpr> low(spatialRank + 2, number(0)), high = low;
  for (unsigned i = 0; i < spatialRank; ++i) {
    low[firstSpatial + i] = number(pads[i]);
    high[firstSpatial + i] = number(pads[spatialRank + i]);
  }
  return PadOp::create(rewriter, loc, conv.getInput(), /*value=*/Value(),
                       DimsAttr::get(context, low),
                       DimsAttr::get(context, high), PadMode::constant);
}

/// The elements that meet one weight of the window, for every position.
Value PatchBuilder::sliceTap(Value input, ArrayRef<int64_t> tap) {
  SmallVector<AffineExpr> starts(spatialRank + 2, number(0)),
      sizes = getDims(getType(conv.getResult()));
  SmallVector<int64_t> steps(spatialRank + 2, 1);
  sizes[channelDim] = getDim(getType(input), channelDim);
  for (unsigned i = 0; i < spatialRank; ++i) {
    starts[firstSpatial + i] = number(tap[i] * conv.getDilations()[i]);
    steps[firstSpatial + i] = conv.getStrides()[i];
  }
  return SliceOp::create(rewriter, loc,
                         getTensorType(sizes, getType(input).getElementType()),
                         input, DimsAttr::get(context, starts),
                         rewriter.getDenseI64ArrayAttr(steps));
}

/// A patch takes the place of the channels: for each weight of the window, in
/// row-major order, the channels under it.
Value PatchBuilder::gatherPatches() {
  Value input = padInput();
  SmallVector<Value> taps;
  SmallVector<int64_t> tap(spatialRank, 0);
  for (bool isDone = false; !isDone;) {
    taps.push_back(sliceTap(input, tap));
    unsigned i = spatialRank;
    for (; i > 0 && ++tap[i - 1] == getWindow(i - 1); --i)
      tap[i - 1] = 0;
    isDone = i == 0;
  }
  return taps.size() == 1
             ? taps[0]
             : ConcatOp::create(rewriter, loc, taps, channelDim).getResult();
}

/// The weights as a matrix: [patch, O], or [O, patch] where channels are first.
Value PatchBuilder::flattenWeights() {
  Value weights = conv.getWeights();
  if (!isLast) { // [O, C, window...] to [O, window..., C]
    SmallVector<int64_t> permutation{0};
    llvm::append_range(permutation, llvm::seq<int64_t>(2, spatialRank + 2));
    permutation.push_back(1);
    weights = TransposeOp::create(rewriter, loc, weights,
                                  rewriter.getDenseI64ArrayAttr(permutation));
  }
  ArrayRef<int64_t> shape = getType(weights).getShape();
  int64_t outputs = isLast ? shape.back() : shape.front();
  int64_t patch = getType(weights).getNumElements() / outputs;
  SmallVector<AffineExpr> dims{number(isLast ? patch : outputs),
                               number(isLast ? outputs : patch)};
  return ReshapeOp::create(
      rewriter, loc, getTensorType(dims, getType(weights).getElementType()),
      weights);
}

Value PatchBuilder::build() {
  // the result's dimensions are the first loops, then comes the patch's
  unsigned numLoops = spatialRank + 3;
  auto loop = [&](unsigned index) { return getAffineDimExpr(index, context); };
  AffineExpr output = loop(channelDim), patch = loop(spatialRank + 2);
  auto getMap = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(numLoops, 0, exprs, context);
  };
  SmallVector<AffineExpr> exprs;
  for (unsigned i = 0; i < spatialRank + 2; ++i)
    exprs.push_back(loop(i));
  AffineMap result = getMap(exprs);
  exprs[channelDim] = patch;
  AffineMap patches = getMap(exprs);
  AffineMap weights =
      isLast ? getMap({patch, output}) : getMap({output, patch});
  return ContractOp::create(
      rewriter, loc, gatherPatches(), flattenWeights(),
      rewriter.getAffineMapArrayAttr({patches, weights, result}),
      conv.getResultElementAttr());
}

/// Groups of channels would be small products each, and a depthwise
/// convolution nothing but copies; `split-conv-phases` has been at the dilated
/// ones.
static bool canGather(ConvOp conv) {
  auto isKnown = [](Value value) {
    return llvm::all_of(getDims(cast<RankedTensorType>(value.getType())),
                        [](AffineExpr dim) { return bool(dim); });
  };
  auto weights = cast<RankedTensorType>(conv.getWeights().getType());
  return conv.getGroups() == 1 && weights.getNumElements() > 0 &&
         llvm::all_of(conv.getInputDilations(),
                      [](int64_t dilation) { return dilation == 1; }) &&
         isKnown(conv.getInput()) && isKnown(conv.getResult());
}

namespace {
struct Im2col : tenon::impl::Im2colPassBase<Im2col> {
  void runOnOperation() override {
    SmallVector<ConvOp> convs;
    getOperation().walk([&](ConvOp conv) {
      if (canGather(conv))
        convs.push_back(conv);
    });
    IRRewriter rewriter(&getContext());
    for (ConvOp conv : convs) {
      rewriter.setInsertionPoint(conv);
      rewriter.replaceOp(conv, PatchBuilder(conv, rewriter).build());
      ++numGathered;
    }
  }
};
} // namespace
