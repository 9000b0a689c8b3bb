//===- IndexedElements.h - tensors computed from indices --------*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_INDEXEDELEMENTS_H
#define TENON_LIB_CONVERSION_INDEXEDELEMENTS_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "tenon/Dialect/Tenon/IR/KernelDims.h"

namespace tenon {

using IndexedBody = llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &,
                                                   mlir::ValueRange)>;

/// A generic that computes each element of a tensor like `init` from its index.
mlir::Value generateElements(mlir::OpBuilder &builder, mlir::Location loc,
                             mlir::Value init, IndexedBody body);

/// An element of an index tensor as a position in a dimension of `size`
/// elements: negative ones count from the end, and what lies outside is
/// clamped.
mlir::Value getPosition(mlir::ImplicitLocOpBuilder &builder, mlir::Value index,
                        mlir::Value size);

/// Dimension expression `expr` as a value.
mlir::Value getSize(mlir::ImplicitLocOpBuilder &builder, const KernelDims &dims,
                    mlir::AffineExpr expr);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_INDEXEDELEMENTS_H
