//===- SlidingWindow.cpp - what convolutions and pools share --------------===//

#include "tenon/Dialect/Tenon/IR/SlidingWindow.h"
#include "mlir/IR/Diagnostics.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::checkWindowNumbers(std::optional<Location> loc,
                                        StringRef name,
                                        ArrayRef<int64_t> values, size_t count,
                                        int64_t least) {
  if (values.size() != count)
    return emitOptionalError(loc, "expected ", count, " ", name, ", got ",
                             values.size());
  for (int64_t value : values)
    if (value < least || value > maxWindowNumber)
      return emitOptionalError(loc, "expected ", name, " from ", least, " to ",
                               maxWindowNumber, ", got ", value);
  return success();
}

AffineExpr tenon::countWindows(AffineExpr input, const Window &window) {
  if (!input)
    return {};
  int64_t pads = window.padLow + window.padHigh;
  AffineExpr room = simplifyDim(input + pads - window.getExtent());
  if (!window.ceilMode)
    return simplifyDim(room.floorDiv(window.stride) + 1);
  AffineExpr count = simplifyDim(room.ceilDiv(window.stride) + 1);
  // the last window must begin before the padding behind the input
  if (window.padHigh + window.stride <= window.getExtent())
    return count;
  AffineExpr begins =
      simplifyDim((input + window.padLow).ceilDiv(window.stride));
  return getMinDim(count, begins);
}
