//===- BindState.cpp - states become arguments and results ----------------===//

#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

namespace tenon {
#define GEN_PASS_DEF_BINDSTATEPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

static DictionaryAttr makeMark(StringAttr name) {
  Builder builder(name.getContext());
  return builder.getDictionaryAttr(builder.getNamedAttr(stateAttrName, name));
}

/// Makes what `function` reads its arguments.
static LogicalResult bindReads(func::FuncOp function) {
  llvm::MapVector<StringAttr, Value> arguments;
  SmallVector<GetStateOp> reads;
  function.walk([&](GetStateOp get) { reads.push_back(get); });
  for (GetStateOp get : reads) {
    StringAttr name = get.getStateAttr().getAttr();
    Value &argument = arguments[name];
    if (!argument) {
      unsigned index = function.getNumArguments();
      if (failed(function.insertArgument(index, get.getType(), makeMark(name),
                                         get.getLoc())))
        return failure();
      argument = function.getArgument(index);
    }
    get.replaceAllUsesWith(argument);
    get.erase();
  }
  return success();
}

/// Makes what `function` writes its results.
static LogicalResult bindWrites(func::FuncOp function) {
  llvm::DenseSet<StringAttr> written;
  Operation *terminator = function.front().getTerminator();
  for (auto set : llvm::make_early_inc_range(function.getOps<SetStateOp>())) {
    StringAttr name = set.getStateAttr().getAttr();
    if (!written.insert(name).second)
      return set.emitOpError("expects each state to be set once, got a "
                             "second time");
    unsigned index = function.getNumResults();
    if (failed(function.insertResult(index, set.getOperand().getType(),
                                     makeMark(name))))
      return failure();
    terminator->insertOperands(index, set.getOperand());
    set.erase();
  }
  return success();
}

namespace {
struct BindState : tenon::impl::BindStatePassBase<BindState> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      WalkResult nested = function.walk([&](SetStateOp set) {
        if (set->getParentOp() == function)
          return WalkResult::advance();
        set.emitOpError("expects to stand in a function, not in a branch or a "
                        "loop");
        return WalkResult::interrupt();
      });
      if (nested.wasInterrupted() || failed(bindReads(function)) ||
          failed(bindWrites(function)))
        return signalPassFailure();
    }
  }
};
} // namespace
