//===- RowTiles.cpp - the tiles of a work item's rows ---------------------===//

#include "tenon/Codegen/CPU/Contraction/RowTiles.h"
#include "tenon/Codegen/CPU/Contraction/Scratch.h"

using namespace mlir;
using namespace tenon;

RowTiles::RowTiles(ImplicitLocOpBuilder &builder, IndexMath &math,
                   const ContractionKernel &kernel, const TilePlan &plan,
                   RegisterTile &tile, const TilePosition &position,
                   ItemRows item, OpFoldResult numPanels)
    : builder(builder), math(math), kernel(kernel), plan(plan), tile(tile),
      position(position), item(item), numPanels(numPanels) {
  if (plan.depthBlocks > 1)
    allocateSums();
}

OpFoldResult RowTiles::getExtent(unsigned loop) {
  return math.evaluate(kernel.extents[loop]);
}

ArrayRef<unsigned> RowTiles::getInnerRowLoops() const {
  return ArrayRef(kernel.rowLoops)
      .slice(plan.blockLoop, plan.flattenFrom - plan.blockLoop);
}

ArrayRef<unsigned> RowTiles::getTileRowLoops() const {
  return ArrayRef(kernel.rowLoops).drop_front(plan.flattenFrom);
}

void RowTiles::emit(OpFoldResult panel, ArrayRef<TileColumn> columns) {
  position.firstPanel = panel;
  position.rowOfPanel = math.constant(0);
  depth = {math.constant(0), tile.getDepth(), {}, {}};
  if (kernel.rowLoops.empty()) {
    position.rowLoops = {};
    return emitTile(math.constant(0), 1, columns);
  }
  position.rowLoops = getTileRowLoops();
  position.rowsOfPanel = getRowsOfItem();
  if (plan.depthBlocks == 1) {
    setNextWeights(panel, math.constant(0));
    emitInnerLoop(0, columns);
  } else {
    emitDepthBlocks(panel, columns);
  }
}

/// All rows for one part of the reduction, then for the next: the part of the
/// panel stays in L2 meanwhile.
void RowTiles::emitDepthBlocks(OpFoldResult panel,
                               ArrayRef<TileColumn> columns) {
  part = TilePart::Start;
  emitInnerLoop(0, columns);
  part = TilePart::Middle;
  math.forEach(math.constant(0), math.constant(plan.depthBlocks), 1,
               [&](OpFoldResult block) {
                 depth.begin = getDepthBound(block);
                 depth.end = getDepthBound(math.add(block, math.constant(1)));
                 setNextWeights(panel, block);
                 emitInnerLoop(0, columns);
               });
  part = TilePart::End;
  emitInnerLoop(0, columns);
  part = TilePart::Whole;
}

OpFoldResult RowTiles::getDepthBound(OpFoldResult block) {
  return math.floorDiv(math.mul(block, tile.getDepth()),
                       math.constant(plan.depthBlocks));
}

/// Weights are used in the order in which they lie in memory; after the last
/// panel comes the first one, for other rows.
void RowTiles::setNextWeights(OpFoldResult panel, OpFoldResult block) {
  if (plan.panelsPerTile > 1)
    return; // few rows: nothing is computed meanwhile
  depth.isOnlyPanel =
      plan.depthBlocks == 1 && getConstantIntValue(numPanels) == 1;
  if (depth.isOnlyPanel)
    return;
  OpFoldResult numBlocks = math.constant(plan.depthBlocks);
  OpFoldResult next = math.add(block, math.constant(1));
  depth.nextPanel =
      math.rem(math.add(panel, math.floorDiv(next, numBlocks)), numPanels);
  depth.nextDepth = getDepthBound(math.rem(next, numBlocks));
}

OpFoldResult RowTiles::getRowsOfItem() {
  OpFoldResult rows = item.length;
  for (unsigned loop : ArrayRef(kernel.rowLoops).drop_front(plan.blockLoop + 1))
    rows = math.mul(rows, getExtent(loop));
  return math.max(rows, math.constant(1));
}

/// The sums of an item's rows for one panel, between the parts of the
/// reduction.
void RowTiles::allocateSums() {
  AffineExpr size = getAffineConstantExpr(plan.blockSize * plan.panelWidth,
                                          builder.getContext());
  for (unsigned loop : ArrayRef(kernel.rowLoops).drop_front(plan.blockLoop + 1))
    size = size * kernel.extents[loop];
  sums = allocateScratch(builder, math, size, kernel.getAccumulatorType());
}

/// Loops over the item's rows that don't share tiles.
void RowTiles::emitInnerLoop(unsigned level, ArrayRef<TileColumn> columns) {
  ArrayRef<unsigned> loops = getInnerRowLoops();
  if (level < loops.size()) {
    OpFoldResult length = level == 0 ? item.length : getExtent(loops[level]);
    OpFoldResult outerRow = position.rowOfPanel;
    OpFoldResult rowsInside = math.constant(1);
    for (unsigned loop : loops.drop_front(level + 1))
      rowsInside = math.mul(rowsInside, getExtent(loop));
    for (unsigned loop : position.rowLoops)
      rowsInside = math.mul(rowsInside, getExtent(loop));
    math.forEach(math.constant(0), length, 1, [&](OpFoldResult iteration) {
      position.inner[loops[level]] = iteration;
      position.rowOfPanel = math.add(outerRow, math.mul(iteration, rowsInside));
      emitInnerLoop(level + 1, columns);
    });
    position.rowOfPanel = outerRow;
    return;
  }
  bool holdsBlock = loops.empty();
  OpFoldResult rows =
      holdsBlock ? item.length : getExtent(position.rowLoops[0]);
  int64_t minRows =
      holdsBlock ? item.minLength : getConstantIntValue(rows).value_or(0);
  for (unsigned loop : position.rowLoops.drop_front()) {
    rows = math.mul(rows, getExtent(loop));
    minRows *= kernel.getConstantExtent(loop).value_or(0);
  }
  emitTiles(rows, minRows, columns);
}

/// Splits `count` rows into tiles of `plan.rows` and one less, which is
/// always possible for (rows - 1) * (rows - 2) rows and more; the rest of
/// fewer rows into 4, 2 and 1.
void RowTiles::emitTiles(OpFoldResult count, int64_t minCount,
                         ArrayRef<TileColumn> columns) {
  int64_t high = getMaxRows(columns);
  if (std::optional<int64_t> constant = getConstantIntValue(count))
    high = llvm::divideCeil(*constant, llvm::divideCeil(*constant, high));
  int64_t low = std::max<int64_t>(high - 1, 1);
  OpFoldResult numTiles = math.ceilDiv(count, math.constant(high));
  bool isExact = minCount >= low * (low - 1);
  OpFoldResult numHigh =
      math.sub(count, math.mul(numTiles, math.constant(low)));
  if (!isExact)
    numHigh = math.max(numHigh, math.constant(0));
  if (high == 1)
    numHigh = count;
  OpFoldResult row = math.constant(0);
  auto emitUpTo = [&](OpFoldResult end, int64_t size) {
    math.forEach(row, end, size,
                 [&](OpFoldResult first) { emitTile(first, size, columns); });
    row = end;
  };
  emitUpTo(math.mul(numHigh, math.constant(high)), high);
  if (high == 1)
    return;
  if (isExact)
    return emitUpTo(count, low);
  for (int64_t size : {low, int64_t(4), int64_t(2), int64_t(1)}) {
    if (size > low)
      continue;
    OpFoldResult steps =
        math.floorDiv(math.sub(count, row), math.constant(size));
    emitUpTo(math.add(row, math.mul(steps, math.constant(size))), size);
  }
}

/// A narrow tile may be higher.
int64_t RowTiles::getMaxRows(ArrayRef<TileColumn> columns) const {
  int64_t vectors = llvm::divideCeil(plan.panelWidth, plan.lanes);
  int64_t budget = plan.rows * vectors / int64_t(columns.size());
  return std::clamp<int64_t>(budget, 1, std::max<int64_t>(plan.rows, 12));
}

void RowTiles::emitTile(OpFoldResult firstRow, int64_t numRows,
                        ArrayRef<TileColumn> columns) {
  position.firstRow = firstRow;
  position.numRows = numRows;
  TilePosition tilePosition = position;
  tilePosition.rowOfPanel = math.add(position.rowOfPanel, firstRow);
  switch (part) {
  case TilePart::Whole:
    return tile.emit(tilePosition, depth, columns);
  case TilePart::Start:
    return tile.emitStart(tilePosition, columns, sums);
  case TilePart::Middle:
    return tile.emitPart(tilePosition, depth, columns, sums);
  case TilePart::End:
    return tile.emitEnd(tilePosition, columns, sums);
  }
}
