//===- Decompose.cpp - composites without a lowering become their parts ---===//

#include "CheckSizes.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_DECOMPOSEPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

static bool needsDecomposition(Operation *op) {
  return isa<DecomposableOpInterface>(op) &&
         !isa<LinalgLoweringOpInterface>(op);
}

namespace {
struct Decompose : tenon::impl::DecomposePassBase<Decompose> {
  void runOnOperation() override {
    // parts may be composites themselves
    SmallVector<Operation *> composites;
    auto collect = [&](Operation *op) {
      if (needsDecomposition(op))
        composites.push_back(op);
    };
    getOperation().walk(collect);
    while (!composites.empty())
      if (failed(decompose(composites.pop_back_val(), collect)))
        return signalPassFailure();
  }

  LogicalResult decompose(Operation *op,
                          function_ref<void(Operation *)> collect) {
    Operation *previous = op->getPrevNode();
    OpBuilder builder(op);
    FailureOr<SmallVector<Value>> results =
        cast<DecomposableOpInterface>(op).decompose(builder);
    if (failed(results))
      return failure();
    Operation *part =
        previous ? previous->getNextNode() : &op->getBlock()->front();
    bool haveSizes = llvm::all_of(op->getResultTypes(), [](Type type) {
      return hasKnownSizes(cast<RankedTensorType>(type));
    });
    for (; part != op; part = part->getNextNode()) {
      part->walk(collect);
      // a part may be larger than any operand or result
      if (haveSizes && failed(checkSizes(part)))
        return failure();
    }
    op->replaceAllUsesWith(*results);
    op->erase();
    ++numDecomposed;
    return success();
  }
};
} // namespace
