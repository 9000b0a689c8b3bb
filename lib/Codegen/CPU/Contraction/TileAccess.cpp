//===- TileAccess.cpp - a tile's elements in memory -----------------------===//

#include "tenon/Codegen/CPU/Contraction/TileAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/VectorBody.h"

using namespace mlir;
using namespace tenon;

BoundOperand tenon::bind(const LoopOperand &operand, GetBuffer getBuffer) {
  return {operand, getBuffer(operand.argument), /*isLocal=*/false};
}

std::optional<BoundOperand>
tenon::bind(const std::optional<LoopOperand> &operand, GetBuffer getBuffer) {
  return operand ? std::optional(bind(*operand, getBuffer)) : std::nullopt;
}

/// Where the tile's first row and column would lie if its rows started at 0.
Address TileAccess::getTileAddress(const BoundOperand &operand,
                                   const TilePosition &position) const {
  const LoopOperand &layout = operand.layout;
  OpFoldResult base = math.evaluate(layout.offset);
  auto step = [&](unsigned loop, OpFoldResult index) {
    base = math.add(base, math.mul(index, math.evaluate(layout.strides[loop])));
  };
  // in the order in which loops enclose the tile, so that sums can be hoisted
  if (!operand.isLocal)
    for (auto [loop, start] : llvm::enumerate(position.itemStart))
      step(loop, start);
  if (!layout.isInvariant(kernel.columnLoop)) {
    OpFoldResult panelStride = layout.panels
                                   ? math.evaluate(layout.panels->stride)
                                   : math.constant(panelWidth);
    OpFoldResult panel = position.firstPanel;
    if (operand.isLocal)
      panel = math.sub(panel, position.itemPanel);
    base = math.add(base, math.mul(panel, panelStride));
  }
  for (auto [loop, iteration] : llvm::enumerate(position.inner))
    step(loop, iteration);
  return {base, 0};
}

RowAddresses TileAccess::getRowAddresses(const BoundOperand &operand,
                                         const TilePosition &position) const {
  Address tile = getTileAddress(operand, position);
  ArrayRef<unsigned> loops = position.rowLoops;
  const LoopOperand &layout = operand.layout;
  if (llvm::all_of(loops,
                   [&](unsigned loop) { return layout.isInvariant(loop); }))
    return RowAddresses(position.numRows, tile);

  RowAddresses addresses;
  if (loops.size() == 1) {
    OpFoldResult stride = math.evaluate(layout.strides[loops[0]]);
    OpFoldResult first =
        math.add(tile.base, math.mul(position.firstRow, stride));
    std::optional<int64_t> constant = getConstantIntValue(stride);
    for (int64_t row = 0; row < position.numRows; ++row) {
      if (constant)
        addresses.push_back({first, row * *constant});
      else
        addresses.push_back(
            {math.add(first, math.mul(math.constant(row), stride)), 0});
    }
    return addresses;
  }
  SmallVector<OpFoldResult> sizes;
  for (unsigned loop : loops)
    sizes.push_back(math.evaluate(kernel.extents[loop]));
  for (int64_t row = 0; row < position.numRows; ++row) {
    OpFoldResult base = tile.base;
    SmallVector<OpFoldResult> indices = math.delinearize(
        math.add(position.firstRow, math.constant(row)), sizes);
    for (auto [loop, index] : llvm::zip_equal(loops, indices))
      base =
          math.add(base, math.mul(index, math.evaluate(layout.strides[loop])));
    addresses.push_back({base, 0});
  }
  return addresses;
}

/// `buffer` from element `begin` on.
static Value getView(ImplicitLocOpBuilder &builder, Value buffer,
                     OpFoldResult begin) {
  OpFoldResult size = memref::DimOp::create(builder, buffer, 0).getResult();
  return memref::SubViewOp::create(builder, buffer, begin, size,
                                   OpFoldResult(builder.getIndexAttr(1)));
}

Value TileAccess::load(const BoundOperand &operand, Address address,
                       const TileColumn &column, int64_t width) const {
  const LoopOperand &layout = operand.layout;
  if (layout.isInvariant(kernel.columnLoop)) {
    OpFoldResult displacement = math.constant(address.displacement);
    if (address.index)
      return memref::LoadOp::create(
          builder, getView(builder, operand.buffer, address.base),
          math.value(math.add(address.index, displacement)));
    return memref::LoadOp::create(
        builder, operand.buffer,
        math.value(math.add(address.base, displacement)));
  }
  OpFoldResult base = address.base;
  int64_t displacement = address.displacement + column.lane;
  if (!layout.panels)
    displacement += column.panel * panelWidth;
  else
    base = math.add(base, math.mul(math.constant(column.panel),
                                   math.evaluate(layout.panels->stride)));
  Value index = math.value(math.add(base, math.constant(displacement)));
  auto type = VectorType::get({width}, layout.elementType);
  if (!column.mask || layout.panels)
    return vector::LoadOp::create(builder, type, operand.buffer, index);
  Value zero = arith::ConstantOp::create(builder, builder.getZeroAttr(type));
  return vector::MaskedLoadOp::create(builder, type, operand.buffer, index,
                                      column.mask, zero);
}

void TileAccess::store(Value vector, const BoundOperand &operand,
                       Address address, const TileColumn &column) const {
  Value index = math.value(math.add(
      address.base, math.constant(address.displacement +
                                  column.panel * panelWidth + column.lane)));
  if (column.mask)
    vector::MaskedStoreOp::create(builder, operand.buffer, index, column.mask,
                                  vector);
  else
    vector::StoreOp::create(builder, vector, operand.buffer, index);
}

Value TileAccess::getIndex(unsigned loop, const TilePosition &position,
                           int64_t row, const TileColumn &column) const {
  if (loop == kernel.columnLoop) {
    OpFoldResult first =
        math.add(math.mul(position.firstPanel, math.constant(panelWidth)),
                 math.constant(column.panel * panelWidth + column.lane));
    auto type = VectorType::get({column.width}, builder.getIndexType());
    return arith::AddIOp::create(
        builder, broadcastTo(builder, math.value(first), column.width),
        vector::StepOp::create(builder, type));
  }
  OpFoldResult index = math.add(position.itemStart[loop], position.inner[loop]);
  if (const unsigned *it = llvm::find(position.rowLoops, loop);
      it != position.rowLoops.end()) {
    SmallVector<OpFoldResult> sizes;
    for (unsigned rowLoop : position.rowLoops)
      sizes.push_back(math.evaluate(kernel.extents[rowLoop]));
    index = math.add(
        index, math.delinearize(math.add(position.firstRow, math.constant(row)),
                                sizes)[it - position.rowLoops.begin()]);
  }
  return math.value(index);
}
