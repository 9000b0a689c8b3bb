//===- RowTiles.h - the tiles of a work item's rows -------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_ROWTILES_H
#define TENON_CODEGEN_CPU_CONTRACTION_ROWTILES_H

#include "tenon/Codegen/CPU/Contraction/RegisterTile.h"
#include "tenon/Codegen/CPU/Contraction/TilePlan.h"

namespace tenon {

/// Iterations of the block loop in a work item: how many there are, and how
/// many at least.
struct ItemRows {
  OpFoldResult length;
  int64_t minLength;
};

/// Emits register tiles for all rows of a work item, panel by panel; deep
/// panels part by part.
class RowTiles {
public:
  /// `position` is where the item starts.
  RowTiles(mlir::ImplicitLocOpBuilder &builder, IndexMath &math,
           const ContractionKernel &kernel, const TilePlan &plan,
           RegisterTile &tile, const TilePosition &position, ItemRows item,
           OpFoldResult numPanels);

  void emit(OpFoldResult panel, llvm::ArrayRef<TileColumn> columns);

private:
  OpFoldResult getExtent(unsigned loop);
  /// Loops around the tiles of an item, and those whose iterations share tiles.
  llvm::ArrayRef<unsigned> getInnerRowLoops() const;
  llvm::ArrayRef<unsigned> getTileRowLoops() const;
  OpFoldResult getRowsOfItem();
  OpFoldResult getDepthBound(OpFoldResult block);
  void allocateSums();
  void emitDepthBlocks(OpFoldResult panel, llvm::ArrayRef<TileColumn> columns);
  void setNextWeights(OpFoldResult panel, OpFoldResult block);
  void emitInnerLoop(unsigned level, llvm::ArrayRef<TileColumn> columns);
  void emitTiles(OpFoldResult count, int64_t minCount,
                 llvm::ArrayRef<TileColumn> columns);
  int64_t getMaxRows(llvm::ArrayRef<TileColumn> columns) const;
  void emitTile(OpFoldResult firstRow, int64_t numRows,
                llvm::ArrayRef<TileColumn> columns);

  mlir::ImplicitLocOpBuilder &builder;
  IndexMath &math;
  const ContractionKernel &kernel;
  const TilePlan &plan;
  RegisterTile &tile;
  TilePosition position;
  ItemRows item;
  OpFoldResult numPanels;
  DepthRange depth;
  /// What is emitted of each tile; its sums lie in `sums` between the parts.
  enum class TilePart { Whole, Start, Middle, End } part = TilePart::Whole;
  mlir::Value sums;
};

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_ROWTILES_H
