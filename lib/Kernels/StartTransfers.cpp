//===- StartTransfers.cpp - ranks send and receive beside the kernels -----===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_STARTTRANSFERSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Whether nothing is computed for `op`, or only put together: it can stand
/// where its operands are.
static bool isPutTogether(Operation *op) {
  auto group = dyn_cast<GroupOp>(op);
  if (!group)
    return isa<ReshapeOp>(op);
  return llvm::all_of(group.getBody().front(), [](Operation &inner) {
    return isa<ConcatOp, ReshapeOp, YieldOp>(inner);
  });
}

/// The later one of two ops of a block; null is its begin.
static Operation *getLater(Operation *a, Operation *b) {
  if (!a || !b)
    return a ? a : b;
  return a->isBeforeInBlock(b) ? b : a;
}

/// Moves `op` up to what it needs, but not before `limit`; returns itself.
static Operation *moveUp(Operation *op, Operation *limit) {
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (!producer || producer->getBlock() != op->getBlock())
      continue;
    if (isPutTogether(producer) && producer->hasOneUse())
      moveUp(producer, nullptr);
    limit = getLater(limit, producer);
  }
  if (limit)
    op->moveAfter(limit);
  else
    op->moveBefore(&op->getBlock()->front());
  return op;
}

/// The first op of the block that needs a result of `op`, which is in it.
static Operation *findFirstUser(Operation *op) {
  Operation *first = op->getBlock()->getTerminator();
  for (Operation *user : op->getUsers()) {
    Operation *ancestor = op->getBlock()->findAncestorOpInBlock(*user);
    if (ancestor->isBeforeInBlock(first))
      first = ancestor;
  }
  return first;
}

namespace {
struct StartTransfers : tenon::impl::StartTransfersPassBase<StartTransfers> {
  void runOnOperation() override {
    getOperation().walk([&](Block *block) { startAll(*block); });
  }

  void startAll(Block &block) {
    SmallVector<Operation *> transfers;
    for (Operation &op : block)
      if (isTransfer(&op))
        transfers.push_back(&op);
    // each rank comes to them in the same order
    Operation *last = nullptr;
    for (Operation *transfer : transfers)
      last = moveUp(transfer, last);
    // What is behind the last start is waited for together: a launch that
    // changes state in place has to come when nothing can fail any more.
    Operation *together = block.empty() ? nullptr : &block.back();
    for (Operation *transfer : transfers)
      if (transfer->getNumResults())
        if (Operation *user = findFirstUser(transfer);
            last->isBeforeInBlock(user) && user->isBeforeInBlock(together))
          together = user;
    for (Operation *transfer : transfers) {
      if (transfer->getNumResults() == 0)
        continue;
      Operation *user = findFirstUser(transfer);
      await(transfer, last->isBeforeInBlock(user) ? together : user);
    }
  }

  void await(Operation *transfer, Operation *before) {
    OpBuilder builder(before);
    Value value = transfer->getResult(0);
    auto await = AwaitOp::create(builder, transfer->getLoc(), value.getType(),
                                 value, transfer->getOperands());
    value.replaceAllUsesExcept(await.getResult(), await);
    ++numStarted;
  }
};
} // namespace
