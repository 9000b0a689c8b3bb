//===- IsolateResults.cpp - results in memory of their own ----------------===//

#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"

namespace tenon {
#define GEN_PASS_DEF_ISOLATERESULTSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Whether `op` runs launches, and its results are what some of them computed.
static bool isChoice(Operation *op) {
  bool isControl = isa<IfOp, LoopOp>(op);
  for (; isa<IfOp, ScanOp, LoopOp>(op); op = op->getParentOp())
    if (getFusionRole(op) != FusionRole::Host)
      return false;
  return isControl;
}

/// Whether `value` is a reshape of a size that a run finds out: the memory of
/// an output is lent for its shape, which may be known behind the launch only.
static bool isLateReshape(Value value) {
  auto reshape = value.getDefiningOp<ReshapeOp>();
  auto program = reshape ? reshape->getParentOfType<func::FuncOp>() : nullptr;
  return reshape && program &&
         !llvm::all_of(getDims(cast<RankedTensorType>(value.getType())),
                       [&](AffineExpr dim) {
                         return !dim ||
                                followsFrom(dim, getProgramSymbols(program));
                       });
}

/// What is returned as the next value of a state comes first: of a value that
/// is an output too, the output is the copy, for the state may lie in place.
static SmallVector<OpOperand *>
getByPriority(MutableArrayRef<OpOperand> operands) {
  auto isState = [](OpOperand *operand) {
    auto function = dyn_cast<func::FuncOp>(operand->getOwner()->getParentOp());
    return function &&
           function.getResultAttr(operand->getOperandNumber(), stateAttrName);
  };
  auto order = llvm::map_to_vector(operands,
                                   [](OpOperand &operand) { return &operand; });
  std::stable_partition(order.begin(), order.end(), isState);
  return order;
}

/// Copies those of `operands`, which a return or yield has, that are not
/// computed in its block, or stand there twice.
static void isolateOperands(Operation *terminator,
                            MutableArrayRef<OpOperand> operands) {
  OpBuilder builder(terminator);
  llvm::SmallPtrSet<Value, 8> seen;
  for (OpOperand *operand : getByPriority(operands)) {
    if (!isa<RankedTensorType>(operand->get().getType()))
      continue;
    Value buffer = getBuffer(operand->get());
    Operation *producer = buffer.getDefiningOp();
    bool isOwn = producer && !isa<ConstantOp>(producer) &&
                 !isChoice(producer) && !isLateReshape(operand->get()) &&
                 producer->getBlock() == terminator->getBlock() &&
                 seen.insert(buffer).second;
    if (!isOwn)
      operand->set(
          CopyOp::create(builder, terminator->getLoc(), operand->get()));
  }
}

/// The operands that need memory of their own: a branch's results stay where
/// they are, and so do a loop's condition and slices; what it carries does not,
/// for the next round may compute it anew.
static MutableArrayRef<OpOperand> getIsolated(Operation *terminator) {
  Operation *parent = terminator->getParentOp();
  MutableArrayRef<OpOperand> operands = terminator->getOpOperands();
  if (!isChoice(parent))
    return operands;
  auto loop = dyn_cast<LoopOp>(parent);
  return loop ? operands.slice(1, loop.getNumCarried())
              : MutableArrayRef<OpOperand>();
}

namespace {
struct IsolateResults : tenon::impl::IsolateResultsPassBase<IsolateResults> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (isa<func::ReturnOp, YieldOp>(op) && !isa<GroupOp>(op->getParentOp()))
        isolateOperands(op, getIsolated(op));
    });
  }
};
} // namespace
