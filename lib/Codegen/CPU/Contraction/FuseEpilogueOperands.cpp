//===- FuseEpilogueOperands.cpp - computed operands of an epilogue --------===//

#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/Kernel/Kernel.h"

namespace tenon {
#define GEN_PASS_DEF_FUSEEPILOGUEOPERANDSPASS
#include "tenon/Codegen/CPU/Contraction/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

static bool hasParallelLoops(Operation *op) {
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  return generic && generic.getNumReductionLoops() == 0;
}

/// Whether `value` is computed from arguments by elementwise operations alone.
static bool isFreeOfReductions(Value value) {
  Operation *producer = value.getDefiningOp();
  if (!producer || isa<tensor::EmptyOp, arith::ConstantOp>(producer))
    return true;
  return hasParallelLoops(producer) &&
         llvm::all_of(producer->getOperands(), isFreeOfReductions);
}

static bool shouldFuse(OpOperand *operand) {
  return hasParallelLoops(operand->getOwner()) &&
         hasParallelLoops(operand->get().getDefiningOp()) &&
         operand->get().hasOneUse() && isFreeOfReductions(operand->get());
}

namespace {
struct FuseEpilogueOperands
    : tenon::impl::FuseEpilogueOperandsPassBase<FuseEpilogueOperands> {
  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    bool hasReduction = llvm::any_of(
        kernel.getOps<linalg::GenericOp>(),
        [](linalg::GenericOp op) { return !hasParallelLoops(op); });
    if (!kernel->hasAttr(kKernelAttr) || !hasReduction)
      return;
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
    (void)applyPatternsGreedily(kernel, std::move(patterns));
  }
};
} // namespace
