//===- IndependentDims.h - what rounds of a loop do not mix -----*- C++ -*-===//
//
// A loop hands tensors from round to round. Where each operation of a round
// computes element i along one dimension of its results from elements i along
// one dimension of its operands, the rounds of one i need none of another, and
// tiles along these dimensions can run through all rounds in parallel: the
// samples of a recurrent layer are so.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_KERNEL_INDEPENDENTDIMS_H
#define TENON_CODEGEN_KERNEL_INDEPENDENTDIMS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace tenon {

/// The dimension of each tensor of a loop and its body that may be split; what
/// is not in it is the same for all tiles.
using IndependentDims = llvm::DenseMap<mlir::Value, int64_t>;

/// Dimensions that all results of `loop` have, found from dimension `dim` of
/// carried tensor `index`. Nothing where an operation mixes elements along
/// them, or is not known not to.
std::optional<IndependentDims> findIndependentDims(mlir::scf::ForOp loop,
                                                   unsigned index, int64_t dim);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_INDEPENDENTDIMS_H
