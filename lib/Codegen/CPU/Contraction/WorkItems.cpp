//===- WorkItems.cpp - the code of a contraction --------------------------===//

#include "tenon/Codegen/CPU/Contraction/WorkItems.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/PanelPacking.h"
#include "tenon/Codegen/CPU/Contraction/RegisterTile.h"
#include "tenon/Codegen/CPU/Contraction/RowTiles.h"
#include "tenon/Codegen/CPU/Contraction/Slab.h"

using namespace mlir;
using namespace tenon;

namespace {

/// Writes the work items of a kernel.
class KernelTiler {
public:
  KernelTiler(ImplicitLocOpBuilder &builder, const ContractionKernel &kernel,
              const TilePlan &plan, ValueRange symbols, ArrayRef<Value> buffers)
      : kernel(kernel), plan(plan), builder(builder), math(builder, symbols),
        buffers(buffers) {}

  void emit(ItemOrder order) {
    computeGrid();
    if (order == ItemOrder::Sequential)
      return math.forEach(math.constant(0), numItems, 1,
                          [&](OpFoldResult item) { emitItem(item); });
    auto forall = scf::ForallOp::create(builder, ArrayRef(numItems),
                                        ValueRange(), std::nullopt);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(forall.getTerminator());
    emitItem(OpFoldResult(forall.getInductionVars()[0]));
  }

private:
  OpFoldResult getExtent(unsigned loop) {
    return math.evaluate(kernel.extents[loop]);
  }
  bool hasRows() const { return !kernel.rowLoops.empty(); }
  unsigned getBlockLoop() const { return kernel.rowLoops[plan.blockLoop]; }
  ArrayRef<unsigned> getOuterRowLoops() const {
    return ArrayRef(kernel.rowLoops).take_front(hasRows() ? plan.blockLoop : 0);
  }

  /// Work items are (batch, outer rows, blocks of rows, groups of panels).
  void computeGrid() {
    MLIRContext *context = builder.getContext();
    AffineExpr count = getAffineConstantExpr(1, context);
    auto addDim = [&](AffineExpr size) {
      gridSizes.push_back(math.evaluate(size));
      count = count * size;
    };
    for (unsigned loop : kernel.batchLoops)
      addDim(kernel.extents[loop]);
    for (unsigned loop : getOuterRowLoops())
      addDim(kernel.extents[loop]);
    AffineExpr blocks = getAffineConstantExpr(1, context);
    if (hasRows())
      blocks = kernel.extents[getBlockLoop()].ceilDiv(plan.blockSize);
    addDim(blocks);
    AffineExpr columns = kernel.extents[kernel.columnLoop];
    AffineExpr panels = columns.ceilDiv(plan.panelWidth);
    numColumns = math.evaluate(columns);
    numPanels = math.evaluate(panels);
    numFullPanels = math.evaluate(columns.floorDiv(plan.panelWidth));
    addDim(panels.ceilDiv(plan.panelsPerItem));
    numItems = math.evaluate(count);
  }

  void emitItem(OpFoldResult item) {
    SmallVector<OpFoldResult> ids = math.delinearize(item, gridSizes);
    position.itemStart.assign(kernel.extents.size(), math.constant(0));
    position.inner = position.itemStart;
    unsigned next = 0;
    for (unsigned loop : kernel.batchLoops)
      position.itemStart[loop] = ids[next++];
    for (unsigned loop : getOuterRowLoops())
      position.itemStart[loop] = ids[next++];
    if (hasRows())
      startBlock(ids[next], gridSizes[next]);

    tile.emplace(TileAccess{builder, math, kernel, plan.panelWidth},
                 [&](unsigned argument) { return buffers[argument]; });
    position.itemPanel =
        math.mul(ids.back(), math.constant(plan.panelsPerItem));
    if (kernel.padded)
      tile->rebind(kernel.padded->input,
                   emitSlab(builder, math, kernel, getItemRange(),
                            buffers[kernel.padded->source.argument],
                            plan.lanes));
    for (unsigned input : kernel.transposed) {
      sources.push_back(tile->getInput(input));
      tile->rebind(
          input, allocatePanel(builder, math, kernel, input, plan.panelWidth));
    }
    rows.emplace(builder, math, kernel, plan, *tile, position,
                 ItemRows{blockLength, minBlockLength}, numPanels);
    emitPanels(position.itemPanel);
  }

  /// Blocks differ by one iteration at most.
  void startBlock(OpFoldResult id, OpFoldResult numBlocks) {
    unsigned loop = getBlockLoop();
    OpFoldResult extent = getExtent(loop);
    std::optional<int64_t> constant = getConstantIntValue(extent);
    std::optional<int64_t> blocks = getConstantIntValue(numBlocks);
    if (constant && blocks && *constant % *blocks == 0) {
      blockLength = math.constant(*constant / *blocks);
      minBlockLength = *constant / *blocks;
      position.itemStart[loop] = math.mul(id, blockLength);
      return;
    }
    minBlockLength = constant && blocks ? *constant / *blocks : 0;
    auto bound = [&](OpFoldResult index) {
      return math.floorDiv(math.mul(index, extent), numBlocks);
    };
    OpFoldResult start = bound(id);
    blockLength = math.sub(bound(math.add(id, math.constant(1))), start);
    position.itemStart[loop] = start;
  }

  ItemRange getItemRange() {
    AffineExpr one = getAffineConstantExpr(1, builder.getContext());
    ItemRange range{position.itemStart,
                    SmallVector<AffineExpr>(kernel.extents)};
    for (unsigned loop : kernel.batchLoops)
      range.length[loop] = one;
    for (unsigned loop : getOuterRowLoops())
      range.length[loop] = one;
    if (hasRows()) {
      std::optional<int64_t> constant = getConstantIntValue(blockLength);
      range.length[getBlockLoop()] = one * constant.value_or(plan.blockSize);
    }
    // A depthwise convolution reads the channels that it computes.
    range.start[kernel.columnLoop] =
        math.mul(position.itemPanel, math.constant(plan.panelWidth));
    int64_t columns = plan.panelsPerItem * plan.panelWidth;
    range.length[kernel.columnLoop] = one * columns;
    std::optional<int64_t> constant = getConstantIntValue(numColumns);
    range.hasEvenColumns = constant && *constant % columns == 0;
    return range;
  }

  /// The panels of an item: groups that share a tile, single ones, and the
  /// last one where it has fewer columns.
  void emitPanels(OpFoldResult first) {
    OpFoldResult end = math.add(first, math.constant(plan.panelsPerItem));
    OpFoldResult fullEnd = math.min(end, numFullPanels);
    std::optional<int64_t> full = getConstantIntValue(numFullPanels);
    if (full && *full % plan.panelsPerItem == 0 && numFullPanels == numPanels)
      fullEnd = end;
    OpFoldResult groupEnd = fullEnd;
    if (plan.panelsPerTile > 1 && full && *full % plan.panelsPerTile != 0)
      groupEnd =
          math.sub(fullEnd, math.rem(math.sub(math.max(fullEnd, first), first),
                                     math.constant(plan.panelsPerTile)));
    math.forEach(first, groupEnd, plan.panelsPerTile, [&](OpFoldResult panel) {
      emitPanel(panel, math.constant(plan.panelWidth),
                getColumns(plan.panelsPerTile));
    });
    if (groupEnd != fullEnd)
      math.forEach(
          math.max(groupEnd, first), fullEnd, 1, [&](OpFoldResult panel) {
            emitPanel(panel, math.constant(plan.panelWidth), getColumns(1));
          });
    if (numFullPanels == numPanels)
      return;
    OpFoldResult rest = math.sub(
        numColumns, math.mul(numFullPanels, math.constant(plan.panelWidth)));
    math.forEach(math.max(first, numFullPanels), math.min(end, numPanels), 1,
                 [&](OpFoldResult panel) {
                   emitPanel(panel, rest, getLastColumns(rest));
                 });
  }

  SmallVector<TileColumn> getColumns(int64_t panels) const {
    SmallVector<TileColumn> columns;
    for (int64_t panel = 0; panel < panels; ++panel)
      for (int64_t lane = 0; lane < plan.panelWidth; lane += plan.lanes) {
        int64_t width = std::min(plan.lanes, plan.panelWidth - lane);
        columns.push_back({panel, lane, width, width});
      }
    return columns;
  }

  /// Full registers, and a narrower vector for the rest. Packed panels have
  /// memory there; other operands end with the last column.
  SmallVector<TileColumn> getLastColumns(OpFoldResult rest) {
    SmallVector<TileColumn> columns;
    std::optional<int64_t> constant = getConstantIntValue(rest);
    for (int64_t lane = 0; lane < constant.value_or(plan.panelWidth);
         lane += plan.lanes) {
      int64_t full = std::min(plan.lanes, plan.panelWidth - lane);
      int64_t width = std::min(plan.lanes, constant.value_or(full) - lane);
      if (constant)
        columns.push_back({0, lane, width, isPacked() ? full : width});
      else
        columns.push_back({0, lane, full, full, getMask(rest, lane, full)});
    }
    return columns;
  }

  bool isPacked() const {
    for (auto [i, input] : llvm::enumerate(kernel.inputs))
      if (input && !input->panels &&
          !llvm::is_contained(kernel.transposed, i) &&
          !input->isInvariant(kernel.columnLoop))
        return false;
    return !kernel.initialOperand;
  }

  Value getMask(OpFoldResult rest, int64_t lane, int64_t width) {
    auto type = VectorType::get({width}, builder.getI1Type());
    Value columns = math.value(math.sub(rest, math.constant(lane)));
    return vector::CreateMaskOp::create(builder, type, columns);
  }

  void emitPanel(OpFoldResult panel, OpFoldResult columnsOfPanel,
                 ArrayRef<TileColumn> columns) {
    for (auto [input, source] : llvm::zip_equal(kernel.transposed, sources)) {
      const LoopOperand &layout = source.layout;
      auto step = [&](OpFoldResult base, unsigned loop, OpFoldResult index) {
        return math.add(base,
                        math.mul(index, math.evaluate(layout.strides[loop])));
      };
      OpFoldResult first = math.evaluate(layout.offset);
      for (unsigned loop : kernel.batchLoops)
        first = step(first, loop, position.itemStart[loop]);
      first = step(first, kernel.columnLoop,
                   math.mul(panel, math.constant(plan.panelWidth)));
      tenon::emitPanel(builder, math, kernel, source, first, columnsOfPanel,
                       tile->getInput(input), plan.lanes);
    }
    rows->emit(panel, columns);
  }

  const ContractionKernel &kernel;
  const TilePlan &plan;
  ImplicitLocOpBuilder &builder;
  IndexMath math;
  ArrayRef<Value> buffers;
  SmallVector<OpFoldResult> gridSizes;
  OpFoldResult numItems;
  OpFoldResult numColumns, numPanels, numFullPanels;
  /// Iterations of the block loop in this item.
  OpFoldResult blockLength;
  int64_t minBlockLength = 0;
  TilePosition position;
  std::optional<RegisterTile> tile;
  std::optional<RowTiles> rows;
  /// Where the transposed inputs lie.
  SmallVector<BoundOperand> sources;
};
} // namespace

void tenon::emitContraction(ImplicitLocOpBuilder &builder,
                            const ContractionKernel &kernel,
                            const TilePlan &plan, ValueRange symbols,
                            ArrayRef<Value> buffers, ItemOrder order) {
  KernelTiler(builder, kernel, plan, symbols, buffers).emit(order);
}
