//===- FetchAhead.cpp - what tiles prefetch -------------------------------===//

#include "tenon/Codegen/CPU/Contraction/RegisterTile.h"

using namespace mlir;
using namespace tenon;

/// A panel comes from memory at a fifth of the speed at which a tile uses it
/// up. So each tile of a panel fetches its share of what comes next, into L2.
RegisterTile::Prefetch
RegisterTile::prefetchWeights(const TilePosition &position,
                              const BoundOperand &weights) {
  const LoopOperand &layout = weights.layout;
  OpFoldResult rowStride =
      math.evaluate(layout.strides[reductions.front().first]);
  OpFoldResult base = math.evaluate(layout.offset);
  for (auto [loop, start] : llvm::enumerate(position.itemStart))
    base = math.add(base, math.mul(start, math.evaluate(layout.strides[loop])));
  base = math.add(
      base, math.mul(position.nextPanel, math.evaluate(layout.panelStride)));
  base = math.add(base, math.mul(position.nextDepth, rowStride));
  OpFoldResult size =
      math.mul(math.sub(position.depthEnd, position.depthBegin), rowStride);
  base = math.add(base, math.floorDiv(math.mul(position.rowOfPanel, size),
                                      position.rowsOfPanel));
  OpFoldResult width = math.ceilDiv(
      math.constant(panelWidth * position.numRows), position.rowsOfPanel);
  Prefetch ahead{weights.buffer, base, {}};
  for (auto [loop, extent] : reductions)
    ahead.strides.push_back(math.mul(
        math.evaluate(layout.strides[loop].floorDiv(panelWidth)), width));
  // the loop starts at depthBegin
  ahead.address =
      math.sub(base, math.mul(position.depthBegin, ahead.strides[0]));
  return ahead;
}

/// Where one panel is all there is, the rows are what comes from memory: those
/// of the next tile, if they are one run.
std::optional<RegisterTile::Prefetch>
RegisterTile::prefetchRows(const TilePosition &position,
                           const BoundOperand &operand, const Addresses &rows) {
  if (reductions.size() != 1 || position.rowLoops.size() != 1)
    return std::nullopt;
  const LoopOperand &layout = operand.layout;
  auto [loop, extent] = reductions.front();
  AffineExpr rowStride = layout.strides[position.rowLoops[0]];
  if (!layout.isUnitStride(loop) ||
      !isContiguousPair(rowStride, extent, layout.strides[loop]))
    return std::nullopt;
  OpFoldResult numRows = math.constant(position.numRows);
  return Prefetch{
      operand.buffer,
      math.add(rows[0].base, math.mul(numRows, math.evaluate(rowStride))),
      {numRows}};
}

std::optional<RegisterTile::Prefetch>
RegisterTile::choosePrefetch(const TilePosition &position,
                             ArrayRef<Addresses> addresses) {
  if (reductions.empty())
    return std::nullopt;
  for (auto [input, rows] : llvm::zip_equal(inputs, addresses)) {
    if (!input || input->isLocal)
      continue;
    if (position.nextPanel && input->layout.panelWidth)
      return prefetchWeights(position, *input);
    if (position.isOnlyPanel && input->layout.isInvariant(kernel.columnLoop))
      return prefetchRows(position, *input, rows);
  }
  return std::nullopt;
}
