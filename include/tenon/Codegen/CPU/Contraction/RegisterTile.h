//===- RegisterTile.h - the inner kernel ------------------------*- C++ -*-===//
//
// rows x columns of the result, held in vector registers over the whole
// reduction: C[r][c] += A[r][k] * B[k][c] for a contraction, with scalars of A
// broadcast and vectors of B shared by the rows. What an operand varies with
// decides how it is loaded, so a depthwise convolution (A is a vector for each
// row) and pooling (no B) are the same code.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_REGISTERTILE_H
#define TENON_CODEGEN_CPU_CONTRACTION_REGISTERTILE_H

#include "tenon/Codegen/CPU/Contraction/IndexMath.h"
#include "tenon/Codegen/CPU/Contraction/ReductionKernel.h"

namespace tenon {

/// A vector of neighbouring columns.
struct TileColumn {
  /// Counted from the first panel of the tile.
  int64_t panel;
  /// The first column in the panel.
  int64_t lane;
  /// Columns of the result, and lanes that are computed: a packed panel is
  /// filled up with zeros, so a full register costs nothing.
  int64_t width, computedWidth;
  /// Which of the columns exist, where that is known at run time only.
  mlir::Value mask = {};
};

/// An element's index in a buffer. Constants stay apart to become the
/// displacement of an instruction; and so does what moves with the innermost
/// loop, for each row to have a pointer and all of them one index.
struct Address {
  OpFoldResult base;
  int64_t displacement = 0;
  mlir::Value index = {};
};

/// An operand while a work item runs.
struct BoundOperand {
  LoopOperand layout;
  mlir::Value buffer;
  /// A copy in scratch memory, where indices count from the item's start.
  bool isLocal = false;
};

struct TilePosition {
  /// Of each loop: where the work item starts, and the iterations from there.
  /// Zero for the column and the reduction loops.
  llvm::SmallVector<OpFoldResult> itemStart, inner;
  /// The first panel of the tile, and of the item.
  OpFoldResult firstPanel, itemPanel;
  /// Rows count over the loops `rowLoops`, the last fastest.
  llvm::ArrayRef<unsigned> rowLoops;
  OpFoldResult firstRow;
  int64_t numRows;
  /// The tile's first row among all rows that use the panel, and their number.
  OpFoldResult rowOfPanel, rowsOfPanel;
  /// The part of the outermost reduction loop that is computed.
  OpFoldResult depthBegin, depthEnd;
  /// Where the packed input's rows lie that are used after this part of the
  /// panel; null if they are not to be fetched ahead.
  OpFoldResult nextPanel, nextDepth;
  /// There is no other panel for these rows.
  bool isOnlyPanel = false;
};

/// Emits tiles of one kernel.
class RegisterTile {
public:
  RegisterTile(mlir::ImplicitLocOpBuilder &builder, IndexMath &math,
               const ReductionKernel &kernel, int64_t panelWidth,
               llvm::function_ref<mlir::Value(unsigned argument)> getBuffer);

  /// An input of the root lies elsewhere.
  void rebind(unsigned input, const BoundOperand &operand);
  const BoundOperand &getInput(unsigned input) const { return *inputs[input]; }

  /// The extent of the outermost reduction loop.
  OpFoldResult getDepth();

  /// A whole tile, from the initial value to the epilogue.
  void emit(const TilePosition &position, llvm::ArrayRef<TileColumn> columns);

  /// A tile in parts, between which its sums lie in `sums` as [rows of the
  /// panel, columns of a tile]: their initial value, what a part of the
  /// reduction adds, and the epilogue.
  void emitStart(const TilePosition &position,
                 llvm::ArrayRef<TileColumn> columns, mlir::Value sums);
  void emitPart(const TilePosition &position,
                llvm::ArrayRef<TileColumn> columns, mlir::Value sums);
  void emitEnd(const TilePosition &position, llvm::ArrayRef<TileColumn> columns,
               mlir::Value sums);

  /// What follows the reduction, for sums that are there already.
  void emitEpilogue(const TilePosition &position,
                    llvm::ArrayRef<mlir::Value> accumulators,
                    llvm::ArrayRef<TileColumn> columns);

private:
  using Addresses = llvm::SmallVector<Address>;

  /// What a tile fetches ahead: an element in each iteration of the reduction,
  /// `strides` apart in the loops `reductions`.
  struct Prefetch {
    mlir::Value buffer;
    OpFoldResult address;
    llvm::SmallVector<OpFoldResult> strides;
  };

  /// What a step of the reduction reads: each input, in each row.
  struct Reads {
    llvm::SmallVector<Addresses> inputs;
    std::optional<Prefetch> ahead;
  };

  void mergeReductionLoops();
  Address getTileAddress(const BoundOperand &operand,
                         const TilePosition &position);
  Addresses getRowAddresses(const BoundOperand &operand,
                            const TilePosition &position);
  mlir::Value load(const BoundOperand &operand, Address address,
                   const TileColumn &column, int64_t width);
  llvm::SmallVector<mlir::Value> emitInit(const TilePosition &position,
                                          llvm::ArrayRef<TileColumn> columns);
  llvm::SmallVector<mlir::Value> reduce(const TilePosition &position,
                                        llvm::ArrayRef<mlir::Value> start,
                                        llvm::ArrayRef<TileColumn> columns);
  llvm::SmallVector<mlir::Value>
  emitReduction(unsigned level, const Reads &reads,
                llvm::SmallVector<mlir::Value> accumulators,
                const TilePosition &position,
                llvm::ArrayRef<TileColumn> columns);
  mlir::Value getSumIndex(const TilePosition &position, int64_t row,
                          const TileColumn &column);
  llvm::SmallVector<mlir::Value> loadSums(const TilePosition &position,
                                          llvm::ArrayRef<TileColumn> columns,
                                          mlir::Value sums);
  void storeSums(const TilePosition &position,
                 llvm::ArrayRef<TileColumn> columns,
                 llvm::ArrayRef<mlir::Value> values, mlir::Value sums);
  llvm::SmallVector<mlir::Value> emitStep(const Reads &reads,
                                          llvm::ArrayRef<mlir::Value> sums,
                                          llvm::ArrayRef<TileColumn> columns);
  std::optional<Prefetch> choosePrefetch(const TilePosition &position,
                                         llvm::ArrayRef<Addresses> addresses);
  Prefetch prefetchWeights(const TilePosition &position,
                           const BoundOperand &weights);
  std::optional<Prefetch> prefetchRows(const TilePosition &position,
                                       const BoundOperand &operand,
                                       const Addresses &rows);
  mlir::Value getIndex(unsigned loop, const TilePosition &position, int64_t row,
                       const TileColumn &column);

  mlir::ImplicitLocOpBuilder &builder;
  IndexMath &math;
  const ReductionKernel &kernel;
  int64_t panelWidth;
  llvm::SmallVector<std::optional<BoundOperand>> inputs;
  std::optional<BoundOperand> initial;
  llvm::SmallVector<llvm::SmallVector<std::optional<BoundOperand>>> stages;
  llvm::SmallVector<BoundOperand> stores;
  /// Reduction loops, neighbours merged where the inputs allow.
  llvm::SmallVector<std::pair<unsigned, mlir::AffineExpr>> reductions;
};

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_REGISTERTILE_H
