//===- TilePosition.h - which part of the result a tile is ------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_TILEPOSITION_H
#define TENON_CODEGEN_CPU_CONTRACTION_TILEPOSITION_H

#include "mlir/IR/OpDefinition.h"

namespace tenon {

using mlir::OpFoldResult;

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

/// Some rows, from one panel of columns on.
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
};

/// What is summed over: a part of the outermost reduction loop.
struct DepthRange {
  OpFoldResult begin, end;
  /// Where the packed input's rows lie that are used after this part of the
  /// panel; null if they are not to be fetched ahead.
  OpFoldResult nextPanel, nextDepth;
  /// There is no other panel for these rows.
  bool isOnlyPanel = false;
};

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_TILEPOSITION_H
