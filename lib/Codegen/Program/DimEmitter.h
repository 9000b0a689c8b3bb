//===- DimEmitter.h - dimension expressions as LLVM arithmetic --*- C++ -*-===//
#ifndef TENON_LIB_CODEGEN_PROGRAM_DIMEMITTER_H
#define TENON_LIB_CODEGEN_PROGRAM_DIMEMITTER_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tenon {

/// Computes expressions over a program's symbols, each once, in the function's
/// entry block: their values are at hand everywhere.
class DimEmitter {
public:
  /// `values` points to the symbols' values in the order of `symbols`. Code
  /// goes before `entry`'s terminator.
  DimEmitter(mlir::Block *entry, mlir::Location loc,
             llvm::ArrayRef<mlir::AffineExpr> symbols, mlir::Value values);

  mlir::Value emit(mlir::AffineExpr expr);

private:
  mlir::Value emitSymbol(mlir::AffineExpr symbol);
  mlir::Value emitBinary(mlir::AffineBinaryOpExpr expr);

  mlir::ImplicitLocOpBuilder builder;
  llvm::SmallVector<mlir::AffineExpr> symbols;
  mlir::Value symbolValues;
  llvm::DenseMap<mlir::AffineExpr, mlir::Value> known;
};

} // namespace tenon

#endif // TENON_LIB_CODEGEN_PROGRAM_DIMEMITTER_H
