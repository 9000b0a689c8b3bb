//===- FoldShapes.cpp - shape arithmetic becomes symbolic constants -------===//

#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_FOLDSHAPESPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Whether the program had better compute `elements` one by one, as sizes: data
/// that depends on sizes is one kernel otherwise.
static bool isMadeOfSizes(ArrayRef<AffineExpr> elements) {
  constexpr size_t maxDerived = 8;
  return llvm::count_if(getDimSymbols(elements), [](AffineSymbolExpr symbol) {
           return getDerivedDim(symbol).has_value();
         }) <= static_cast<ptrdiff_t>(maxDerived);
}

namespace {
struct FoldShapes : tenon::impl::FoldShapesPassBase<FoldShapes> {
  void runOnOperation() override {
    SmallVector<Operation *> folded;
    getOperation().walk([&](Operation *op) {
      if (op->getNumResults() == 1 &&
          !isa<ConstantOp, SymbolicConstantOp>(op) &&
          isa_and_nonnull<TenonDialect>(op->getDialect()) && fold(op))
        folded.push_back(op);
    });
    for (Operation *op : llvm::reverse(folded))
      op->erase();
    numFolded += folded.size();
  }

  bool fold(Operation *op) {
    if (!getElementTypeOrSelf(op->getResult(0).getType()).isInteger())
      return false;
    auto elements = getSymbolicElements(op->getResult(0));
    if (!elements || !isMadeOfSizes(*elements))
      return false;
    OpBuilder builder(op);
    Value constant = builder.createOrFold<SymbolicConstantOp>(
        op->getLoc(), op->getResult(0).getType(),
        DimsAttr::get(&getContext(), *elements));
    op->getResult(0).replaceAllUsesWith(constant);
    return true;
  }
};
} // namespace
