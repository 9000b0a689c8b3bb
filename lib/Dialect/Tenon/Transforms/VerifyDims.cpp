//===- VerifyDims.cpp - symbols have values where they are used -----------===//

#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Dialect/Tenon/Transforms/NamedDims.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/ScopeExit.h"

namespace tenon {
#define GEN_PASS_DEF_VERIFYDIMSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
struct VerifyDims : tenon::impl::VerifyDimsPassBase<VerifyDims> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    markAllAnalysesPreserved();
    bound.clear();
    for (Type type : function.getArgumentTypes())
      bound.insert_range(getNamedDims(type));
    // states become arguments (bind-state)
    function.walk([&](GetStateOp state) {
      bound.insert_range(getNamedDims(state.getType()));
    });
    if (failed(verifyBlock(function.front())))
      signalPassFailure();
  }

private:
  LogicalResult verifyBlock(Block &block) {
    SmallVector<AffineExpr> own;
    llvm::scope_exit leave([&] {
      for (AffineExpr symbol : own)
        bound.erase(symbol);
    });
    for (Operation &op : block) {
      if (auto bind = dyn_cast<BindDimOp>(op)) {
        if (!bound.insert(bind.getDim()).second)
          return bind.emitOpError(
                     "expects a symbol that is not bound yet, got '")
                 << getDimSymbolName(bind.getDim()) << "'";
        own.push_back(bind.getDim());
      }
      for (AffineSymbolExpr symbol : getNamedDims(&op))
        if (!bound.contains(symbol))
          return op.emitOpError("expects dimension '")
                 << getDimSymbolName(symbol)
                 << "' to be one of an input, or bound before";
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          if (failed(verifyBlock(inner)))
            return failure();
    }
    return success();
  }

  llvm::DenseSet<AffineExpr> bound;
};
} // namespace
