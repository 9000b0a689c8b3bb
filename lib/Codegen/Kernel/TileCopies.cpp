//===- TileCopies.cpp - parallel loops for what lies outside of tiles -----===//

#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Kernel/TileDependence.h"
#include "tenon/Codegen/Kernel/TileSizes.h"
#include "tenon/Kernels/AssumedSizes.h"

namespace tenon {
#define GEN_PASS_DEF_TILECOPIESPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

/// Tiles even a small operation, as one tile, where others run in parallel:
/// code outside of the tiles would make the whole kernel one work item.
void tile(linalg::LinalgOp op, int64_t targetCost) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  llvm::SmallBitVector tileable(ranges.size());
  SmallVector<unsigned> parallel;
  op.getParallelDims(parallel);
  if (parallel.empty())
    return;
  for (unsigned dim : parallel)
    tileable.set(dim);
  int64_t cost = tenon::getAssumedProduct(ranges) * tenon::getIterationCost(op);
  SmallVector<int64_t> sizes = tenon::getTileSizes(
      ranges, tileable, llvm::SmallBitVector(ranges.size()), cost, targetCost);
  if (llvm::all_of(sizes, [](int64_t size) { return size == 0; }))
    sizes[parallel.front()] = std::max<int64_t>(ranges[parallel.front()], 1);

  IRRewriter rewriter(op);
  scf::SCFTilingOptions options;
  options.setTileSizes(getAsIndexOpFoldResult(op.getContext(), sizes))
      .setLoopType(scf::SCFTilingOptions::LoopType::ForallOp);
  FailureOr<scf::SCFTilingResult> tiled = scf::tileUsingSCF(
      rewriter, cast<TilingInterface>(op.getOperation()), options);
  if (succeeded(tiled))
    rewriter.eraseOp(op);
}

struct TileCopiesPass : tenon::impl::TileCopiesPassBase<TileCopiesPass> {
  using TileCopiesPassBase::TileCopiesPassBase;

  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (!kernel->hasAttr(tenon::kKernelAttr) ||
        kernel->hasAttr(tenon::kVectorizedAttr))
      return;
    SmallVector<linalg::LinalgOp> ops;
    bool isLarge = false;
    for (Operation &op : kernel.getBody().front()) {
      isLarge |= isa<scf::ForallOp>(op);
      auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      if (!linalgOp || !linalgOp.hasPureBufferSemantics() ||
          !tenon::writesSharedMemory(linalgOp))
        continue;
      ops.push_back(linalgOp);
      isLarge |= tenon::getAssumedProduct(linalgOp.getStaticLoopRanges()) *
                     tenon::getIterationCost(linalgOp) >
                 targetCost;
    }
    if (isLarge)
      for (linalg::LinalgOp op : ops)
        tile(op, targetCost);
  }
};

} // namespace
