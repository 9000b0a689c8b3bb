//===- Contraction.h - what the loops of a reduction do ---------*- C++ -*-===//
//
// The part of the model of a contraction that needs no addresses, for an
// operation on tensors or on memrefs, of a whole kernel or of a tile: both back
// ends ask it which loops are rows, columns, batch and depth, and what is
// multiplied. ContractionKernel.h adds where the operands lie.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_KERNEL_CONTRACTION_CONTRACTION_H
#define TENON_CODEGEN_KERNEL_CONTRACTION_CONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallBitVector.h"

namespace tenon {

/// What is multiplied: any function of inputs and indices, so that im2col, pads
/// and conversions are part of reading it.
struct Factor {
  /// In the operation's body.
  mlir::Value value;
  /// The narrowest type that holds it as it is: f16 where it was extended from
  /// that, otherwise its own.
  mlir::Type exactType;
  /// The loops that it varies with.
  llvm::SmallBitVector loops;
};

/// A body that adds lhs * rhs to what it has.
struct Product {
  Factor lhs, rhs;
  mlir::Operation *product;
  mlir::Operation *sum;
};

/// A reduction. The right factor is the one that the result's last dimension
/// varies and most of the others don't: weights, which the rows share. A body
/// of another form (a maximum, a sum) has its inputs for factors.
struct Contraction {
  std::optional<Product> product;
  /// m: loops of the result that the right factor is the same for. All of them,
  /// where it varies with each: nothing is shared.
  llvm::SmallVector<unsigned> rows;
  /// n: loops of the right factor alone.
  llvm::SmallVector<unsigned> columns;
  /// Loops of the result that both factors vary with.
  llvm::SmallVector<unsigned> batch;
  /// k: those that are summed over.
  llvm::SmallVector<unsigned> depth;

  /// Whether tiles of rows and columns share both factors.
  bool isMatrixProduct() const {
    return product && !rows.empty() && !columns.empty();
  }
};

/// Nothing where `op` reduces nothing, has several results, or one that is no
/// permutation of its parallel loops.
std::optional<Contraction> matchContraction(mlir::linalg::LinalgOp op);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_CONTRACTION_CONTRACTION_H
