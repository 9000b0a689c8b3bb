//===- CheckSizes.h - sizes that tensors can have ---------------*- C++ -*-===//
#ifndef TENON_LIB_DIALECT_TENON_TRANSFORMS_CHECKSIZES_H
#define TENON_LIB_DIALECT_TENON_TRANSFORMS_CHECKSIZES_H

#include "mlir/IR/Operation.h"

namespace tenon {

/// Diagnoses results of unknown sizes: where those of operands are known, these
/// are negative or too large (getTensorType). Later passes count on sizes.
llvm::LogicalResult checkSizes(mlir::Operation *op);

} // namespace tenon

#endif // TENON_LIB_DIALECT_TENON_TRANSFORMS_CHECKSIZES_H
