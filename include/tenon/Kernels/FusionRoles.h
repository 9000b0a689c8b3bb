//===- FusionRoles.h - how ops take part in kernels -------------*- C++ -*-===//
#ifndef TENON_KERNELS_FUSIONROLES_H
#define TENON_KERNELS_FUSIONROLES_H

#include "mlir/IR/OpDefinition.h"

namespace tenon {

enum class FusionRole {
  /// Computes nothing at run time: constants, reshapes. Never in a kernel, but
  /// for constants of one repeated number, which are copied in.
  View,
  /// Runs kernels itself (a loop that data ends), or is no computation (yield,
  /// return, launches).
  Host,
  /// A kernel of its own: whatever the table does not name, and branches and
  /// scans, whose bodies are small beside a launch.
  Alone,
  /// Element i of the result depends on elements i of the operands, and on i.
  Elementwise,
  /// Each element of the result is an element of the operand, found by index
  /// arithmetic on static steps. Others that move elements are alone.
  Movement,
  /// Reduces along trailing dimensions, row by row: elementwise ops before and
  /// after run on the row while it is in cache.
  RowReduction,
  /// Reduces along other dimensions: elementwise ops before it run on each
  /// element as it is read; nothing after it, since that would wait for all.
  Reduction,
  /// A contraction: elementwise ops after it run on its register tile; nothing
  /// before it, since every panel would repeat it.
  Contraction,
  /// Unpacks a packed operand: belongs to the contraction that reads it.
  Unpack,
};

} // namespace tenon

#include "tenon/Kernels/FusionOpInterface.h.inc"

namespace tenon {

FusionRole getFusionRole(mlir::Operation *op);

/// The blocks whose ops a program launches: `root`'s, and those of branches and
/// loops in them that are not one kernel.
llvm::SmallVector<mlir::Block *> getLaunchedBlocks(mlir::Operation *root);

/// The ops of one kind in these blocks.
template <typename Op>
llvm::SmallVector<Op> getLaunched(mlir::Operation *root) {
  llvm::SmallVector<Op> ops;
  for (mlir::Block *block : getLaunchedBlocks(root))
    llvm::append_range(ops, block->getOps<Op>());
  return ops;
}

/// Attaches FusionOpInterface to the dialect's ops.
void registerFusionRoles(mlir::DialectRegistry &registry);

} // namespace tenon

#endif // TENON_KERNELS_FUSIONROLES_H
