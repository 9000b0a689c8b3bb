//===- FusionRoles.h - how ops take part in kernels -------------*- C++ -*-===//
#ifndef TENON_KERNELS_FUSIONROLES_H
#define TENON_KERNELS_FUSIONROLES_H

#include "mlir/IR/OpDefinition.h"

namespace tenon {

enum class FusionRole {
  /// Computes nothing at run time: constants, reshapes. Never in a kernel, but
  /// for constants of one repeated number, which are copied in.
  View,
  /// Runs kernels itself (loops and branches whose bodies bind sizes or are
  /// worth launches of their own), or is no computation (yield, return,
  /// launches).
  Host,
  /// A kernel of its own: scans and other branches and loops, reductions of
  /// much to few results, and whatever computes and has no other role.
  Alone,
  /// Element i of the result depends on elements i of the operands, and on i:
  /// ElementwiseOpInterface says so.
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
  /// Unpacks a packed operand, as its trait (StructureOps.h) says: belongs to
  /// the contraction that reads it.
  Unpack,
};

} // namespace tenon

#include "tenon/Kernels/FusionOpInterface.h.inc"

namespace tenon {

/// What the table says (FusionRoles.cpp), else what the op's interfaces do.
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
