//===- DistributeToThreads.cpp - a tile's operations over a block ---------===//

#include "ThreadLoops.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/GPU/Passes.h"
#include "tenon/Codegen/Kernel/Kernel.h"

namespace tenon {
#define GEN_PASS_DEF_DISTRIBUTETOTHREADSPASS
#include "tenon/Codegen/GPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {

bool holdsLinalg(Operation *op) {
  return op->walk([](linalg::LinalgOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

bool has(Operation *op, bool isWrite) {
  return op
      ->walk([&](Operation *inner) {
        bool found = isWrite ? hasEffect<MemoryEffects::Write>(inner)
                             : hasEffect<MemoryEffects::Read>(inner);
        return found ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// All threads go the same way through the kernel; what they compute together
/// is between barriers.
class Distributor {
public:
  Distributor(MLIRContext *context, StringRef precision)
      : precision(precision), builder(context) {}

  LogicalResult distribute(Block &block) {
    SmallVector<Operation *> ops(llvm::make_pointer_range(block));
    for (Operation *op : ops)
      // what the first thread does alone is no longer here
      if (op->getBlock() == &block && failed(distribute(op)))
        return failure();
    return success();
  }

private:
  LogicalResult distribute(Operation *op) {
    if (isa<memref::DeallocOp>(op)) {
      op->erase();
      return success();
    }
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
      emitLinalg(linalgOp);
      return success();
    }
    if (holdsLinalg(op)) {
      // what an iteration leaves, the next one finds
      synchronize(op);
      for (Region &region : op->getRegions())
        for (Block &block : region) {
          isDirty = false;
          if (failed(distribute(block)))
            return failure();
          if (isDirty)
            synchronize(block.getTerminator());
        }
      isDirty = false;
      return success();
    }
    if (has(op, /*isWrite=*/true) && !isa<memref::AllocOp>(op))
      return runInFirstThread(op);
    if (isDirty && has(op, /*isWrite=*/false))
      synchronize(op);
    if (has(op, /*isWrite=*/false))
      isRead = true;
    return success();
  }

  void synchronize(Operation *before) {
    if (!isDirty && !isRead)
      return;
    builder.setInsertionPoint(before);
    gpu::BarrierOp::create(builder, before->getLoc());
    isDirty = isRead = false;
  }

  void emitLinalg(linalg::LinalgOp op) {
    synchronize(op);
    builder.setInsertionPoint(op);
    std::optional<Contraction> contraction = matchContraction(op);
    if (contraction && contraction->isMatrixProduct())
      emitContraction(op, *contraction, precision, builder);
    else
      emitThreadLoops(op, builder);
    op.erase();
    isDirty = true;
  }

  /// With what follows it in its block, where that may use its results.
  LogicalResult runInFirstThread(Operation *op) {
    Block *block = op->getBlock();
    auto end = op->use_empty() ? std::next(op->getIterator())
                               : block->getTerminator()->getIterator();
    SmallVector<Operation *> ops;
    for (Operation &other : llvm::make_range(op->getIterator(), end)) {
      if (holdsLinalg(&other))
        return op->emitOpError("writes memory and has results, which the "
                               "threads of a block cannot share");
      ops.push_back(&other);
    }
    synchronize(op);
    builder.setInsertionPoint(op);
    Location loc = op->getLoc();
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value isFirst = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::eq, getThread(builder, loc), zero);
    auto branch = scf::IfOp::create(builder, loc, isFirst);
    for (Operation *other : ops)
      other->moveBefore(branch.thenBlock()->getTerminator());
    isDirty = true;
    return success();
  }

  StringRef precision;
  OpBuilder builder;
  /// Whether memory was written, or read, since the last barrier.
  bool isDirty = false, isRead = false;
};

struct DistributeToThreadsPass
    : tenon::impl::DistributeToThreadsPassBase<DistributeToThreadsPass> {
  using DistributeToThreadsPassBase::DistributeToThreadsPassBase;

  void runOnOperation() override {
    func::FuncOp kernel = getKernel(getOperation());
    if (!kernel)
      return;
    if (failed(Distributor(&getContext(), precision)
                   .distribute(kernel.getBody().front())))
      return signalPassFailure();
    getOperation()->setAttr(
        kBlockSizeAttr,
        Builder(&getContext()).getI64IntegerAttr(DeviceInfo::kThreads));
  }
};

} // namespace
