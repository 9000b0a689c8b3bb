//===- ConvPhases.h - convolutions over dilated inputs ----------*- C++ -*-===//
//
// Results of a convolution whose input is dilated by D fall into phases: with
// stride S, those that lie D / gcd(S, D) apart meet the same weights, every
// D / gcd(L, D)-th of a window of dilation L, and elements of the input that
// are neighbours. So a phase is an ordinary convolution with a part of the
// weights, and nobody multiplies the zeros between the elements (sub-pixel
// convolution, Shi et al. 2016, read backwards).
//
//===----------------------------------------------------------------------===//

#ifndef TENON_KERNELS_CONVPHASES_H
#define TENON_KERNELS_CONVPHASES_H

#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace tenon {

/// A convolution along one spatial dimension.
struct DilatedWindow {
  int64_t size, stride, dilation, inputDilation, padLow, padHigh;
};

/// Every `phases`-th result.
struct ConvPhase {
  /// The weights that meet elements and not zeros: `numTaps` of them, from
  /// `firstTap` on, `ConvPhases::tapStep` apart.
  int64_t firstTap = 0, numTaps = 0;
  /// The element that the first of them meets in the phase's first result;
  /// negative: it lies in the padding.
  int64_t start = 0;
};

/// The phases of one spatial dimension. All are given as many results as the
/// first one has, which may be one more than there are.
struct ConvPhases {
  llvm::SmallVector<ConvPhase> phases;
  int64_t tapStep = 1;
  /// Of each phase's convolution.
  int64_t stride = 1, dilation = 1;
  /// How far the last result's window begins behind that of the first in an
  /// input of one element, counted in elements.
  int64_t reach = 0;

  /// Padding before and behind the input for a window that starts at `start`
  /// and has `numTaps` weights; negative: elements that it never meets.
  int64_t getPadLow(int64_t start) const { return -start; }
  int64_t getPadHigh(int64_t start, int64_t numTaps) const {
    return reach + (numTaps - 1) * dilation + start;
  }
};

ConvPhases getConvPhases(const DilatedWindow &window);

} // namespace tenon

#endif // TENON_KERNELS_CONVPHASES_H
