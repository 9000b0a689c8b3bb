//===- DimEmitter.h - dimension expressions as LLVM arithmetic --*- C++ -*-===//
#ifndef TENON_LIB_CODEGEN_PROGRAM_DIMEMITTER_H
#define TENON_LIB_CODEGEN_PROGRAM_DIMEMITTER_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "llvm/ADT/ScopedHashTable.h"

namespace tenon {

/// Computes expressions over a program's symbols, each once. Those that follow
/// from the inputs' dimensions are computed in the function's entry block, so
/// that their values are at hand everywhere; those over symbols that are bound
/// in the middle of a run are computed where they are asked for.
class DimEmitter {
  using Table = llvm::ScopedHashTable<mlir::AffineExpr, mlir::Value>;

public:
  /// `values` points to the values of `symbols` in their order. Code goes
  /// before `entry`'s terminator, or else to `late`'s insertion point.
  DimEmitter(mlir::Block *entry, mlir::ImplicitLocOpBuilder &late,
             llvm::ArrayRef<mlir::AffineExpr> symbols, mlir::Value values);

  mlir::Value emit(mlir::AffineExpr expr);
  /// Whether the inputs' dimensions give `expr` its value.
  bool isEarly(mlir::AffineExpr expr) const;
  /// Gives a symbol its value until the scope ends.
  void bind(mlir::AffineExpr symbol, mlir::Value value) {
    lateValues.insert(symbol, value);
  }

  /// What is bound and computed in a region of the program is not known behind
  /// it.
  class Scope {
  public:
    explicit Scope(DimEmitter &dims) : scope(dims.lateValues) {}

  private:
    Table::ScopeTy scope;
  };

private:
  mlir::Value emitSymbol(mlir::AffineSymbolExpr symbol);
  mlir::Value emitBinary(mlir::AffineBinaryOpExpr expr);

  mlir::ImplicitLocOpBuilder early;
  mlir::ImplicitLocOpBuilder &late;
  /// The one of the two that the expression at hand goes to.
  mlir::ImplicitLocOpBuilder *builder = &early;
  llvm::SmallVector<mlir::AffineExpr> symbols;
  mlir::Value symbolValues;
  llvm::DenseMap<mlir::AffineExpr, mlir::Value> earlyValues;
  Table lateValues;
};

} // namespace tenon

#endif // TENON_LIB_CODEGEN_PROGRAM_DIMEMITTER_H
