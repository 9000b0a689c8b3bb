//===- Cost.h - what ops cost to compute ------------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_COST_H
#define TENON_DIALECT_TENON_IR_COST_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

namespace tenon {

/// How many elements a tensor has, over the dimension symbols; null where
/// unknown.
mlir::AffineExpr getNumElements(mlir::Value tensor);

/// Arithmetic operations of one execution (CostOpInterface), over the dimension
/// symbols. Composites cost what their decompositions do, groups and functions
/// the sum of their bodies, anything else nothing: it moves data. Null where
/// the cost depends on data. Decomposing needs to build the parts for a moment,
/// so only one thread at a time may ask about ops that share operands.
mlir::AffineExpr getFlops(mlir::Operation *op);

/// The sum over the ops of `block`. Ops of unknown cost go to `unknown` and
/// are left out where it is given; otherwise the sum is null.
mlir::AffineExpr
getFlops(mlir::Block &block,
         llvm::SmallVectorImpl<mlir::Operation *> *unknown = nullptr);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_COST_H
