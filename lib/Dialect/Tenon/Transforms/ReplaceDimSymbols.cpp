//===- ReplaceDimSymbols.cpp - values for dimension symbols ---------------===//

#include "tenon/Dialect/Tenon/Transforms/ReplaceDimSymbols.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

void tenon::replaceDimSymbols(Operation *root,
                              const DenseMap<AffineExpr, AffineExpr> &values) {
  auto replace = [&](AffineExpr expr) {
    return expr ? replaceDims(expr, values) : expr;
  };
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](DimsAttr dims) {
    return DimsAttr::get(dims.getContext(),
                         llvm::map_to_vector(dims.getExprs(), replace));
  });
  // a dimension that becomes constant leaves the encoding for the shape
  replacer.addReplacement(
      [&](RankedTensorType type) -> std::optional<std::pair<Type, WalkResult>> {
        return std::pair(
            Type(getTensorType(llvm::map_to_vector(getDims(type), replace),
                               type.getElementType())),
            WalkResult::skip());
      });
  replacer.recursivelyReplaceElementsIn(root, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
}

void tenon::renameBoundDims(ArrayRef<Operation *> ops) {
  DenseMap<AffineExpr, AffineExpr> symbols;
  for (Operation *op : ops)
    op->walk([&](BindDimOp bind) {
      symbols[bind.getDim()] =
          getFreshDimSymbol(op->getContext(), getDimSymbolName(bind.getDim()));
    });
  if (!symbols.empty())
    for (Operation *op : ops)
      replaceDimSymbols(op, symbols);
}
