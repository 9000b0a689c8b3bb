//===- Update.cpp - kernels that write a part of an operand ---------------===//

#include "Update.h"
#include "GroupBody.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/KernelAttributes.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"

using namespace mlir;
using namespace tenon;

Value tenon::getUpdatedOperand(GroupOp group) {
  if (auto scatter = getOnlyOp<ScatterElementsOp>(group))
    return getOutside(group, scatter.getOperand());
  if (auto scatter = getOnlyOp<ScatterNDOp>(group))
    return getOutside(group, scatter.getOperand());
  return {};
}

bool tenon::mayFailBehind(Operation *op) {
  auto mayFail = [](Operation *inner) {
    auto guard = dyn_cast<DimGuardOp>(inner);
    return isa<IndexGuardOp, BindDimOp, AwaitOp>(inner) || isTransfer(inner) ||
           (guard && !isCheckedAtStart(guard));
  };
  for (op = op->getNextNode(); op; op = op->getNextNode()) {
    WalkResult walked = op->walk([&](Operation *inner) {
      return mayFail(inner) ? WalkResult::interrupt() : WalkResult::advance();
    });
    // (a loop's rounds ask whether to go on)
    if (isa<LoopOp>(op) || walked.wasInterrupted())
      return true;
  }
  return false;
}

/// Whether nothing behind `group` reads `value`, or memory that a view of it
/// is, or may choose it.
static bool diesIn(Value value, GroupOp group) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    if (isa<ReshapeOp, SliceOp>(user))
      return diesIn(user->getResult(0), group);
    Operation *ancestor = group->getBlock()->findAncestorOpInBlock(*user);
    return isa<GroupOp, IndexGuardOp>(user) && ancestor &&
           (ancestor == group || ancestor->isBeforeInBlock(group));
  });
}

/// Whether the memory of `operand`, which `group` updates, is no other input's.
static bool isOnlyInput(Value operand, GroupOp group) {
  Value buffer = getPlace(operand).buffer;
  return llvm::count_if(group.getInputs(), [&](Value input) {
           return getPlace(input).buffer == buffer;
         }) == 1;
}

/// Marks that `group` updates `operand`.
static void mark(GroupOp group, Value operand) {
  int64_t index =
      llvm::find(group.getInputs(), operand) - group.getInputs().begin();
  group->setAttr(kUpdatesAttr,
                 Builder(group.getContext()).getI64IntegerAttr(index));
}

bool tenon::updateState(func::FuncOp function, unsigned index) {
  BlockArgument present = findPresentValue(function, index);
  Value value = function.front().getTerminator()->getOperand(index);
  SmallVector<GroupOp> chain;
  while (value != present) {
    auto group = value.getDefiningOp<GroupOp>();
    Value operand = group ? getUpdatedOperand(group) : Value();
    if (!present || !operand || group->getBlock() != &function.front() ||
        !isOnlyInput(operand, group) || !diesIn(operand, group) ||
        operand.getType() != value.getType())
      return false;
    chain.push_back(group);
    value = operand;
  }
  if (chain.empty())
    return false;
  if (mayFailBehind(chain.back())) {
    function.emitRemark()
        << "state '"
        << cast<StringAttr>(function.getResultAttr(index, stateAttrName))
               .getValue()
        << "' is copied by each call: what can still end the call (an index, "
           "a size, a loop) is behind its update";
    return false;
  }
  for (GroupOp group : chain)
    mark(group, getUpdatedOperand(group));
  function.setResultAttr(index, updatedAttrName,
                         UnitAttr::get(function.getContext()));
  return true;
}

/// Whether kernels and views alone read `value`.
static bool isInternal(Value value) {
  return llvm::all_of(value.getUsers(), [](Operation *user) {
    return isa<GroupOp>(user) ||
           (isa<ReshapeOp, SliceOp>(user) && isInternal(user->getResult(0)));
  });
}

bool tenon::updateOperand(func::FuncOp function, GroupOp group) {
  Value operand = getUpdatedOperand(group), result = group.getResult(0);
  if (!operand || group->hasAttr(kUpdatesAttr) ||
      operand.getType() != result.getType())
    return false;
  auto producer = operand.getDefiningOp<GroupOp>();
  Place place = getPlace(operand);
  bool isOwn = producer && producer->getBlock() == group->getBlock() &&
               place.buffer == operand && place.isDense() &&
               isInternal(operand) && isInternal(result);
  bool isKnown = llvm::all_of(
      getDims(cast<RankedTensorType>(result.getType())), [&](AffineExpr dim) {
        return dim && followsFrom(dim, getProgramSymbols(function));
      });
  if (!isOwn || !isKnown || !isOnlyInput(operand, group) ||
      !diesIn(operand, group))
    return false;
  mark(group, operand);
  return true;
}
