//===- Contractions.h - products in other notations, as contract ----------===//
#ifndef TENON_DIALECT_TENON_IR_CONTRACTIONS_H
#define TENON_DIALECT_TENON_IR_CONTRACTIONS_H

#include "mlir/IR/Builders.h"

namespace tenon {

/// NumPy's matmul: the last two dimensions are matrices, those before
/// broadcast, one-dimensional operands are rows or columns. `resultElement`
/// extends integers (null: the operands' element type). Diagnoses at `loc`.
mlir::FailureOr<mlir::Value> buildMatmul(mlir::OpBuilder &builder,
                                         mlir::Location loc, mlir::Value lhs,
                                         mlir::Value rhs,
                                         mlir::Type resultElement = {});

/// lhs times rhs, two matrices, each transposed first where so said.
mlir::FailureOr<mlir::Value> buildGemm(mlir::OpBuilder &builder,
                                       mlir::Location loc, mlir::Value lhs,
                                       mlir::Value rhs, bool transposeLhs,
                                       bool transposeRhs);

/// Einstein's summation in NumPy's notation, with ellipses and repeated
/// letters. More than two operands are contracted from left to right.
mlir::FailureOr<mlir::Value> buildEinsum(mlir::OpBuilder &builder,
                                         mlir::Location loc,
                                         llvm::StringRef equation,
                                         mlir::ValueRange operands);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_CONTRACTIONS_H
