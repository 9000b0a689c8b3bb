//===- TileGroup.h - what is computed in the tiles of a result --*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_TILEGROUP_H
#define TENON_CODEGEN_KERNEL_TILEGROUP_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallBitVector.h"

namespace tenon {

/// How a tile of the root restricts the loops of an operation before it: the
/// root's loop -> the loop that is split with it.
using SplitLoops = llvm::SmallDenseMap<unsigned, unsigned>;

/// An operation that computes a result, and what is computed in its tiles.
class TileGroup {
public:
  explicit TileGroup(mlir::linalg::LinalgOp root);

  mlir::linalg::LinalgOp getRoot() const { return root; }
  /// The root's loops that may be split.
  const llvm::SmallBitVector &getTileable() const { return tileable; }
  /// The root's loops along which neighbouring elements of a large operand lie
  /// next to each other.
  llvm::SmallBitVector getLines() const;
  /// Element accesses of all operations.
  int64_t getCost() const { return cost; }
  const llvm::DenseMap<mlir::Operation *, SplitLoops> &getSplits() const {
    return splits;
  }

private:
  void collect(const SplitLoops &identity);
  void add(mlir::linalg::LinalgOp op);

  mlir::linalg::LinalgOp root;
  llvm::SmallBitVector tileable;
  llvm::DenseMap<mlir::Operation *, SplitLoops> splits;
  int64_t cost = 0;
};

/// Tiles what computes the kernel's results to `scf.forall`s, with what it
/// needs inside. A size of zero leaves a loop of the root whole.
void tileKernel(
    mlir::func::FuncOp kernel,
    llvm::function_ref<llvm::SmallVector<int64_t>(const TileGroup &)> getSizes);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_TILEGROUP_H
