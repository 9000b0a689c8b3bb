//===- Rules.h - how derivatives are written --------------------*- C++ -*-===//
//
// Most ops need one function: elementwise ones say what a value is multiplied
// by, linear ones what their transpose is. Both modes follow from it.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_LIB_AUTODIFF_RULES_H
#define TENON_LIB_AUTODIFF_RULES_H

#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

namespace tenon {

using Derivatives = mlir::FailureOr<llvm::SmallVector<mlir::Value>>;

/// One file an op category.
void attachCollectiveDerivatives(mlir::MLIRContext *context);
void attachContractDerivatives(mlir::MLIRContext *context);
void attachControlDerivatives(mlir::MLIRContext *context);
void attachConvDerivatives(mlir::MLIRContext *context);
void attachElementwiseDerivatives(mlir::MLIRContext *context);
void attachIndexDerivatives(mlir::MLIRContext *context);
void attachLoopDerivative(mlir::MLIRContext *context);
void attachMovementDerivatives(mlir::MLIRContext *context);
void attachNormalizationDerivatives(mlir::MLIRContext *context);
void attachReduceDerivatives(mlir::MLIRContext *context);
void attachResizeDerivatives(mlir::MLIRContext *context);
void attachScanDerivative(mlir::MLIRContext *context);
void attachWindowDerivatives(mlir::MLIRContext *context);

/// The same op over other operands of the same types.
mlir::Operation *cloneWithOperands(Composer &c, mlir::Operation *op,
                                   mlir::ValueRange operands);

/// For ops that are linear in their first operand, and don't depend otherwise
/// on values that have derivatives: the tangent goes the op's own way.
/// `transpose` gives the cotangent of the first operand.
template <typename Op, mlir::FailureOr<mlir::Value> (*transpose)(Op, Composer &,
                                                                 mlir::Value)>
struct LinearDerivative
    : DifferentiableOpInterface::ExternalModel<LinearDerivative<Op, transpose>,
                                               Op> {
  Derivatives pullBack(mlir::Operation *op, Composer &c,
                       mlir::ValueRange cotangents) const {
    llvm::SmallVector<mlir::Value> result(op->getNumOperands());
    mlir::FailureOr<mlir::Value> first =
        transpose(llvm::cast<Op>(op), c, cotangents[0]);
    if (failed(first))
      return mlir::failure();
    result[0] = *first;
    return result;
  }
  Derivatives pushForward(mlir::Operation *op, Composer &c,
                          mlir::ValueRange tangents) const {
    llvm::SmallVector<mlir::Value> operands(op->getOperands());
    if (!tangents[0])
      return llvm::SmallVector<mlir::Value>(1);
    operands[0] = tangents[0];
    return llvm::SmallVector<mlir::Value>{
        cloneWithOperands(c, op, operands)->getResult(0)};
  }
};

/// For products: ops that are linear in each of their two operands.
/// `transpose` gives the cotangent of operand `index`.
template <typename Op, mlir::FailureOr<mlir::Value> (*transpose)(
                           Op, Composer &, unsigned index, mlir::Value)>
struct BilinearDerivative : DifferentiableOpInterface::ExternalModel<
                                BilinearDerivative<Op, transpose>, Op> {
  Derivatives pullBack(mlir::Operation *op, Composer &c,
                       mlir::ValueRange cotangents) const {
    llvm::SmallVector<mlir::Value> result;
    for (unsigned i = 0; i < 2; ++i) {
      mlir::FailureOr<mlir::Value> operand =
          transpose(llvm::cast<Op>(op), c, i, cotangents[0]);
      if (failed(operand))
        return mlir::failure();
      result.push_back(*operand);
    }
    return result;
  }
  Derivatives pushForward(mlir::Operation *op, Composer &c,
                          mlir::ValueRange tangents) const {
    mlir::Value sum;
    for (unsigned i = 0; i < 2; ++i) {
      if (!tangents[i])
        continue;
      llvm::SmallVector<mlir::Value> operands(op->getOperands());
      operands[i] = tangents[i];
      sum = c.addIfAny(sum, cloneWithOperands(c, op, operands)->getResult(0));
    }
    return llvm::SmallVector<mlir::Value>{sum};
  }
};

/// For ops whose derivative is zero wherever there is one.
template <typename Op>
struct ZeroDerivative
    : DifferentiableOpInterface::ExternalModel<ZeroDerivative<Op>, Op> {
  Derivatives pullBack(mlir::Operation *op, Composer &,
                       mlir::ValueRange) const {
    return llvm::SmallVector<mlir::Value>(op->getNumOperands());
  }
  Derivatives pushForward(mlir::Operation *op, Composer &,
                          mlir::ValueRange) const {
    return llvm::SmallVector<mlir::Value>(op->getNumResults());
  }
};

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_RULES_H
