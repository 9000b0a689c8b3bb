//===- ReplaceDimSymbols.h - values for dimension symbols -------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_TRANSFORMS_REPLACEDIMSYMBOLS_H
#define TENON_DIALECT_TENON_TRANSFORMS_REPLACEDIMSYMBOLS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

namespace tenon {

/// Puts `values` in the place of dimension symbols in every type and attribute
/// inside of `root`.
void replaceDimSymbols(
    mlir::Operation *root,
    const llvm::DenseMap<mlir::AffineExpr, mlir::AffineExpr> &values);

/// Gives the symbols that clones bind, `ops` and what is inside of them, names
/// that nothing else has.
void renameBoundDims(llvm::ArrayRef<mlir::Operation *> ops);

} // namespace tenon

#endif // TENON_DIALECT_TENON_TRANSFORMS_REPLACEDIMSYMBOLS_H
