//===- TileDeviceKernel.cpp - a kernel as tiles for blocks of threads -----===//

#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/GPU/Passes.h"
#include "tenon/Codegen/Kernel/Contraction/Contraction.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/TileGroup.h"
#include "tenon/Codegen/Kernel/TileSizes.h"

namespace tenon {
#define GEN_PASS_DEF_TILEDEVICEKERNELPASS
#include "tenon/Codegen/GPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Splits the root's loops that `loops` of an operation before it follow, from
/// the innermost: together they get about `count` iterations.
static void splitFollowers(const TileGroup &group, const SplitLoops &split,
                           ArrayRef<unsigned> loops, int64_t count,
                           MutableArrayRef<int64_t> sizes) {
  SmallVector<int64_t> ranges = group.getRoot().getStaticLoopRanges();
  for (int root = group.getTileable().find_last(); root >= 0;
       root = group.getTileable().find_prev(root)) {
    auto followed = split.find(root);
    if (followed == split.end() || !llvm::is_contained(loops, followed->second))
      continue;
    if (!ShapedType::isDynamic(ranges[root]) && ranges[root] <= count) {
      count /= std::max<int64_t>(ranges[root], 1);
      continue;
    }
    sizes[root] = std::max<int64_t>(count, 1);
    count = 1;
  }
}

static SmallVector<int64_t> getBlockTile(const TileGroup &group,
                                         int64_t targetCost) {
  SmallVector<int64_t> ranges = group.getRoot().getStaticLoopRanges();
  for (auto [op, split] : group.getSplits()) {
    auto contraction = matchContraction(cast<linalg::LinalgOp>(op));
    if (!contraction || !contraction->isMatrixProduct())
      continue;
    SmallVector<int64_t> sizes(ranges.size(), 0);
    splitFollowers(group, split, contraction->rows, DeviceInfo::kTileRows,
                   sizes);
    splitFollowers(group, split, contraction->columns, DeviceInfo::kTileColumns,
                   sizes);
    splitFollowers(group, split, contraction->batch, 1, sizes);
    return sizes;
  }
  return getTileSizes(ranges, group.getTileable(), group.getLines(),
                      group.getCost(), targetCost);
}

namespace {
struct TileDeviceKernelPass
    : tenon::impl::TileDeviceKernelPassBase<TileDeviceKernelPass> {
  using TileDeviceKernelPassBase::TileDeviceKernelPassBase;

  void runOnOperation() override {
    if (getOperation()->hasAttr(kKernelAttr))
      tileKernel(getOperation(), [&](const TileGroup &group) {
        return getBlockTile(group, targetCost);
      });
  }
};
} // namespace
