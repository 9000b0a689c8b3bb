//===- WindowOps.cpp - shapes of reductions over sliding windows ----------===//

#include "tenon/Dialect/Tenon/IR/WindowOps.h"
#include "WindowSyntax.h"
#include "tenon/Dialect/Tenon/IR/SlidingWindow.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/WindowOps.cpp.inc"

namespace {
/// The attributes that all window ops have.
struct WindowAttributes {
  ArrayRef<int64_t> window, strides, pads, dilations;
  bool ceilMode;
};
} // namespace

static LogicalResult checkWindows(std::optional<Location> loc,
                                  const WindowAttributes &attributes,
                                  size_t spatialRank) {
  return failure(failed(checkWindowNumbers(
                     loc, "window sizes", attributes.window, spatialRank, 1)) ||
                 failed(checkWindowNumbers(loc, "strides", attributes.strides,
                                           spatialRank, 1)) ||
                 failed(checkWindowNumbers(
                     loc, "dilations", attributes.dilations, spatialRank, 1)) ||
                 failed(checkWindowNumbers(loc, "pads", attributes.pads,
                                           2 * spatialRank, 0)));
}

static FailureOr<RankedTensorType>
inferWindows(std::optional<Location> loc, RankedTensorType input,
             const WindowAttributes &attributes, unsigned firstSpatial) {
  if (input.getRank() < 3)
    return emitOptionalError(
        loc, "expected an input of at least one spatial dimension, got ",
        input);
  size_t spatialRank = input.getRank() - 2;
  if (failed(checkWindows(loc, attributes, spatialRank)))
    return failure();
  SmallVector<AffineExpr> dims = getDims(input), padded = dims;
  for (size_t i = 0; i < spatialRank; ++i)
    if (AffineExpr &dim = padded[firstSpatial + i])
      dim = dim + (attributes.pads[i] + attributes.pads[spatialRank + i]);
  if (hasKnownSizes(input) &&
      !hasKnownSizes(getTensorType(padded, input.getElementType())))
    return emitOptionalError(loc, "expected at most ", maxTensorElements,
                             " elements, padding included, got ", input);
  for (size_t i = 0; i < spatialRank; ++i) {
    AffineExpr &dim = dims[firstSpatial + i];
    AffineExpr count =
        countWindows(dim, {attributes.window[i], attributes.strides[i],
                           attributes.pads[i], attributes.pads[spatialRank + i],
                           attributes.dilations[i], attributes.ceilMode});
    if (dim && !count)
      return emitOptionalError(
          loc, "expected a constant size for 'ceil_mode' with a window of ",
          attributes.window[i], " and stride ", attributes.strides[i], ", got ",
          printDim(dim));
    if (count && getConstantDim(count).value_or(0) < 0)
      return emitOptionalError(
          loc, "expected an input that the window fits into, got ", input);
    dim = count;
  }
  return getTensorType(dims, input.getElementType());
}

/// The same for an op with these attributes.
template <typename Adaptor>
static FailureOr<RankedTensorType> inferWindows(std::optional<Location> loc,
                                                Adaptor adaptor,
                                                unsigned firstSpatial) {
  return inferWindows(loc, cast<RankedTensorType>(adaptor.getInput().getType()),
                      {adaptor.getWindow(), adaptor.getStrides(),
                       adaptor.getPads(), adaptor.getDilations(),
                       adaptor.getCeilMode()},
                      firstSpatial);
}

LogicalResult PoolOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type =
      inferWindows(loc, adaptor, adaptor.getChannelsLast() ? 1 : 2);
  if (failed(type))
    return failure();
  if (adaptor.getKind() == ReduceKind::product ||
      adaptor.getKind() == ReduceKind::minimum)
    return emitOptionalError(loc, "expected maximum, sum or mean, got ",
                             stringifyReduceKind(adaptor.getKind()));
  types.push_back(*type);
  return success();
}

LogicalResult MaxPoolWithIndicesOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type =
      inferWindows(loc, adaptor, /*firstSpatial=*/2);
  if (failed(type))
    return failure();
  types.append({*type, withElementType(*type, IntegerType::get(context, 64))});
  return success();
}

/// One operation for each element under a window; those outside of the input
/// count too, for they are few.
static AffineExpr getFlopsOfWindows(Value result, ArrayRef<int64_t> window) {
  AffineExpr windows = getNumElements(result);
  for (int64_t size : window)
    windows = windows ? windows * size : windows;
  return windows;
}

AffineExpr PoolOp::getFlops() {
  return getFlopsOfWindows(getResult(), getWindow());
}

AffineExpr MaxPoolWithIndicesOp::getFlops() {
  return getFlopsOfWindows(getValues(), getWindow());
}
