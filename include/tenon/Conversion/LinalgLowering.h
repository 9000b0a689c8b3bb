//===- LinalgLowering.h - how ops lower to linalg ---------------*- C++ -*-===//
#ifndef TENON_CONVERSION_LINALGLOWERING_H
#define TENON_CONVERSION_LINALGLOWERING_H

#include "mlir/IR/IRMapping.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

namespace tenon {

/// Attaches LinalgLoweringOpInterface and ElementwiseOpInterface to the
/// dialect's ops.
void registerLinalgLowerings(mlir::DialectRegistry &registry);

/// Lowers one op at `builder`, through its decomposition if it has no lowering
/// of its own, and maps its results.
llvm::LogicalResult lowerOp(mlir::Operation *op, mlir::OpBuilder &builder,
                            mlir::IRMapping &mapping, const KernelDims &dims);

/// Lowers the ops of `block` at `builder`, all but its terminator. `mapping`
/// holds the lowered values, the block's arguments to begin with.
llvm::LogicalResult lowerBlock(mlir::Block &block, mlir::OpBuilder &builder,
                               mlir::IRMapping &mapping,
                               const KernelDims &dims);

/// Lowers `op`, which has a decomposition, by lowering that.
llvm::FailureOr<llvm::SmallVector<mlir::Value>>
lowerDecomposition(mlir::Operation *op, mlir::OpBuilder &builder,
                   mlir::ValueRange operands, const KernelDims &dims);

/// The model for composites that stay whole until they are inside a kernel,
/// because all they consist of belongs into one.
template <typename Op>
struct LoweringThroughDecomposition
    : LinalgLoweringOpInterface::ExternalModel<LoweringThroughDecomposition<Op>,
                                               Op> {
  llvm::FailureOr<llvm::SmallVector<mlir::Value>>
  lowerToLinalg(mlir::Operation *op, mlir::OpBuilder &builder,
                mlir::ValueRange operands, const KernelDims &dims) const {
    return lowerDecomposition(op, builder, operands, dims);
  }
};

} // namespace tenon

#endif // TENON_CONVERSION_LINALGLOWERING_H
