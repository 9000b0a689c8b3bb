//===- Winograd.h - convolutions of 3x3 in 4x4 results ----------*- C++ -*-===//
//
// F(4x4, 3x3) of Lavin and Gray 2016 (Fast Algorithms for Convolutional Neural
// Networks): with d a tile of 6x6 elements and g a window of 3x3 weights,
//
//   result = A^T [(G g G^T) * (B^T d B)] A        (* is elementwise)
//
// so 36 products do the work of 144. The matrices follow from interpolation
// at five points and infinity. The points 0, +-5/7, +-7/5 lose about as many
// bits as a direct sum does; 0, +-1, +-2, which need fewer operations, lose
// two more.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_DIALECT_TENON_IR_WINOGRAD_H
#define TENON_DIALECT_TENON_IR_WINOGRAD_H

#include "llvm/ADT/StringRef.h"
#include <array>
#include <cstdint>

namespace tenon {

/// Results of a tile along a dimension, weights of a window, and elements that
/// a tile reads.
inline constexpr int64_t kWinogradResults = 4;
inline constexpr int64_t kWinogradWindow = 3;
inline constexpr int64_t kWinogradTile = kWinogradResults + kWinogradWindow - 1;

/// On the linalg operation that restores a convolution's weights.
inline constexpr llvm::StringLiteral kWinogradAttr = "tenon.winograd";

template <size_t rows, size_t columns>
using WinogradMatrix = std::array<std::array<double, columns>, rows>;

struct WinogradTransform {
  /// B^T, G and A^T.
  WinogradMatrix<kWinogradTile, kWinogradTile> input{};
  WinogradMatrix<kWinogradTile, kWinogradWindow> weights{};
  WinogradMatrix<kWinogradResults, kWinogradTile> output{};
  /// A left inverse of G.
  WinogradMatrix<kWinogradWindow, kWinogradTile> restore{};
};

const WinogradTransform &getWinogradTransform();

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_WINOGRAD_H
