//===- TileSizes.cpp - how a kernel is split into work items --------------===//

#include "tenon/Codegen/Kernel/TileSizes.h"
#include "tenon/Dialect/Tenon/IR/ScalarCost.h"
#include "tenon/Kernels/AssumedSizes.h"
#include "tenon/Target/MachineModel.h"

using namespace mlir;

namespace tenon {

int64_t getIterationCost(linalg::LinalgOp op) {
  return op->getNumOperands() + getScalarCost(*op.getBlock()).getAccesses();
}

static constexpr int64_t kCacheLine = MachineModel::kCacheLineElements;

/// Equal tiles of at most `limit` iterations; those of an innermost loop in
/// whole cache lines.
static int64_t balance(int64_t range, int64_t limit, bool isInnermost) {
  limit = std::max<int64_t>(limit, 1);
  int64_t tile = limit;
  if (!ShapedType::isDynamic(range))
    tile = llvm::divideCeil(range, llvm::divideCeil(range, limit));
  return isInnermost ? llvm::alignTo(tile, kCacheLine) : tile;
}

SmallVector<int64_t> getTileSizes(ArrayRef<int64_t> loopRanges,
                                  const llvm::SmallBitVector &tileable,
                                  const llvm::SmallBitVector &lines,
                                  int64_t totalCost, int64_t targetCost) {
  SmallVector<int64_t> tileableRanges;
  for (unsigned dim : tileable.set_bits())
    tileableRanges.push_back(loopRanges[dim]);
  int64_t numTileable = getAssumedProduct(tileableRanges);
  // how many iterations of the tileable loops make a tile
  int64_t budget = std::max<int64_t>(
      targetCost /
          std::max<int64_t>(totalCost / std::max<int64_t>(numTileable, 1), 1),
      1);

  auto getLine = [&](unsigned dim) {
    return lines[dim] ? std::min(getAssumedSize(loopRanges[dim]), kCacheLine)
                      : 1;
  };
  SmallVector<int64_t> sizes(loopRanges.size(), 0);
  for (int dim = tileable.find_last(); dim >= 0;
       dim = tileable.find_prev(dim)) {
    int64_t range = loopRanges[dim];
    int64_t outerLines = 1;
    for (int outer = tileable.find_prev(dim); outer >= 0;
         outer = tileable.find_prev(outer))
      outerLines *= getLine(outer);
    bool isOutermost = tileable.find_prev(dim) < 0;
    bool isInnermost = dim + 1 == static_cast<int>(loopRanges.size());
    int64_t limit = std::max(budget / outerLines, getLine(dim));
    bool fits = getAssumedSize(range) <= limit;
    // a dynamic size may be anything: only an inner loop stays whole on a guess
    if (fits && (!ShapedType::isDynamic(range) || !isOutermost)) {
      budget /= std::max<int64_t>(getAssumedSize(range), 1);
      continue;
    }
    sizes[dim] = balance(range, limit, isInnermost);
    budget = outerLines;
  }
  return sizes;
}

} // namespace tenon
