//===- TileKernel.cpp - a kernel as parallel tiles ------------------------===//

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/LinalgBody.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Kernel/TileGroup.h"
#include "tenon/Codegen/Kernel/TileSizes.h"
#include "tenon/Kernels/AssumedSizes.h"

namespace tenon {
#define GEN_PASS_DEF_TILEKERNELPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {

/// The operations that compute what is returned, through reshapes and the
/// insertions of a concatenation; in the order of the program.
SmallVector<linalg::LinalgOp> findRoots(func::FuncOp kernel) {
  llvm::SetVector<Operation *> roots;
  SmallVector<Value> worklist(
      kernel.getBody().front().getTerminator()->getOperands());
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val().getDefiningOp();
    if (!op)
      continue;
    if (isa<linalg::LinalgOp>(op))
      roots.insert(op);
    else if (isa<tensor::InsertSliceOp, tensor::ExpandShapeOp,
                 tensor::CollapseShapeOp, tensor::CastOp, tensor::PadOp>(op))
      llvm::append_range(worklist, op->getOperands());
  }
  auto sorted = llvm::map_to_vector(
      roots, [](Operation *op) { return cast<linalg::LinalgOp>(op); });
  llvm::sort(sorted, [](linalg::LinalgOp a, linalg::LinalgOp b) {
    return a->isBeforeInBlock(b);
  });
  return sorted;
}

SplitLoops followOperand(linalg::LinalgOp consumer, OpOperand &operand,
                         const SplitLoops &split, OpResult result) {
  auto producer = cast<linalg::LinalgOp>(result.getOwner());
  AffineMap read = consumer.getMatchingIndexingMap(&operand);
  AffineMap write = producer.getIndexingMapMatchingResult(result);
  SplitLoops followed;
  for (auto [rootLoop, loop] : split)
    for (auto [readExpr, writeExpr] :
         llvm::zip_equal(read.getResults(), write.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(writeExpr);
          dim && readExpr.isFunctionOfDim(loop))
        followed[rootLoop] = dim.getPosition();
  return followed;
}

SplitLoops intersect(const SplitLoops &a, const SplitLoops &b) {
  SplitLoops both;
  for (auto [rootLoop, loop] : a)
    if (auto it = b.find(rootLoop); it != b.end() && it->second == loop)
      both[rootLoop] = loop;
  return both;
}

} // namespace

TileGroup::TileGroup(linalg::LinalgOp root) : root(root) {
  tileable.resize(root.getNumLoops());
  SmallVector<unsigned> parallel;
  root.getParallelDims(parallel);
  SplitLoops identity;
  for (unsigned dim : parallel) {
    tileable.set(dim);
    identity[dim] = dim;
  }
  collect(identity);
}

/// Visits the root's producers from the last to the first, each after all of
/// its consumers.
void TileGroup::collect(const SplitLoops &identity) {
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.inclusive = true;
  options.omitBlockArguments = true;
  (void)getBackwardSlice(root.getOperation(), &slice, options);
  splits[root] = identity;
  for (Operation *op : llvm::reverse(slice)) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    if (!linalgOp || !splits.contains(op))
      continue;
    add(linalgOp);
  }
}

void TileGroup::add(linalg::LinalgOp op) {
  SplitLoops split = splits[op];
  int64_t iterations = tenon::getAssumedProduct(op.getStaticLoopRanges());
  cost += iterations * tenon::getIterationCost(op);
  // What a tile does not split is computed again by every tile: that is good
  // for a small vector, not for a reduction.
  constexpr int64_t kMaxRepeatedIterations = 64;
  if (op.getNumReductionLoops() > 0 || iterations > kMaxRepeatedIterations)
    for (unsigned dim : tileable.set_bits())
      if (!split.contains(dim))
        tileable.reset(dim);
  for (OpOperand &operand : op->getOpOperands()) {
    auto producer = operand.get().getDefiningOp<linalg::LinalgOp>();
    if (!producer)
      continue;
    SplitLoops followed =
        followOperand(op, operand, split, cast<OpResult>(operand.get()));
    auto [it, isNew] = splits.try_emplace(producer, followed);
    if (!isNew)
      it->second = intersect(it->second, followed);
  }
}

llvm::SmallBitVector TileGroup::getLines() const {
  llvm::SmallBitVector lines(tileable.size());
  for (const auto &[op, split] : splits) {
    auto linalgOp = cast<linalg::LinalgOp>(op);
    // what has fewer dimensions is small beside the rest
    if (linalgOp.getNumLoops() < tileable.size())
      continue;
    for (AffineMap map : linalgOp.getIndexingMapsArray()) {
      bool isLarge = true;
      for (unsigned loop = 0; loop < linalgOp.getNumLoops(); ++loop)
        isLarge &= map.isFunctionOfDim(loop);
      for (auto [rootLoop, loop] : split)
        if (isLarge && walksContiguously(map, loop))
          lines.set(rootLoop);
    }
  }
  return lines;
}

namespace {

class KernelTiler {
public:
  explicit KernelTiler(func::FuncOp kernel)
      : roots(findRoots(kernel)), rewriter(kernel.getContext()) {}

  /// From the last root to the first: an earlier one that a later one needs is
  /// computed in the later one's tiles, and its result comes from there.
  void tile(function_ref<SmallVector<int64_t>(const TileGroup &)> getSizes) {
    while (!roots.empty()) {
      linalg::LinalgOp root = roots.pop_back_val();
      SmallVector<int64_t> sizes = getSizes(TileGroup(root));
      if (llvm::any_of(sizes, [](int64_t size) { return size != 0; }))
        tileGroup(root, sizes);
    }
  }

private:
  void tileGroup(linalg::LinalgOp root, ArrayRef<int64_t> sizes) {
    scf::SCFTileAndFuseOptions options;
    options.tilingOptions
        .setTileSizes(getAsIndexOpFoldResult(rewriter.getContext(), sizes))
        .setLoopType(scf::SCFTilingOptions::LoopType::ForallOp);
    SmallVector<linalg::LinalgOp> others(roots);
    options.setFusionControlFn(
        [others](tensor::ExtractSliceOp, OpResult producer, bool)
            -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
          scf::SCFTileAndFuseOptions::ControlFnResult result;
          result.yieldProducerReplacement =
              llvm::is_contained(others, producer.getOwner());
          return result;
        });
    rewriter.setInsertionPoint(root);
    FailureOr<scf::SCFTileAndFuseResult> tiled =
        scf::tileConsumerAndFuseProducersUsingSCF(
            rewriter, cast<TilingInterface>(root.getOperation()), options);
    if (failed(tiled))
      return;
    for (auto [value, replacement] : tiled->replacements)
      rewriter.replaceAllUsesWith(value, replacement);
    llvm::erase_if(roots, [](linalg::LinalgOp op) { return op->use_empty(); });
  }

  SmallVector<linalg::LinalgOp> roots;
  IRRewriter rewriter;
};

} // namespace

void tenon::tileKernel(
    func::FuncOp kernel,
    function_ref<SmallVector<int64_t>(const TileGroup &)> getSizes) {
  KernelTiler(kernel).tile(getSizes);
}

namespace {

struct TileKernelPass : tenon::impl::TileKernelPassBase<TileKernelPass> {
  using TileKernelPassBase::TileKernelPassBase;

  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (kernel->hasAttr(tenon::kKernelAttr) &&
        !kernel->hasAttr(tenon::kVectorizedAttr))
      tileKernel(kernel, [&](const TileGroup &group) {
        return getTileSizes(group.getRoot().getStaticLoopRanges(),
                            group.getTileable(), group.getLines(),
                            group.getCost(), targetCost);
      });
  }
};

} // namespace
