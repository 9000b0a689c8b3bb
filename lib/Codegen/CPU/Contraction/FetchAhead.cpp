//===- FetchAhead.cpp - what tiles prefetch -------------------------------===//

#include "tenon/Codegen/CPU/Contraction/FetchAhead.h"

using namespace mlir;
using namespace tenon;

/// A panel comes from memory at a fifth of the speed at which a tile uses it
/// up. So each tile of a panel fetches its share of what comes next, into L2.
static Prefetch prefetchWeights(const TileAccess &access,
                                const TilePosition &position,
                                const DepthRange &depth,
                                ArrayRef<ReductionLoop> loops,
                                const BoundOperand &weights) {
  IndexMath &math = access.math;
  const LoopOperand &layout = weights.layout;
  OpFoldResult rowStride = math.evaluate(layout.strides[loops.front().loop]);
  OpFoldResult base = math.evaluate(layout.offset);
  for (auto [loop, start] : llvm::enumerate(position.itemStart))
    base = math.add(base, math.mul(start, math.evaluate(layout.strides[loop])));
  base = math.add(
      base, math.mul(depth.nextPanel, math.evaluate(layout.panels->stride)));
  base = math.add(base, math.mul(depth.nextDepth, rowStride));
  OpFoldResult size = math.mul(math.sub(depth.end, depth.begin), rowStride);
  base = math.add(base, math.floorDiv(math.mul(position.rowOfPanel, size),
                                      position.rowsOfPanel));
  OpFoldResult width =
      math.ceilDiv(math.constant(access.panelWidth * position.numRows),
                   position.rowsOfPanel);
  Prefetch ahead{weights.buffer, base, {}};
  for (const ReductionLoop &loop : loops)
    ahead.strides.push_back(math.mul(
        math.evaluate(layout.strides[loop.loop].floorDiv(access.panelWidth)),
        width));
  // the loop starts at the range's begin
  ahead.address = math.sub(base, math.mul(depth.begin, ahead.strides[0]));
  return ahead;
}

/// Where one panel is all there is, the rows are what comes from memory: those
/// of the next tile, if they are one run.
static std::optional<Prefetch> prefetchRows(const TileAccess &access,
                                            const TilePosition &position,
                                            ArrayRef<ReductionLoop> loops,
                                            const BoundOperand &operand,
                                            const RowAddresses &rows) {
  if (loops.size() != 1 || position.rowLoops.size() != 1)
    return std::nullopt;
  const LoopOperand &layout = operand.layout;
  auto [loop, extent] = loops.front();
  AffineExpr rowStride = layout.strides[position.rowLoops[0]];
  if (!layout.isUnitStride(loop) ||
      !isContiguousPair(rowStride, extent, layout.strides[loop]))
    return std::nullopt;
  IndexMath &math = access.math;
  OpFoldResult numRows = math.constant(position.numRows);
  return Prefetch{
      operand.buffer,
      math.add(rows[0].base, math.mul(numRows, math.evaluate(rowStride))),
      {numRows}};
}

std::optional<Prefetch>
tenon::choosePrefetch(const TileAccess &access, const TilePosition &position,
                      const DepthRange &depth, ArrayRef<ReductionLoop> loops,
                      ArrayRef<std::optional<BoundOperand>> inputs,
                      ArrayRef<RowAddresses> addresses) {
  if (loops.empty())
    return std::nullopt;
  for (auto [input, rows] : llvm::zip_equal(inputs, addresses)) {
    if (!input || input->isLocal)
      continue;
    if (depth.nextPanel && input->layout.panels)
      return prefetchWeights(access, position, depth, loops, *input);
    if (depth.isOnlyPanel &&
        input->layout.isInvariant(access.kernel.columnLoop))
      return prefetchRows(access, position, loops, *input, rows);
  }
  return std::nullopt;
}
