//===- DimBounds.h - how large what a run finds out can be ------*- C++ -*-===//
#ifndef TENON_KERNELS_DIMBOUNDS_H
#define TENON_KERNELS_DIMBOUNDS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/DenseMap.h"

namespace tenon {

/// The upper bounds that bindings (`at_most`) and the capacities of states give
/// the symbols of a program.
class DimBounds {
public:
  explicit DimBounds(mlir::func::FuncOp program);

  /// A number that `expr` never exceeds, over the symbols of the program's
  /// inputs: `expr` itself where these give it its value. Null where none is
  /// known, and for null.
  mlir::AffineExpr getUpperBound(mlir::AffineExpr expr) const {
    return getBound(expr, symbols);
  }
  /// The same over no symbols: nullopt where no number is known.
  std::optional<int64_t> getConstantBound(mlir::AffineExpr expr) const;

private:
  using Exprs = llvm::ArrayRef<mlir::AffineExpr>;

  /// The bounds over the symbols `known`.
  mlir::AffineExpr getBound(mlir::AffineExpr expr, Exprs known) const;
  mlir::AffineExpr getBoundOfSymbol(mlir::AffineSymbolExpr symbol,
                                    Exprs known) const;
  mlir::AffineExpr getBoundOfBinary(mlir::AffineBinaryOpExpr expr,
                                    Exprs known) const;

  llvm::SmallVector<mlir::AffineExpr> symbols;
  /// As bindings and states have them; null where they disagree.
  llvm::DenseMap<mlir::AffineExpr, mlir::AffineExpr> bounds;
};

} // namespace tenon

#endif // TENON_KERNELS_DIMBOUNDS_H
