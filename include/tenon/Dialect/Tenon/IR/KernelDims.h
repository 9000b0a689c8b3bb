//===- KernelDims.h - sizes inside a kernel ---------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_KERNELDIMS_H
#define TENON_DIALECT_TENON_IR_KERNELDIMS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace tenon {

/// Turns dimension expressions of the graph into values inside a kernel, whose
/// index arguments are the symbols' values.
class KernelDims {
public:
  /// `values[i]` is the value of `symbols[i]`.
  KernelDims(llvm::ArrayRef<mlir::AffineSymbolExpr> symbols,
             mlir::ValueRange values)
      : symbols(symbols), values(values) {}

  /// The value of `expr`: an attribute where it is constant.
  mlir::OpFoldResult get(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::AffineExpr expr) const;

  /// The sizes of `type`.
  llvm::SmallVector<mlir::OpFoldResult>
  getSizes(mlir::OpBuilder &builder, mlir::Location loc,
           mlir::RankedTensorType type) const;

  /// A `tensor.empty` for `type` as it is inside kernels (see getKernelType).
  mlir::Value createEmpty(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::RankedTensorType type) const;

private:
  llvm::SmallVector<mlir::AffineSymbolExpr> symbols;
  llvm::SmallVector<mlir::Value> values;
};

/// `type` without its encoding and with a signless element type, as it is
/// inside kernels.
mlir::RankedTensorType getKernelType(mlir::RankedTensorType type);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_KERNELDIMS_H
