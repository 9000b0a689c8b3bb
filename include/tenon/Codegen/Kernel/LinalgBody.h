//===- LinalgBody.h - one iteration of a linalg operation -------*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_LINALGBODY_H
#define TENON_CODEGEN_KERNEL_LINALGBODY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace tenon {

/// Whether the body of `op` could be repeated on vectors: elementwise
/// operations of arith and math, linalg.index, and scalar constants from
/// outside.
bool isElementwiseBody(mlir::linalg::GenericOp op);

/// True if neighbouring iterations of loop `dim` touch neighbouring elements of
/// an operand with this map.
bool walksContiguously(mlir::AffineMap map, unsigned dim);

/// The loops from the outermost to the innermost: the best one goes inside. If
/// that is a reduction, so are all loops that are nested in the last parallel
/// one, and their results stay in registers.
llvm::SmallVector<unsigned> getLoopOrder(mlir::linalg::LinalgOp op);

/// Marks the float operations that combine a value with the accumulator: their
/// order is free.
void allowReassociation(mlir::linalg::LinalgOp op);

/// Emits single iterations of an operation on memrefs.
class LinalgBody {
public:
  LinalgBody(mlir::linalg::LinalgOp op, mlir::OpBuilder &builder)
      : op(op), builder(builder) {}

  llvm::SmallVector<mlir::OpOperand *> getInits();
  llvm::SmallVector<mlir::Value> getIndices(mlir::OpOperand *operand);
  mlir::Value load(mlir::OpOperand *operand);
  void store(mlir::Value value, mlir::OpOperand *init);

  /// The yielded values, given the outputs' previous ones (null: not read).
  llvm::SmallVector<mlir::Value> emit(mlir::ValueRange outputs);
  /// The same with the inputs' values at hand.
  llvm::SmallVector<mlir::Value> emit(mlir::ValueRange inputs,
                                      mlir::ValueRange outputs);

  /// The loops' indices.
  llvm::SmallVector<mlir::Value> ivs;

private:
  void cloneWithIndices(mlir::Operation &bodyOp, mlir::IRMapping &mapping);

  mlir::linalg::LinalgOp op;
  mlir::OpBuilder &builder;
};

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_LINALGBODY_H
