//===- IsolateResults.cpp - results in memory of their own ----------------===//

#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"

namespace tenon {
#define GEN_PASS_DEF_ISOLATERESULTSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Copies those operands of a return or yield that are not computed in its
/// block, or stand there twice.
static void isolateOperands(Operation *terminator) {
  OpBuilder builder(terminator);
  llvm::SmallPtrSet<Value, 8> seen;
  for (OpOperand &operand : terminator->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    Value buffer = getBuffer(operand.get());
    Operation *producer = buffer.getDefiningOp();
    bool isOwn = producer && !isa<ConstantOp>(producer) &&
                 producer->getBlock() == terminator->getBlock() &&
                 seen.insert(buffer).second;
    if (!isOwn)
      operand.set(CopyOp::create(builder, terminator->getLoc(), operand.get()));
  }
}

namespace {
struct IsolateResults : tenon::impl::IsolateResultsPassBase<IsolateResults> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (isa<func::ReturnOp, YieldOp>(op) && !isa<GroupOp>(op->getParentOp()))
        isolateOperands(op);
    });
  }
};
} // namespace
