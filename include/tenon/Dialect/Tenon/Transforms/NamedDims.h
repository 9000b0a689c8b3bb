//===- NamedDims.h - which dimension symbols are named where ----*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_TRANSFORMS_NAMEDDIMS_H
#define TENON_DIALECT_TENON_TRANSFORMS_NAMEDDIMS_H

#include "mlir/IR/Operation.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

namespace tenon {

/// The symbols that a type, or the types and attributes of an op (not of the
/// ops inside of it), follow from; see getSourceSymbols.
llvm::SmallVector<mlir::AffineSymbolExpr> getNamedDims(mlir::Type type);
llvm::SmallVector<mlir::AffineSymbolExpr> getNamedDims(mlir::Operation *op);

} // namespace tenon

#endif // TENON_DIALECT_TENON_TRANSFORMS_NAMEDDIMS_H
