//===- PanelWidth.cpp - how weights are packed for a CPU ------------------===//

#include "tenon/Target/PanelWidth.h"
#include "llvm/Support/MathExtras.h"

using namespace tenon;

int64_t tenon::getMaxVectorsPerRow(const TargetInfo &target) {
  return target.numVectorRegisters >= 32 ? 4 : 2;
}

int64_t tenon::getPanelWidth(int64_t columns, unsigned elementBits,
                             const TargetInfo &target) {
  int64_t lanes = target.getVectorLanes(elementBits);
  int64_t widest = getMaxVectorsPerRow(target);
  int64_t vectors = llvm::divideCeil(columns, lanes);
  if (vectors <= widest)
    return std::max<int64_t>(vectors, 1) * lanes;
  // The widest panel, unless one narrower by a vector divides the columns.
  if (widest > 2 && vectors % widest != 0 && vectors % (widest - 1) == 0)
    return (widest - 1) * lanes;
  return widest * lanes;
}
