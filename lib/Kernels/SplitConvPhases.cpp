//===- SplitConvPhases.cpp - convolutions over dilated inputs -------------===//

#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Kernels/ConvPhases.h"
#include "tenon/Kernels/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_SPLITCONVPHASESPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// So many phases are convolutions of their own at most: more become channels
/// of one convolution, though it multiplies some zeros then.
constexpr int64_t kMaxSeparatePhases = 16;

/// Convolutions of more phases stay as they are.
constexpr int64_t kMaxPhases = 4096;

/// The part of the weights along one dimension that a convolution uses, with
/// zeros before and behind it.
struct Taps {
  int64_t first, count, zerosBefore = 0, zerosBehind = 0;

  int64_t getWidth() const { return zerosBefore + count + zerosBehind; }
};

class PhaseSplitter {
public:
  PhaseSplitter(ConvOp conv, RewriterBase &rewriter);

  /// The convolution's result; null if it is not to be split.
  Value split();

private:
  Value splitMerged();
  Value splitSeparate(SmallVector<unsigned> &choice);

  bool hasRoomForCuts() const;
  bool areAlike() const;
  bool canMerge() const;
  Value sliceWeights(ArrayRef<Taps> taps);
  Value createConv(Value weights, ArrayRef<int64_t> starts,
                   ArrayRef<int64_t> widths);
  Value createPhase(ArrayRef<unsigned> choice);
  Value createZeros(RankedTensorType type);
  /// From the phases behind their dimensions to the result.
  Value interleave(Value phases);

  Value reshape(Value value, ArrayRef<AffineExpr> dims) {
    return ReshapeOp::create(
        rewriter, conv.getLoc(),
        getTensorType(dims, getElementTypeOrSelf(value.getType())), value);
  }
  Value slice(Value value, ArrayRef<int64_t> starts, ArrayRef<int64_t> steps,
              ArrayRef<AffineExpr> sizes);
  AffineExpr number(int64_t value) {
    return rewriter.getAffineConstantExpr(value);
  }

  mutable ConvOp conv; // an op's accessors are not const
  RewriterBase &rewriter;
  unsigned spatialRank, firstSpatial, firstWindow, outputDim;
  SmallVector<ConvPhases> dims;
  int64_t numPhases = 1;
};
} // namespace

PhaseSplitter::PhaseSplitter(ConvOp conv, RewriterBase &rewriter)
    : conv(conv), rewriter(rewriter), spatialRank(conv.getSpatialRank()),
      firstSpatial(conv.getChannelsLast() ? 1 : 2),
      firstWindow(conv.getChannelsLast() ? 0 : 2),
      outputDim(conv.getChannelsLast() ? spatialRank + 1 : 0) {
  auto weights = cast<RankedTensorType>(conv.getWeights().getType());
  for (unsigned i = 0; i < spatialRank; ++i) {
    dims.push_back(getConvPhases(
        {weights.getDimSize(firstWindow + i), conv.getStrides()[i],
         conv.getDilations()[i], conv.getInputDilations()[i], conv.getPads()[i],
         conv.getPads()[spatialRank + i]}));
    numPhases *= dims.back().phases.size();
  }
}

/// Whether inputs of every size have what phases leave out of them. Of an
/// unknown size no more than one element is known to be there.
bool PhaseSplitter::hasRoomForCuts() const {
  auto type = cast<RankedTensorType>(conv.getInput().getType());
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (!type.isDynamicDim(firstSpatial + i))
      continue;
    if (!getDim(type, firstSpatial + i))
      return false;
    for (const ConvPhase &phase : dim.phases) {
      int64_t low = dim.getPadLow(phase.start),
              high = dim.getPadHigh(phase.start, phase.numTaps);
      if (phase.numTaps > 0 &&
          std::min<int64_t>(low, 0) + std::min<int64_t>(high, 0) < -1)
        return false;
    }
  }
  return true;
}

/// Whether all phases meet the same elements, with as many weights.
bool PhaseSplitter::areAlike() const {
  return llvm::all_of(dims, [](const ConvPhases &dim) {
    return llvm::all_of(dim.phases, [&](const ConvPhase &phase) {
      return phase.start == dim.phases[0].start &&
             phase.numTaps == dim.phases[0].numTaps;
    });
  });
}

/// Whether one window holds the weights of all phases.
bool PhaseSplitter::canMerge() const {
  return conv.getGroups() == 1 && llvm::all_of(dims, [](const ConvPhases &dim) {
           return llvm::all_of(dim.phases, [&](const ConvPhase &phase) {
             int64_t distance = phase.start - dim.phases[0].start;
             return phase.numTaps > 0 && distance % dim.dilation == 0;
           });
         });
}

Value PhaseSplitter::split() {
  auto type = cast<RankedTensorType>(conv.getType());
  if (llvm::is_contained(type.getShape(), 0) || !hasRoomForCuts())
    return {};
  if (canMerge() && (areAlike() || numPhases > kMaxSeparatePhases))
    return splitMerged();
  if (numPhases > kMaxSeparatePhases * kMaxSeparatePhases)
    return {};
  SmallVector<unsigned> choice;
  Value phases = splitSeparate(choice);
  return phases ? interleave(phases) : createZeros(type);
}

Value PhaseSplitter::slice(Value value, ArrayRef<int64_t> starts,
                           ArrayRef<int64_t> steps,
                           ArrayRef<AffineExpr> sizes) {
  auto exprs =
      llvm::map_to_vector(starts, [&](int64_t start) { return number(start); });
  return SliceOp::create(
      rewriter, conv.getLoc(),
      getTensorType(sizes, getElementTypeOrSelf(value.getType())), value,
      DimsAttr::get(rewriter.getContext(), exprs),
      rewriter.getDenseI64ArrayAttr(steps));
}

Value PhaseSplitter::sliceWeights(ArrayRef<Taps> taps) {
  Value weights = conv.getWeights();
  auto type = cast<RankedTensorType>(weights.getType());
  SmallVector<AffineExpr> sizes = getDims(type);
  SmallVector<AffineExpr> low(type.getRank(), number(0)), high = low;
  SmallVector<int64_t> starts(type.getRank(), 0), steps(type.getRank(), 1);
  bool isPadded = false;
  for (auto [i, tap] : llvm::enumerate(taps)) {
    starts[firstWindow + i] = tap.first;
    steps[firstWindow + i] = dims[i].tapStep;
    sizes[firstWindow + i] = number(tap.count);
    low[firstWindow + i] = number(tap.zerosBefore);
    high[firstWindow + i] = number(tap.zerosBehind);
    isPadded |= tap.getWidth() != tap.count;
  }
  Value part = slice(weights, starts, steps, sizes);
  MLIRContext *context = rewriter.getContext();
  if (isPadded)
    part = PadOp::create(rewriter, conv.getLoc(), part, /*value=*/Value(),
                         DimsAttr::get(context, low),
                         DimsAttr::get(context, high), PadMode::constant);
  return part;
}

/// Null if the windows meet no element.
Value PhaseSplitter::createConv(Value weights, ArrayRef<int64_t> starts,
                                ArrayRef<int64_t> widths) {
  Value input = conv.getInput();
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> pads(2 * spatialRank), strides, dilations;
  SmallVector<int64_t> cuts(type.getRank(), 0);
  SmallVector<AffineExpr> sizes = getDims(type);
  for (auto [i, dim] : llvm::enumerate(dims)) {
    strides.push_back(dim.stride);
    dilations.push_back(dim.dilation);
    int64_t low = dim.getPadLow(starts[i]),
            high = dim.getPadHigh(starts[i], widths[i]);
    pads[i] = std::max<int64_t>(low, 0);
    pads[spatialRank + i] = std::max<int64_t>(high, 0);
    cuts[firstSpatial + i] = std::max<int64_t>(-low, 0);
    AffineExpr &size = sizes[firstSpatial + i];
    size = simplifyDim(size + std::min<int64_t>(low, 0) +
                       std::min<int64_t>(high, 0));
    if (getConstantDim(size).value_or(1) <= 0)
      return {};
  }
  if (sizes != getDims(type))
    input = slice(input, cuts, SmallVector<int64_t>(type.getRank(), 1), sizes);
  return ConvOp::create(rewriter, conv.getLoc(), input, weights, strides, pads,
                        dilations, SmallVector<int64_t>(spatialRank, 1),
                        conv.getGroups(), conv.getChannelsLast(),
                        conv.getResultElementAttr());
}

//===----------------------------------------------------------------------===//
// Phases as channels of one convolution
//===----------------------------------------------------------------------===//

Value PhaseSplitter::splitMerged() {
  SmallVector<int64_t> starts, widths;
  for (const ConvPhases &dim : dims) {
    int64_t start = dim.phases[0].start, end = start;
    for (const ConvPhase &phase : dim.phases) {
      start = std::min(start, phase.start);
      end = std::max(end, phase.start + (phase.numTaps - 1) * dim.dilation);
    }
    starts.push_back(start);
    widths.push_back((end - start) / dim.dilation + 1);
  }
  SmallVector<Value> parts;
  for (int64_t index = 0; index < numPhases; ++index) {
    SmallVector<Taps> taps(spatialRank);
    int64_t rest = index;
    for (int64_t i = int64_t(spatialRank) - 1; i >= 0; --i) {
      int64_t count = dims[i].phases.size();
      const ConvPhase &phase = dims[i].phases[rest % count];
      int64_t before = (phase.start - starts[i]) / dims[i].dilation;
      taps[i] = {phase.firstTap, phase.numTaps, before,
                 widths[i] - before - phase.numTaps};
      rest /= count;
    }
    parts.push_back(sliceWeights(taps));
  }
  Value weights = ConcatOp::create(rewriter, conv.getLoc(), parts,
                                   rewriter.getI64IntegerAttr(outputDim));
  Value merged = createConv(weights, starts, widths);
  if (!merged)
    return {};

  // [n, rows.., (phases.., o)] or [n, (phases.., o), rows..], to each
  // dimension's rows before its phases
  SmallVector<AffineExpr> from =
      getDims(cast<RankedTensorType>(merged.getType()));
  AffineExpr channels = getDim(cast<RankedTensorType>(conv.getType()),
                               conv.getChannelsLast() ? spatialRank + 1 : 1);
  unsigned firstPhase = conv.getChannelsLast() ? spatialRank + 1 : 1,
           channelDim = firstPhase + spatialRank,
           firstRow = conv.getChannelsLast() ? 1 : channelDim + 1;
  from[firstPhase] = channels;
  SmallVector<AffineExpr> counts;
  for (const ConvPhases &dim : dims)
    counts.push_back(number(dim.phases.size()));
  from.insert(from.begin() + firstPhase, counts.begin(), counts.end());
  SmallVector<int64_t> permutation{0};
  if (!conv.getChannelsLast())
    permutation.push_back(channelDim);
  for (unsigned i = 0; i < spatialRank; ++i)
    permutation.append({firstRow + i, firstPhase + i});
  if (conv.getChannelsLast())
    permutation.push_back(channelDim);
  return interleave(
      TransposeOp::create(rewriter, conv.getLoc(), reshape(merged, from),
                          rewriter.getDenseI64ArrayAttr(permutation)));
}

//===----------------------------------------------------------------------===//
// Phases as convolutions of their own
//===----------------------------------------------------------------------===//

Value PhaseSplitter::createPhase(ArrayRef<unsigned> choice) {
  SmallVector<Taps> taps;
  SmallVector<int64_t> starts, widths;
  for (auto [dim, index] : llvm::zip_equal(dims, choice)) {
    const ConvPhase &phase = dim.phases[index];
    if (phase.numTaps == 0)
      return {};
    taps.push_back({phase.firstTap, phase.numTaps});
    starts.push_back(phase.start);
    widths.push_back(phase.numTaps);
  }
  Value phase = createConv(sliceWeights(taps), starts, widths);
  if (!phase)
    return {};
  SmallVector<AffineExpr> sizes =
      getDims(cast<RankedTensorType>(phase.getType()));
  for (int64_t i = int64_t(spatialRank) - 1; i >= 0; --i)
    sizes.insert(sizes.begin() + firstSpatial + i + 1, number(1));
  return reshape(phase, sizes);
}

Value PhaseSplitter::createZeros(RankedTensorType type) {
  auto scalar = RankedTensorType::get({}, type.getElementType());
  Value zero =
      ConstantOp::create(rewriter, conv.getLoc(),
                         cast<DenseElementsAttr>(rewriter.getZeroAttr(scalar)));
  return BroadcastOp::create(rewriter, conv.getLoc(), type, zero);
}

/// The phases of the dimensions from `choice.size()` on, side by side in a
/// dimension of their own behind the rows; null if all of them are zero.
Value PhaseSplitter::splitSeparate(SmallVector<unsigned> &choice) {
  unsigned level = choice.size();
  if (level == spatialRank)
    return createPhase(choice);
  SmallVector<Value> parts;
  RankedTensorType type;
  for (unsigned index = 0; index < dims[level].phases.size(); ++index) {
    choice.push_back(index);
    parts.push_back(splitSeparate(choice));
    choice.pop_back();
    if (parts.back())
      type = cast<RankedTensorType>(parts.back().getType());
  }
  if (!type)
    return {};
  for (Value &part : parts)
    if (!part)
      part = createZeros(type);
  if (parts.size() == 1)
    return parts[0];
  return ConcatOp::create(
      rewriter, conv.getLoc(), parts,
      rewriter.getI64IntegerAttr(firstSpatial + 2 * level + 1));
}

Value PhaseSplitter::interleave(Value phases) {
  auto from = cast<RankedTensorType>(phases.getType()),
       to = cast<RankedTensorType>(conv.getType());
  SmallVector<AffineExpr> sizes = getDims(from), results = getDims(to);
  for (unsigned i = firstSpatial; i < firstSpatial + spatialRank; ++i) {
    sizes[i] = simplifyDim(sizes[i] * sizes[i + 1]);
    sizes.erase(sizes.begin() + i + 1);
  }
  Value joined = reshape(phases, sizes);
  if (sizes == results)
    return joined;
  // the last phases have fewer results
  return slice(joined, SmallVector<int64_t>(to.getRank(), 0),
               SmallVector<int64_t>(to.getRank(), 1), results);
}

/// Whether there are phases, and few enough to look at each.
static bool isWorthSplitting(ArrayRef<int64_t> inputDilations) {
  int64_t product = 1;
  for (int64_t dilation : inputDilations)
    product = std::min(product, kMaxPhases) * std::min(dilation, kMaxPhases);
  return product > 1 && product <= kMaxPhases;
}

namespace {
struct SplitConvPhases : tenon::impl::SplitConvPhasesPassBase<SplitConvPhases> {
  void runOnOperation() override {
    SmallVector<ConvOp> convs;
    getOperation().walk([&](ConvOp conv) {
      if (isWorthSplitting(conv.getInputDilations()))
        convs.push_back(conv);
    });
    IRRewriter rewriter(&getContext());
    for (ConvOp conv : convs) {
      rewriter.setInsertionPoint(conv);
      if (Value result = PhaseSplitter(conv, rewriter).split()) {
        rewriter.replaceOp(conv, result);
        ++numSplit;
      }
    }
  }
};
} // namespace
