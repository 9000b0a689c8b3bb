//===- LayoutGraph.h - a layout for every value -----------------*- C++ -*-===//
#ifndef TENON_LIB_KERNELS_LAYOUTGRAPH_H
#define TENON_LIB_KERNELS_LAYOUTGRAPH_H

#include "mlir/IR/Operation.h"
#include "tenon/Kernels/Layout.h"
#include "llvm/ADT/DenseSet.h"

namespace tenon {

/// Where a value of the graph comes from if transposes are looked through.
struct TransposedValue {
  mlir::Value source;
  /// The value is `source` in this layout.
  Layout layout;
};

TransposedValue lookThroughTransposes(mlir::Value value);

/// The ops below an op, each with the layouts of its ports (LayoutOpInterface),
/// which begin as the model's. An operand whose value lies in another layout
/// than the op wants costs a transpose. Transposes of the model are no ops of
/// the graph: they are but the difference between two layouts.
class LayoutGraph {
public:
  explicit LayoutGraph(mlir::Operation *root);

  /// Finds layouts with which less is transposed, until it finds no better.
  /// A proposal gives many ops another layout at once; a minimum cut says which
  /// of them take it, so that what is transposed at the seams costs least.
  void improve();

  /// The layouts of all operands, then of all results, of `op`; empty where it
  /// knows the model's alone.
  llvm::SmallVector<Layout> getLayouts(mlir::Operation *op) const;

  /// What transposes cost, in bytes.
  int64_t getCost() const;

private:
  /// Ports whose layouts follow from each other: of most ops all.
  struct Node {
    mlir::Operation *op;
    unsigned firstPort;
    llvm::SmallVector<Layout> layouts;
    /// Empty: none.
    llvm::SmallVector<Layout> proposed;
  };
  /// A port, or (null node) a place where the model's layout is.
  struct Port {
    std::optional<unsigned> node;
    unsigned index = 0;
  };
  /// An operand, and the layout in which it is its value's source.
  struct Use {
    Port port;
    Layout transposed;
  };
  struct Source {
    mlir::Value value;
    Port port;
    /// What one transpose of it costs.
    int64_t cost;
    llvm::SmallVector<Use, 2> uses;
  };

  void addOp(mlir::Operation *op);
  Source &getSource(mlir::Value value);
  Port getPort(mlir::Operation *op, unsigned port) const;

  /// The layout that a source has, or that a use wants it to have.
  Layout getLayout(const Source &source, bool isProposed) const;
  Layout getLayout(const Source &source, const Use &use, bool isProposed) const;
  int64_t getCost(const Source &source, LayoutRef has, LayoutRef wanted) const;
  int64_t getPenalty(const Node &node, bool isProposed) const;

  void propose(Port port, LayoutRef layout);
  void propagate();
  /// What ops would rather have; what their operands have; what their results
  /// are wanted to have.
  void proposePreferences();
  void proposeToUses();
  void proposeToSources();
  class Choice;
  void addCosts(const Source &source, Choice &choice) const;
  bool takeWhatPays();

  std::vector<Node> nodes;
  llvm::DenseMap<mlir::Operation *, unsigned> nodeOf;
  std::vector<Source> sources;
  llvm::DenseMap<mlir::Value, unsigned> sourceOf;
  llvm::DenseSet<mlir::Value> constants;
  /// Nodes whose proposals their neighbours have not heard of.
  llvm::SmallVector<unsigned> pending;
};

} // namespace tenon

#endif // TENON_LIB_KERNELS_LAYOUTGRAPH_H
