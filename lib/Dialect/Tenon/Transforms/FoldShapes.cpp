//===- FoldShapes.cpp - shape arithmetic becomes symbolic constants -------===//

#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
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
      if (foldEmptyResults(op))
        folded.push_back(op);
      else if (op->getNumResults() == 1 &&
               !isa<ConstantOp, SymbolicConstantOp>(op) &&
               isa_and_nonnull<TenonDialect>(op->getDialect()) && fold(op))
        folded.push_back(op);
    });
    // none has uses; what is in a region goes before its op does
    for (Operation *op : folded)
      op->erase();
    numFolded += folded.size();
  }

  /// Results without elements have nothing to be computed from. Returns
  /// whether nobody needs the op any more.
  bool foldEmptyResults(Operation *op) {
    if (!isa_and_nonnull<TenonDialect>(op->getDialect()) ||
        isa<ConstantOp>(op) || !isPure(op) || op->getNumResults() == 0)
      return false;
    OpBuilder builder(op);
    bool isAnyEmpty = false;
    for (Value result : op->getResults()) {
      auto type = dyn_cast<RankedTensorType>(result.getType());
      if (!type || !type.hasStaticShape() || type.getNumElements() != 0)
        continue;
      isAnyEmpty = true;
      result.replaceAllUsesWith(ConstantOp::create(
          builder, op->getLoc(),
          DenseElementsAttr::get(type, ArrayRef<Attribute>())));
    }
    return isAnyEmpty && op->use_empty();
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
