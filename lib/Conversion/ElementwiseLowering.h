//===- ElementwiseLowering.h - one linalg.generic a broadcast ---*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_ELEMENTWISELOWERING_H
#define TENON_LIB_CONVERSION_ELEMENTWISELOWERING_H

#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

namespace tenon {

/// An operand of a generic: the tensor to read and how the loops index it.
struct IndexedOperand {
  mlir::Value tensor;
  mlir::AffineMap map;
};

/// How loops over a result of `shape` read `operand`, which broadcasts to
/// them as NumPy's do. Unit dimensions that were only inserted are looked
/// through.
IndexedOperand indexBroadcast(mlir::Value operand,
                              llvm::ArrayRef<int64_t> shape);

/// The one value of a tensor that is the same everywhere; null otherwise.
mlir::TypedAttr getSplatValue(mlir::Value tensor);

using ScalarBody = llvm::function_ref<mlir::Value(
    mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// A generic that computes `body` for each element of a tensor like `init`
/// from the elements of `operands` that broadcast to it.
mlir::Value createElementwise(mlir::OpBuilder &builder, mlir::Location loc,
                              mlir::ValueRange operands, mlir::Value init,
                              ScalarBody body);

/// A `tensor.empty` of `element` that is as large as `tensor`: of the sizes
/// with which the lowering began `tensor`, so that none is asked of it again.
mlir::Value createEmptyLike(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value tensor, mlir::Type element);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_ELEMENTWISELOWERING_H
