//===- MapWorkItems.cpp - parallel tiles to ranges of work items ----------===//

#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "tenon/Codegen/Kernel/Delinearize.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"
#include "tenon/Codegen/Kernel/TileDependence.h"

namespace tenon {
#define GEN_PASS_DEF_MAPWORKITEMSPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

/// One `scf.forall` at the top of the kernel and its share of the work items.
struct TileLoop {
  scf::ForallOp forall;
  SmallVector<AffineExpr> counts; // tiles along each dimension
  AffineExpr count;
};

/// Empty if a number of tiles is no expression of the symbols.
std::optional<TileLoop> getTileLoop(scf::ForallOp forall, func::FuncOp kernel) {
  TileLoop loop{forall, {}, getAffineConstantExpr(1, kernel.getContext())};
  for (auto [lower, upper, step] :
       llvm::zip_equal(forall.getMixedLowerBound(), forall.getMixedUpperBound(),
                       forall.getMixedStep())) {
    AffineExpr lb = tenon::getSymbolicExpr(lower, kernel);
    AffineExpr ub = tenon::getSymbolicExpr(upper, kernel);
    AffineExpr by = tenon::getSymbolicExpr(step, kernel);
    if (!lb || !ub || !by)
      return std::nullopt;
    loop.counts.push_back((ub - lb).ceilDiv(by));
    loop.count = loop.count * loop.counts.back();
  }
  return loop;
}

/// The loops that can share the range of work items, or nothing if the kernel
/// has to be one item.
std::optional<SmallVector<TileLoop>> getParallelLoops(func::FuncOp kernel) {
  SmallVector<TileLoop> loops;
  SmallVector<Operation *> parts;
  for (Operation &op : kernel.getBody().front()) {
    if (auto forall = dyn_cast<scf::ForallOp>(op)) {
      std::optional<TileLoop> loop = getTileLoop(forall, kernel);
      if (!loop)
        return std::nullopt;
      loops.push_back(*loop);
      parts.push_back(forall);
    } else if (isa<LoopLikeOpInterface>(op) || tenon::writesSharedMemory(&op)) {
      // a loop outside of tiles would be run by each call, for its range
      return std::nullopt;
    }
  }
  if (loops.empty() || !tenon::areIndependent(parts, kernel))
    return std::nullopt;
  return loops;
}

class WorkItemMapper {
public:
  explicit WorkItemMapper(func::FuncOp kernel)
      : kernel(kernel), builder(kernel.getContext()) {}

  /// Adds the arguments for the range; returns the number of items.
  AffineExpr map() {
    std::optional<SmallVector<TileLoop>> loops = getParallelLoops(kernel);
    addRangeArguments();
    if (!loops)
      return getAffineConstantExpr(1, kernel.getContext());
    if (loops->size() == 1) {
      mapLoop(loops->front(), begin, end);
      return loops->front().count;
    }
    AffineExpr offset = getAffineConstantExpr(0, kernel.getContext());
    for (TileLoop &loop : *loops) {
      builder.setInsertionPoint(loop.forall);
      Value first = clamp(begin, offset, loop.count);
      Value last = clamp(end, offset, loop.count);
      mapLoop(loop, first, last);
      offset = offset + loop.count;
    }
    return offset;
  }

private:
  void addRangeArguments() {
    NamedAttrList attributes;
    attributes.set(tenon::kWorkItemAttr, builder.getUnitAttr());
    auto dictionary = attributes.getDictionary(kernel.getContext());
    for (Value *bound : {&begin, &end}) {
      unsigned index = kernel.getNumArguments();
      (void)kernel.insertArgument(index, builder.getIndexType(), dictionary,
                                  kernel.getLoc());
      *bound = kernel.getArgument(index);
    }
  }

  Value materialize(AffineExpr expr) {
    return tenon::materialize(builder, kernel.getLoc(), expr, kernel);
  }

  /// `bound` of the call's range, relative to the loop's first item and clamped
  /// to its items.
  Value clamp(Value bound, AffineExpr offset, AffineExpr count) {
    Location loc = kernel.getLoc();
    Value local =
        arith::SubIOp::create(builder, loc, bound, materialize(offset));
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value atLeast = arith::MaxSIOp::create(builder, loc, local, zero);
    return arith::MinSIOp::create(builder, loc, atLeast, materialize(count));
  }

  void mapLoop(TileLoop &loop, Value first, Value last) {
    Location loc = loop.forall.getLoc();
    builder.setInsertionPoint(loop.forall);
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    auto items = scf::ForOp::create(builder, loc, first, last, one);
    builder.setInsertionPointToStart(items.getBody());
    SmallVector<Value> ivs = getIndices(loop, items.getInductionVar());

    loop.forall.getTerminator()->erase();
    IRRewriter rewriter(kernel.getContext());
    rewriter.inlineBlockBefore(loop.forall.getBody(),
                               items.getBody()->getTerminator(), ivs);
    loop.forall.erase();
  }

  /// The innermost dimension varies fastest from item to item.
  SmallVector<Value> getIndices(TileLoop &loop, Value item) {
    Location loc = loop.forall.getLoc();
    SmallVector<Value> counts = llvm::map_to_vector(
        loop.counts, [&](AffineExpr count) { return materialize(count); });
    SmallVector<Value> ivs = tenon::delinearize(builder, loc, item, counts);
    for (auto [iv, lower, step] :
         llvm::zip_equal(ivs, loop.forall.getMixedLowerBound(),
                         loop.forall.getMixedStep())) {
      Value scaled = arith::MulIOp::create(
          builder, loc, iv,
          getValueOrCreateConstantIndexOp(builder, loc, step));
      iv = arith::AddIOp::create(
          builder, loc, getValueOrCreateConstantIndexOp(builder, loc, lower),
          scaled);
    }
    return ivs;
  }

  func::FuncOp kernel;
  OpBuilder builder;
  Value begin, end;
};

struct MapWorkItemsPass : tenon::impl::MapWorkItemsPassBase<MapWorkItemsPass> {
  void runOnOperation() override {
    func::FuncOp kernel = tenon::getKernel(getOperation());
    if (!kernel)
      return;
    AffineExpr count = WorkItemMapper(kernel).map();
    getOperation()->setAttr(tenon::kGridAttr,
                            tenon::getSymbolicMap(count, kernel));
    IRRewriter rewriter(&getContext());
    WalkResult result = kernel.walk([&](scf::ForallOp forall) {
      rewriter.setInsertionPoint(forall);
      return WalkResult(scf::forallToForLoop(rewriter, forall));
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
