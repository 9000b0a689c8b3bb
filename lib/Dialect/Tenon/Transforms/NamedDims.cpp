//===- NamedDims.cpp - which dimension symbols are named where ------------===//

#include "tenon/Dialect/Tenon/Transforms/NamedDims.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

using namespace mlir;
using namespace tenon;

namespace {
/// Collects the expressions of whatever it walks.
struct DimsCollector {
  DimsCollector() {
    walker.addWalk(
        [this](DimsAttr dims) { llvm::append_range(exprs, dims.getExprs()); });
  }

  AttrTypeWalker walker;
  SmallVector<AffineExpr> exprs;
};
} // namespace

SmallVector<AffineSymbolExpr> tenon::getNamedDims(Type type) {
  DimsCollector collector;
  collector.walker.walk(type);
  return getSourceSymbols(collector.exprs);
}

SmallVector<AffineSymbolExpr> tenon::getNamedDims(Operation *op) {
  DimsCollector collector;
  for (Type type : op->getResultTypes())
    collector.walker.walk(type);
  for (Region &region : op->getRegions())
    for (Type type : region.getArgumentTypes())
      collector.walker.walk(type);
  collector.walker.walk(op->getAttrDictionary());
  return getSourceSymbols(collector.exprs);
}
