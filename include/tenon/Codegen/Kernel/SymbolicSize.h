//===- SymbolicSize.h - sizes as expressions of dim symbols -----*- C++ -*-===//
//
// The numbers that the host side of a kernel needs (work items, scratch bytes)
// as AffineMaps over the kernel's dimension symbols.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_KERNEL_SYMBOLICSIZE_H
#define TENON_CODEGEN_KERNEL_SYMBOLICSIZE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AffineMap.h"

namespace tenon {

/// `value` (or a constant) as an expression of the kernel's symbols; null if
/// it is not one, for example because it depends on a loop.
mlir::AffineExpr getSymbolicExpr(mlir::OpFoldResult value,
                                 mlir::func::FuncOp kernel);

/// The sizes of a tensor or memref, likewise; nullopt if one is unknown.
std::optional<llvm::SmallVector<mlir::AffineExpr>>
getTensorSizes(mlir::Value shaped, mlir::func::FuncOp kernel);

/// A number that `value` never exceeds, as an expression of the kernel's
/// symbols; null if none was found.
mlir::AffineExpr getSymbolicUpperBound(mlir::OpFoldResult value,
                                       mlir::func::FuncOp kernel);

/// An expression of sizes, of however many symbols, simplified. (MLIR's
/// simplifyAffineExpr writes beyond its rows where there are more symbols than
/// it was told.)
mlir::AffineExpr simplifySize(mlir::AffineExpr expr);

/// The value of such an expression, as an index.
mlir::Value materialize(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::AffineExpr expr, mlir::func::FuncOp kernel);

/// A map without dims over all symbols of the kernel.
mlir::AffineMapAttr getSymbolicMap(mlir::AffineExpr expr,
                                   mlir::func::FuncOp kernel);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_SYMBOLICSIZE_H
