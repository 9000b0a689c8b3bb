//===- Contraction.h - what a contraction's loops do ------------*- C++ -*-===//
#ifndef TENON_LIB_CODEGEN_GPU_CONTRACTION_H
#define TENON_LIB_CODEGEN_GPU_CONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace tenon {

/// A sum of products: each factor is any function of inputs and indices, so
/// that im2col, pads and conversions are part of reading it.
struct Contraction {
  mlir::Value lhs, rhs; // factors, in the operation's body
  mlir::Operation *product;
  mlir::Operation *sum;
  /// Loops of the left factor alone, of the right one alone, of both, and those
  /// that are summed over.
  llvm::SmallVector<unsigned> rows, columns, batch, depth;
};

/// Nothing where `op` is none, or one without rows or columns.
std::optional<Contraction> matchContraction(mlir::linalg::LinalgOp op);

} // namespace tenon

#endif // TENON_LIB_CODEGEN_GPU_CONTRACTION_H
