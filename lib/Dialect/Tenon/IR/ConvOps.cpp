//===- ConvOps.cpp - convolutions -----------------------------------------===//

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/SlidingWindow.h"

using namespace mlir;
using namespace tenon;

static LogicalResult checkRanks(std::optional<Location> loc,
                                RankedTensorType input,
                                RankedTensorType weights) {
  if (input.getRank() < 3 || input.getRank() != weights.getRank())
    return emitOptionalError(
        loc, "expected input and weights of one rank, at least 3, got ", input,
        " and ", weights);
  if (!weights.hasStaticShape())
    return emitOptionalError(loc, "expected weights of static shape, got ",
                             weights);
  return success();
}

/// Kernels may make the input, dilated to `dims` and padded, as a whole.
static LogicalResult checkPadded(std::optional<Location> loc,
                                 RankedTensorType input,
                                 SmallVector<AffineExpr> dims,
                                 unsigned firstSpatial,
                                 ArrayRef<int64_t> pads) {
  size_t spatialRank = pads.size() / 2;
  for (size_t i = 0; i < spatialRank; ++i)
    if (AffineExpr &size = dims[firstSpatial + i])
      size = size + (pads[i] + pads[spatialRank + i]);
  if (!hasKnownSizes(input) ||
      hasKnownSizes(getTensorType(dims, input.getElementType())))
    return success();
  return emitOptionalError(loc, "expected an input of at most ",
                           maxTensorElements,
                           " elements, padding included, got ", input);
}

/// All dimensions but that of the output's channels have elements.
static LogicalResult checkWeights(std::optional<Location> loc,
                                  RankedTensorType weights, int64_t outputDim) {
  for (auto [i, size] : llvm::enumerate(weights.getShape()))
    if (size == 0 && int64_t(i) != outputDim)
      return emitOptionalError(loc, "expected weights with elements, got ",
                               weights);
  return success();
}

//===----------------------------------------------------------------------===//
// ConvOp
//===----------------------------------------------------------------------===//

/// Checks the channels; null sizes are unknown.
static LogicalResult checkChannels(std::optional<Location> loc, int64_t input,
                                   int64_t perGroup, int64_t output,
                                   int64_t groups, unsigned weightDim) {
  if (groups < 1)
    return emitOptionalError(loc, "expected at least 1 group, got ", groups);
  if (!ShapedType::isDynamic(input) &&
      (input % groups != 0 || perGroup != input / groups))
    return emitOptionalError(loc, "expected weight dimension ", weightDim,
                             " to be ", input / groups,
                             " (input channels / groups), got ", perGroup);
  if (output % groups != 0)
    return emitOptionalError(loc, "expected a number of output channels that ",
                             groups, " groups divide, got ", output);
  return success();
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto input = getTensorTypeOf(adaptor.getInput()),
       weights = getTensorTypeOf(adaptor.getWeights());
  if (failed(checkRanks(loc, input, weights)))
    return failure();
  size_t spatialRank = input.getRank() - 2;
  if (failed(checkWindowNumbers(loc, "strides", adaptor.getStrides(),
                                spatialRank, 1)) ||
      failed(checkWindowNumbers(loc, "pads", adaptor.getPads(), 2 * spatialRank,
                                0)) ||
      failed(checkWindowNumbers(loc, "dilations", adaptor.getDilations(),
                                spatialRank, 1)) ||
      failed(checkWindowNumbers(loc, "input_dilations",
                                adaptor.getInputDilations(), spatialRank, 1)))
    return failure();
  bool channelsLast = adaptor.getChannelsLast();
  unsigned channelDim = channelsLast ? input.getRank() - 1 : 1,
           perGroupDim = channelsLast ? input.getRank() - 2 : 1,
           outputDim = channelsLast ? input.getRank() - 1 : 0;
  if (failed(checkWeights(loc, weights, outputDim)) ||
      failed(checkChannels(
          loc, input.getDimSize(channelDim), weights.getDimSize(perGroupDim),
          weights.getDimSize(outputDim), adaptor.getGroups(), perGroupDim)))
    return failure();
  SmallVector<AffineExpr> dims = getDims(input);
  for (size_t i = 0; i < spatialRank; ++i)
    if (AffineExpr &size = dims[channelsLast ? 1 + i : 2 + i])
      size = simplifyDim((size - 1) * adaptor.getInputDilations()[i] + 1);
  if (failed(checkPadded(loc, input, dims, channelsLast ? 1 : 2,
                         adaptor.getPads())))
    return failure();
  dims[channelDim] = getDim(weights, outputDim);
  for (size_t i = 0; i < spatialRank; ++i) {
    AffineExpr &size = dims[channelsLast ? 1 + i : 2 + i];
    size = countWindows(size, {weights.getDimSize(channelsLast ? i : 2 + i),
                               adaptor.getStrides()[i], adaptor.getPads()[i],
                               adaptor.getPads()[spatialRank + i],
                               adaptor.getDilations()[i],
                               /*ceilMode=*/false});
    if (size && getConstantDim(size).value_or(0) < 0)
      return emitOptionalError(loc,
                               "expected an input that the window fits "
                               "into, got ",
                               input, " for ", weights);
  }
  types.push_back(getTensorType(
      dims, adaptor.getResultElement().value_or(input.getElementType())));
  return success();
}

/// The input's channels are those that the weights read.
void ConvOp::addDimGuards(DimGuards &guards) {
  auto input = getTensorTypeOf(getInput()),
       weights = getTensorTypeOf(getWeights());
  int64_t rank = input.getRank();
  guards.addEqual(getDim(input, getChannelsLast() ? rank - 1 : 1),
                  getDim(weights, getChannelsLast() ? rank - 2 : 1) *
                      getGroups());
}

/// Every position of the result meets each weight once: one multiplication and
/// one addition. Where the input is dilated, what meets zeros is no work, and
/// it is the input's positions that count.
AffineExpr ConvOp::getFlops() {
  bool isDilated =
      llvm::any_of(getInputDilations(), [](int64_t d) { return d != 1; });
  SmallVector<AffineExpr> positions =
      getDims(getTensorTypeOf(isDilated ? getInput() : getResult()));
  positions.erase(getChannelsLast() ? std::prev(positions.end())
                                    : std::next(positions.begin()));
  AffineExpr count = getProduct(positions, getContext()),
             weights = getNumElements(getWeights());
  return count && weights ? count * weights * 2 : AffineExpr();
}

//===----------------------------------------------------------------------===//
// ConvTransposeOp
//===----------------------------------------------------------------------===//

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *context,
                                                std::optional<Location> loc,
                                                Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  auto input = getTensorTypeOf(adaptor.getInput()),
       weights = getTensorTypeOf(adaptor.getWeights());
  if (failed(checkRanks(loc, input, weights)))
    return failure();
  if (failed(checkWeights(loc, weights, /*outputDim=*/1)))
    return failure();
  size_t spatialRank = input.getRank() - 2;
  int64_t groups = adaptor.getGroups(), channels = weights.getDimSize(0);
  if (failed(checkWindowNumbers(loc, "strides", adaptor.getStrides(),
                                spatialRank, 1)) ||
      failed(checkWindowNumbers(loc, "pads", adaptor.getPads(), 2 * spatialRank,
                                -maxWindowNumber)) ||
      failed(checkWindowNumbers(loc, "dilations", adaptor.getDilations(),
                                spatialRank, 1)) ||
      failed(checkWindowNumbers(loc, "output_pads", adaptor.getOutputPads(),
                                spatialRank, 0)))
    return failure();
  if (groups < 1 || channels % groups != 0 ||
      (!input.isDynamicDim(1) && input.getDimSize(1) != channels))
    return emitOptionalError(loc, "expected weight dimension 0 to be ",
                             input.getDimSize(1),
                             " (input channels, a multiple of the ", groups,
                             " groups), got ", channels);
  SmallVector<AffineExpr> dims = getDims(input), dilated = dims;
  SmallVector<int64_t> reach(2 * spatialRank);
  for (size_t i = 0; i < spatialRank; ++i) {
    if (AffineExpr &size = dilated[2 + i])
      size = (size - 1) * adaptor.getStrides()[i] + 1;
    // the window reaches so far beyond either end
    reach[i] = reach[spatialRank + i] =
        Window{weights.getDimSize(2 + i), 1,    0, 0,
               adaptor.getDilations()[i], false}
            .getExtent();
  }
  if (failed(checkPadded(loc, input, dilated, 2, reach)))
    return failure();
  dims[1] = getDim(weights, 1) * groups;
  for (size_t i = 0; i < spatialRank; ++i) {
    if (!dims[2 + i])
      continue;
    AffineExpr extent =
        (getDim(weights, 2 + i) - 1) * adaptor.getDilations()[i] + 1;
    int64_t pads = adaptor.getPads()[i] + adaptor.getPads()[spatialRank + i];
    dims[2 + i] = simplifyDim((dims[2 + i] - 1) * adaptor.getStrides()[i] +
                              extent + (adaptor.getOutputPads()[i] - pads));
  }
  types.push_back(getTensorType(dims, input.getElementType()));
  return success();
}

/// ONNX's weights [C, O / groups, window] as a convolution's, reversed:
/// [O, C / groups, window].
static Value reverseWeights(Composer &c, Value weights, int64_t groups) {
  RankedTensorType type = getTensorTypeOf(weights);
  SmallVector<int64_t> starts, steps(type.getRank(), 1);
  for (int64_t i = 0; i < type.getRank(); ++i) {
    starts.push_back(i < 2 ? 0 : type.getDimSize(i) - 1);
    steps[i] = i < 2 ? 1 : -1;
  }
  auto dims = llvm::map_to_vector(
      starts, [&](int64_t start) { return c.getAffineConstantExpr(start); });
  Value reversed =
      SliceOp::create(c, type, weights, DimsAttr::get(c.getContext(), dims),
                      c.getDenseI64ArrayAttr(steps));
  SmallVector<AffineExpr> sizes = getDims(type);
  AffineExpr perGroup = simplifyDim(sizes[0].floorDiv(groups));
  SmallVector<AffineExpr> split = sizes, joined = sizes;
  split[0] = perGroup;
  split.insert(split.begin(), c.getAffineConstantExpr(groups));
  joined[0] = simplifyDim(sizes[1] * groups);
  joined[1] = perGroup;
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, split.size()));
  std::swap(permutation[1], permutation[2]);
  Value swapped =
      TransposeOp::create(c, c.reshape(reversed, split), permutation);
  return c.reshape(swapped, joined);
}

/// Cuts `amounts` (before, then after each spatial dimension) off `value`.
static Value cutBorder(Composer &c, Value value, ArrayRef<int64_t> amounts,
                       Type type) {
  auto rank = cast<RankedTensorType>(type).getRank();
  SmallVector<AffineExpr> starts(rank, c.getAffineConstantExpr(0));
  for (int64_t i = 2; i < rank; ++i)
    starts[i] = c.getAffineConstantExpr(amounts[i - 2]);
  return SliceOp::create(c, type, value, DimsAttr::get(c.getContext(), starts),
                         c.getDenseI64ArrayAttr(SmallVector<int64_t>(rank, 1)));
}

FailureOr<SmallVector<Value>> ConvTransposeOp::decompose(OpBuilder &builder) {
  Composer c(getLoc(), builder);
  size_t spatialRank = getStrides().size();
  RankedTensorType weights = getTensorTypeOf(getWeights());
  // what is left of a full convolution's padding; where more is cut off than
  // that, it is cut off the result
  SmallVector<int64_t> pads(2 * spatialRank), cuts(2 * spatialRank);
  for (size_t i = 0; i < 2 * spatialRank; ++i) {
    size_t dim = i % spatialRank;
    int64_t extent = (weights.getDimSize(2 + dim) - 1) * getDilations()[dim];
    int64_t open = i < spatialRank ? 0 : getOutputPads()[dim];
    int64_t pad = extent - getPads()[i] + open;
    pads[i] = std::max<int64_t>(pad, 0);
    cuts[i] = std::max<int64_t>(-pad, 0);
  }
  SmallVector<int64_t> ones(spatialRank, 1);
  Value result = ConvOp::create(
      c, getInput(), reverseWeights(c, getWeights(), getGroups()), ones, pads,
      getDilations(), getStrides(), getGroups(), /*channels_last=*/false,
      /*result_element=*/TypeAttr());
  if (llvm::any_of(cuts, [](int64_t cut) { return cut != 0; }))
    result = cutBorder(c, result, cuts, getType());
  return SmallVector<Value>{result};
}
