//===- SlidingWindow.h - what convolutions and pools share ------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_SLIDINGWINDOW_H
#define TENON_DIALECT_TENON_IR_SLIDINGWINDOW_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Location.h"

namespace tenon {

/// No size, stride, dilation or pad of a window is larger, so that the product
/// of two of them, added to a size, fits into 64 bits.
inline constexpr int64_t maxWindowNumber = int64_t(1) << 31;

/// Checks the numbers called `name` of an op's windows: `count` of them, from
/// `least` to `maxWindowNumber`.
llvm::LogicalResult checkWindowNumbers(std::optional<mlir::Location> loc,
                                       llvm::StringRef name,
                                       llvm::ArrayRef<int64_t> values,
                                       size_t count, int64_t least);

/// A window that slides along one dimension.
struct Window {
  int64_t size;
  int64_t stride;
  int64_t padLow;
  int64_t padHigh;
  int64_t dilation;
  /// Whether a window may end outside the padded input.
  bool ceilMode;

  /// Elements from the window's first to behind its last.
  int64_t getExtent() const {
    // beyond this no input has room, and sums with pads fit into 64 bits
    constexpr int64_t most = int64_t(1) << 60;
    return size - 1 > most / dilation ? most : (size - 1) * dilation + 1;
  }
};

/// The number of positions of `window` along a dimension of size `input`; null
/// where that is.
mlir::AffineExpr countWindows(mlir::AffineExpr input, const Window &window);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_SLIDINGWINDOW_H
