//===- Derivatives.h - derivatives of graphs --------------------*- C++ -*-===//
//
// Reverse and forward mode over tenon ops, by the rules of lib/Autodiff
// (DifferentiableOpInterface). Composites without a rule of their own are
// decomposed first. Rules are written with tenon ops, so what is built here can
// be differentiated again. docs/Rationale/Autodiff.md has the reasons.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_AUTODIFF_DERIVATIVES_H
#define TENON_AUTODIFF_DERIVATIVES_H

#include "mlir/IR/Builders.h"

namespace tenon {

/// Attaches DifferentiableOpInterface to the dialect's ops.
void registerDerivatives(mlir::DialectRegistry &registry);

/// A value and its derivative: a cotangent or a tangent of the same type; null
/// for zero. The cotangent of a value whose type does not know its sizes has
/// the elements in one dimension.
using ValueAndDerivative = std::pair<mlir::Value, mlir::Value>;

/// The ops of a block but its terminator.
llvm::SmallVector<mlir::Operation *> getOps(mlir::Block &block);

/// Reverse mode through `ops`, which are in order and belong to one block:
/// given cotangents of some values, those of `wanted`, null where these don't
/// matter. Built at `builder`, which has to be behind the ops; composites among
/// them are decomposed. Fails after a diagnostic at an op without derivative.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
pullBack(mlir::OpBuilder &builder, llvm::ArrayRef<mlir::Operation *> ops,
         llvm::ArrayRef<ValueAndDerivative> cotangents,
         llvm::ArrayRef<mlir::Value> wanted);

/// Forward mode: given tangents of some values, those of `wanted`.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
pushForward(mlir::OpBuilder &builder, llvm::ArrayRef<mlir::Operation *> ops,
            llvm::ArrayRef<ValueAndDerivative> tangents,
            llvm::ArrayRef<mlir::Value> wanted);

/// Whether values of `type` have derivatives: tensors of floats.
bool isDifferentiable(mlir::Type type);

} // namespace tenon

#endif // TENON_AUTODIFF_DERIVATIVES_H
