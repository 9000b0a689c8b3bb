//===- MinimumCut.h - the cheapest of two choices each ----------*- C++ -*-===//
#ifndef TENON_LIB_KERNELS_MINIMUMCUT_H
#define TENON_LIB_KERNELS_MINIMUMCUT_H

#include "mlir/Support/LLVM.h"

namespace tenon {

/// A directed graph whose nodes are split into those that keep and those that
/// change, so that the capacities of the edges from the former to the latter
/// have the least sum. Found as a maximum flow by shortest augmenting paths
/// (Dinic, 1970); where costs are those of neighbours, as here, a few rounds
/// over the edges.
class MinimumCut {
public:
  /// Two nodes that are there from the beginning.
  static constexpr unsigned kKeeps = 0, kChanges = 1;
  static constexpr int64_t kInfinite = int64_t(1) << 60;

  MinimumCut() : edgesOf(2) {}

  unsigned addNode();
  /// `capacity` is paid where `keeping` keeps and `changing` changes.
  void addEdge(unsigned keeping, unsigned changing, int64_t capacity);

  /// For each node, whether it changes; as few as possible do.
  mlir::SmallVector<bool> solve();

private:
  struct Edge {
    unsigned to;
    int64_t capacity;
  };

  bool findLevels();
  void saturate();

  /// Edge i ^ 1 is edge i backwards.
  mlir::SmallVector<Edge> edges;
  std::vector<mlir::SmallVector<unsigned, 4>> edgesOf;
  mlir::SmallVector<int> levels;
};

} // namespace tenon

#endif // TENON_LIB_KERNELS_MINIMUMCUT_H
