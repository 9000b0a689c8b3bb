//===- ElementMovement.h - folding of ops that only move elements ---------===//
#ifndef TENON_DIALECT_TENON_IR_ELEMENTMOVEMENT_H
#define TENON_DIALECT_TENON_IR_ELEMENTMOVEMENT_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace tenon {

/// `position(index)` for every index of a tensor of this shape, in row-major
/// order.
llvm::SmallVector<int64_t>
mapIndices(llvm::ArrayRef<int64_t> shape,
           llvm::function_ref<int64_t(llvm::ArrayRef<int64_t>)> position);

/// The row-major position of `index` in a tensor of this shape.
int64_t linearize(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape);

/// The constant result of a MovementOpInterface op whose operands are all
/// constant, where it is small; null otherwise.
mlir::OpFoldResult foldMovement(mlir::Operation *op,
                                llvm::ArrayRef<mlir::Attribute> operands);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_ELEMENTMOVEMENT_H
