//===- ConvPhases.cpp - convolutions over dilated inputs ------------------===//

#include "tenon/Kernels/ConvPhases.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace tenon;

/// Tap j of result o meets index o * stride + j * dilation - padLow of the
/// dilated input, an element where the input dilation divides that.
static ConvPhase getPhase(const DilatedWindow &window, int64_t result,
                          int64_t tapStep) {
  int64_t numCandidates = std::min(tapStep, window.size);
  for (int64_t tap = 0; tap < numCandidates; ++tap) {
    int64_t index =
        result * window.stride + tap * window.dilation - window.padLow;
    if (index % window.inputDilation == 0)
      return {tap, (window.size - tap + tapStep - 1) / tapStep,
              index / window.inputDilation};
  }
  return {};
}

ConvPhases tenon::getConvPhases(const DilatedWindow &window) {
  int64_t strideFactor = std::gcd(window.stride, window.inputDilation),
          tapFactor = std::gcd(window.dilation, window.inputDilation);
  ConvPhases split;
  split.tapStep = window.inputDilation / tapFactor;
  split.stride = window.stride / strideFactor;
  split.dilation = window.dilation / tapFactor;
  int64_t room =
      window.padLow + window.padHigh - (window.size - 1) * window.dilation;
  split.reach = llvm::divideFloorSigned(room, window.inputDilation);
  int64_t numPhases = window.inputDilation / strideFactor;
  for (int64_t phase = 0; phase < numPhases; ++phase)
    split.phases.push_back(getPhase(window, phase, split.tapStep));
  return split;
}
