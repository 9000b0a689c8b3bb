//===- LinearIndex.h - an index as a sum over loops -------------*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_CONTRACTION_LINEARINDEX_H
#define TENON_CODEGEN_KERNEL_CONTRACTION_LINEARINDEX_H

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace tenon {

/// `offset + sum(i * coefficients)` for loop indices i.
struct LinearIndex {
  int64_t offset = 0;
  /// One for each loop.
  llvm::SmallVector<int64_t> coefficients;
};

/// `expr`, whose dimensions are the indices of `numLoops` loops; nullopt if it
/// is not linear in them, or has symbols.
std::optional<LinearIndex> getLinearIndex(mlir::AffineExpr expr,
                                          unsigned numLoops);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_CONTRACTION_LINEARINDEX_H
