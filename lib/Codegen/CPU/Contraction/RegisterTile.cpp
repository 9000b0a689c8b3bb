//===- RegisterTile.cpp - the inner kernel --------------------------------===//

#include "tenon/Codegen/CPU/Contraction/RegisterTile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/VectorBody.h"

using namespace mlir;
using namespace tenon;

namespace {
/// A row of a window up to this width is unrolled where neighbouring rows of
/// the tile read the same elements: they are loaded once. Unrolling the whole
/// window too spills (0.22 of the peak instead of 0.6 on 3x3).
constexpr int64_t kMaxUnrolledWindow = 8;
} // namespace

RegisterTile::RegisterTile(ImplicitLocOpBuilder &builder, IndexMath &math,
                           const ReductionKernel &kernel, int64_t panelWidth,
                           llvm::function_ref<Value(unsigned)> getBuffer)
    : builder(builder), math(math), kernel(kernel), panelWidth(panelWidth) {
  auto bind = [&](const std::optional<LoopOperand> &operand) {
    return operand ? std::optional(BoundOperand{
                         *operand, getBuffer(operand->argument), false})
                   : std::nullopt;
  };
  for (const std::optional<LoopOperand> &input : kernel.inputs)
    inputs.push_back(bind(input));
  initial = bind(kernel.initialOperand);
  for (const EpilogueStage &stage : kernel.stages)
    stages.emplace_back(llvm::to_vector(llvm::map_range(stage.operands, bind)));
  for (const KernelStore &store : kernel.stores)
    stores.push_back(*bind(store.destination));
  mergeReductionLoops();
}

void RegisterTile::rebind(unsigned input, const BoundOperand &operand) {
  inputs[input] = operand;
  mergeReductionLoops();
}

void RegisterTile::mergeReductionLoops() {
  reductions.clear();
  for (unsigned loop : llvm::reverse(kernel.reductionLoops)) {
    AffineExpr extent = kernel.extents[loop];
    if (extent == 1)
      continue;
    bool isEven = !reductions.empty();
    for (const std::optional<BoundOperand> &input : inputs)
      if (input && isEven)
        isEven = isContiguousPair(
            input->layout.strides[loop], reductions.front().second,
            input->layout.strides[reductions.front().first]);
    if (isEven)
      reductions.front().second = reductions.front().second * extent;
    else
      reductions.insert(reductions.begin(), {loop, extent});
  }
}

/// Where the tile's first row and column would lie if its rows started at 0.
Address RegisterTile::getTileAddress(const BoundOperand &operand,
                                     const TilePosition &position) {
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
    OpFoldResult panelStride = layout.panelWidth
                                   ? math.evaluate(layout.panelStride)
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

RegisterTile::Addresses
RegisterTile::getRowAddresses(const BoundOperand &operand,
                              const TilePosition &position) {
  Address tile = getTileAddress(operand, position);
  ArrayRef<unsigned> loops = position.rowLoops;
  const LoopOperand &layout = operand.layout;
  if (llvm::all_of(loops,
                   [&](unsigned loop) { return layout.isInvariant(loop); }))
    return Addresses(position.numRows, tile);

  Addresses addresses;
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

/// A scalar if the operand is the same for all columns, else a vector.
Value RegisterTile::load(const BoundOperand &operand, Address address,
                         const TileColumn &column, int64_t width) {
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
  if (!layout.panelWidth)
    displacement += column.panel * panelWidth;
  else
    base = math.add(base, math.mul(math.constant(column.panel),
                                   math.evaluate(layout.panelStride)));
  Value index = math.value(math.add(base, math.constant(displacement)));
  auto type = VectorType::get({width}, layout.elementType);
  if (!column.mask || layout.panelWidth)
    return vector::LoadOp::create(builder, type, operand.buffer, index);
  Value zero = arith::ConstantOp::create(builder, builder.getZeroAttr(type));
  return vector::MaskedLoadOp::create(builder, type, operand.buffer, index,
                                      column.mask, zero);
}

SmallVector<Value> RegisterTile::emitInit(const TilePosition &position,
                                          ArrayRef<TileColumn> columns) {
  SmallVector<Value> accumulators;
  Value scalar;
  Addresses addresses;
  if (initial)
    addresses = getRowAddresses(*initial, position);
  else if (Operation *constant = kernel.initialScalar.getDefiningOp())
    scalar = builder.clone(*constant)->getResult(0);
  for (int64_t row = 0; row < position.numRows; ++row)
    for (const TileColumn &column : columns) {
      Value value = scalar;
      if (initial)
        value = load(*initial, addresses[row], column, column.computedWidth);
      accumulators.push_back(broadcastTo(builder, value, column.computedWidth));
    }
  return accumulators;
}

OpFoldResult RegisterTile::getDepth() {
  return reductions.empty() ? math.constant(1)
                            : math.evaluate(reductions.front().second);
}

void RegisterTile::emit(const TilePosition &position,
                        ArrayRef<TileColumn> columns) {
  emitEpilogue(position, reduce(position, emitInit(position, columns), columns),
               columns);
}

SmallVector<Value> RegisterTile::reduce(const TilePosition &position,
                                        ArrayRef<Value> start,
                                        ArrayRef<TileColumn> columns) {
  Reads reads;
  for (const std::optional<BoundOperand> &input : inputs)
    reads.inputs.push_back(input ? getRowAddresses(*input, position)
                                 : Addresses());
  reads.ahead = choosePrefetch(position, reads.inputs);
  return emitReduction(0, reads, SmallVector<Value>(start), position, columns);
}

SmallVector<Value> RegisterTile::emitReduction(unsigned level,
                                               const Reads &reads,
                                               SmallVector<Value> accumulators,
                                               const TilePosition &position,
                                               ArrayRef<TileColumn> columns) {
  if (level == reductions.size())
    return emitStep(reads, accumulators, columns);
  auto [loop, extent] = reductions[level];
  // Every address moves on with the loop; equal bases stay equal values.
  auto advance = [&, loop = loop](OpFoldResult iteration) {
    Reads advanced = reads;
    if (Prefetch *ahead = advanced.ahead ? &*advanced.ahead : nullptr)
      ahead->address =
          math.add(ahead->address, math.mul(iteration, ahead->strides[level]));
    for (auto [input, rows] : llvm::zip_equal(inputs, advanced.inputs)) {
      if (!input || input->layout.isInvariant(loop))
        continue;
      OpFoldResult distance =
          math.mul(iteration, math.evaluate(input->layout.strides[loop]));
      std::optional<int64_t> constant = getConstantIntValue(distance);
      if (!constant && level + 1 == reductions.size() &&
          input->layout.isInvariant(kernel.columnLoop)) {
        for (Address &address : rows)
          address.index = math.value(distance);
        continue;
      }
      llvm::SmallDenseMap<Value, OpFoldResult> sums;
      for (Address &address : rows) {
        if (constant) {
          address.displacement += *constant;
          continue;
        }
        Value base = math.value(address.base);
        auto [sum, isNew] = sums.try_emplace(base);
        if (isNew)
          sum->second = math.add(base, distance);
        address.base = sum->second;
      }
    }
    return advanced;
  };

  auto constant = dyn_cast<AffineConstantExpr>(extent);
  if (level + 1 == reductions.size() && kernel.isColumnwise() && constant &&
      constant.getValue() <= kMaxUnrolledWindow) {
    for (int64_t i = 0; i < constant.getValue(); ++i)
      accumulators = emitStep(advance(math.constant(i)), accumulators, columns);
    return accumulators;
  }
  bool isOutermost = level == 0;
  OpFoldResult begin = isOutermost ? position.depthBegin : math.constant(0);
  // What is fetched by an unknown step has its address carried along: a product
  // in the loop would take registers from the rows' addresses.
  SmallVector<Value> carried = accumulators;
  bool carriesAddress =
      reads.ahead && !getConstantIntValue(reads.ahead->strides[level]);
  if (carriesAddress)
    carried.push_back(math.value(math.add(
        reads.ahead->address, math.mul(begin, reads.ahead->strides[level]))));
  auto forOp = scf::ForOp::create(
      builder, math.value(begin),
      math.value(isOutermost ? position.depthEnd : math.evaluate(extent)),
      math.value(math.constant(1)), carried);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  auto inside = llvm::to_vector_of<Value>(forOp.getRegionIterArgs());
  Reads advanced = advance(forOp.getInductionVar());
  Value address = carriesAddress ? inside.pop_back_val() : Value();
  if (address)
    advanced.ahead->address = address;
  SmallVector<Value> reduced =
      emitReduction(level + 1, advanced, inside, position, columns);
  if (address)
    reduced.push_back(
        math.value(math.add(address, reads.ahead->strides[level])));
  scf::YieldOp::create(builder, reduced);
  auto results = llvm::to_vector_of<Value>(forOp.getResults());
  results.truncate(accumulators.size());
  return results;
}

/// One iteration of the innermost reduction.
SmallVector<Value> RegisterTile::emitStep(const Reads &reads,
                                          ArrayRef<Value> accumulators,
                                          ArrayRef<TileColumn> columns) {
  // What rows share is loaded once for each column, what columns share once
  // for each row.
  auto isRowInvariant = [&](const BoundOperand &input) {
    return llvm::all_of(kernel.rowLoops, [&](unsigned loop) {
      return input.layout.isInvariant(loop);
    });
  };
  unsigned numInputs = inputs.size();
  SmallVector<SmallVector<Value>> shared(columns.size(),
                                         SmallVector<Value>(numInputs));
  for (auto [c, column] : llvm::enumerate(columns))
    for (auto [i, input] : llvm::enumerate(inputs))
      if (input && isRowInvariant(*input))
        shared[c][i] =
            load(*input, reads.inputs[i][0], column, column.computedWidth);

  if (reads.ahead)
    memref::PrefetchOp::create(builder, reads.ahead->buffer,
                               math.value(reads.ahead->address),
                               /*isWrite=*/false, /*localityHint=*/2,
                               /*isDataCache=*/true);

  SmallVector<Value> sums;
  unsigned numRows = accumulators.size() / columns.size();
  for (unsigned row = 0; row < numRows; ++row) {
    SmallVector<Value> scalars(numInputs);
    for (auto [i, input] : llvm::enumerate(inputs))
      if (input && input->layout.isInvariant(kernel.columnLoop))
        scalars[i] = shared[0][i]
                         ? shared[0][i]
                         : load(*input, reads.inputs[i][row], columns[0],
                                /*width=*/1);
    for (auto [c, column] : llvm::enumerate(columns)) {
      SmallVector<Value> arguments = shared[c];
      for (auto [i, input] : llvm::enumerate(inputs))
        if (scalars[i])
          arguments[i] = scalars[i];
        else if (input && !arguments[i])
          arguments[i] =
              load(*input, reads.inputs[i][row], column, column.computedWidth);
      arguments.push_back(accumulators[row * columns.size() + c]);
      sums.push_back(broadcastTo(builder,
                                 emitVectorBody(builder, kernel.root, arguments,
                                                column.computedWidth,
                                                /*indices=*/nullptr)[0],
                                 column.computedWidth));
    }
  }
  return sums;
}

/// The index of a loop at a row and the columns of a vector.
Value RegisterTile::getIndex(unsigned loop, const TilePosition &position,
                             int64_t row, const TileColumn &column) {
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
  if (auto *it = llvm::find(position.rowLoops, loop);
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

void RegisterTile::emitEpilogue(const TilePosition &position,
                                ArrayRef<Value> accumulators,
                                ArrayRef<TileColumn> columns) {
  SmallVector<SmallVector<Addresses>> stageAddresses;
  for (ArrayRef<std::optional<BoundOperand>> operands : stages) {
    stageAddresses.emplace_back();
    for (const std::optional<BoundOperand> &operand : operands)
      stageAddresses.back().push_back(
          operand ? getRowAddresses(*operand, position) : Addresses());
  }
  SmallVector<Addresses> storeAddresses;
  for (const BoundOperand &store : stores)
    storeAddresses.push_back(getRowAddresses(store, position));

  auto emitVector = [&](int64_t row, const TileColumn &column, Value reduced) {
    if (column.width != column.computedWidth)
      reduced = vector::ExtractStridedSliceOp::create(builder, reduced, {0},
                                                      {column.width}, {1});
    DenseMap<Value, Value> values;
    values[kernel.root->getResult(0)] = reduced;
    for (auto [s, stage] : llvm::enumerate(kernel.stages)) {
      SmallVector<Value> arguments;
      for (auto [i, operand] : llvm::enumerate(stage.op->getOpOperands())) {
        if (const std::optional<BoundOperand> &external = stages[s][i])
          arguments.push_back(
              load(*external, stageAddresses[s][i][row], column, column.width));
        else
          arguments.push_back(values.lookup(operand.get()));
      }
      SmallVector<Value> results = emitVectorBody(
          builder, stage.op, arguments, column.width, [&](unsigned loop) {
            return getIndex(stage.loops[loop], position, row, column);
          });
      for (auto [tensor, result] :
           llvm::zip_equal(stage.op->getResults(), results))
        values[tensor] = broadcastTo(builder, result, column.width);
    }
    for (auto [store, bound, rows] :
         llvm::zip_equal(kernel.stores, stores, storeAddresses)) {
      OpFoldResult index =
          math.add(rows[row].base,
                   math.constant(rows[row].displacement +
                                 column.panel * panelWidth + column.lane));
      Value value = values.lookup(store.tensor);
      if (column.mask)
        vector::MaskedStoreOp::create(builder, bound.buffer, math.value(index),
                                      column.mask, value);
      else
        vector::StoreOp::create(builder, value, bound.buffer,
                                math.value(index));
    }
  };
  for (int64_t row = 0; row < position.numRows; ++row)
    for (auto [c, column] : llvm::enumerate(columns))
      emitVector(row, column, accumulators[row * columns.size() + c]);
}
