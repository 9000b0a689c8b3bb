//===- TileReduction.cpp - the sums of a tile -----------------------------===//

#include "tenon/Codegen/CPU/Contraction/TileReduction.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "tenon/Codegen/CPU/Contraction/VectorBody.h"

using namespace mlir;
using namespace tenon;

namespace {
/// A row of a window up to this width is unrolled where neighbouring rows of
/// the tile read the same elements: they are loaded once. Unrolling the whole
/// window too spills (0.22 of the peak instead of 0.6 on 3x3).
constexpr int64_t kMaxUnrolledWindow = 8;
} // namespace

TileReduction::TileReduction(const TileAccess &access, GetBuffer getBuffer)
    : access(access), builder(access.builder), math(access.math),
      kernel(access.kernel) {
  for (const std::optional<LoopOperand> &input : kernel.inputs)
    inputs.push_back(bind(input, getBuffer));
  mergeLoops();
}

void TileReduction::rebind(unsigned input, const BoundOperand &operand) {
  inputs[input] = operand;
  mergeLoops();
}

void TileReduction::mergeLoops() {
  loops.clear();
  for (unsigned loop : llvm::reverse(kernel.reductionLoops)) {
    AffineExpr extent = kernel.extents[loop];
    if (extent == 1)
      continue;
    bool isEven = !loops.empty();
    for (const std::optional<BoundOperand> &input : inputs)
      if (input && isEven)
        isEven =
            isContiguousPair(input->layout.strides[loop], loops.front().extent,
                             input->layout.strides[loops.front().loop]);
    if (isEven)
      loops.front().extent = loops.front().extent * extent;
    else
      loops.insert(loops.begin(), {loop, extent});
  }
}

OpFoldResult TileReduction::getDepth() const {
  return loops.empty() ? math.constant(1) : math.evaluate(loops.front().extent);
}

SmallVector<Value> TileReduction::emit(const TilePosition &position,
                                       const DepthRange &depth,
                                       ArrayRef<Value> sums,
                                       ArrayRef<TileColumn> columns) {
  Reads reads;
  for (const std::optional<BoundOperand> &input : inputs)
    reads.inputs.push_back(input ? access.getRowAddresses(*input, position)
                                 : RowAddresses());
  reads.ahead =
      choosePrefetch(access, position, depth, loops, inputs, reads.inputs);
  return emitLoop(0, reads, SmallVector<Value>(sums), depth, columns);
}

/// Every address moves on with the loop; equal bases stay equal values.
TileReduction::Reads TileReduction::advance(const Reads &reads, unsigned level,
                                            OpFoldResult iteration) {
  unsigned loop = loops[level].loop;
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
    if (!constant && level + 1 == loops.size() &&
        input->layout.isInvariant(kernel.columnLoop)) {
      for (Address &address : rows)
        address.index = math.value(distance);
      continue;
    }
    llvm::SmallDenseMap<Value, OpFoldResult> moved;
    for (Address &address : rows) {
      if (constant) {
        address.displacement += *constant;
        continue;
      }
      Value base = math.value(address.base);
      auto [sum, isNew] = moved.try_emplace(base);
      if (isNew)
        sum->second = math.add(base, distance);
      address.base = sum->second;
    }
  }
  return advanced;
}

/// Loop number `level` and those in it.
SmallVector<Value> TileReduction::emitLoop(unsigned level, const Reads &reads,
                                           SmallVector<Value> sums,
                                           const DepthRange &depth,
                                           ArrayRef<TileColumn> columns) {
  if (level == loops.size())
    return emitStep(reads, sums, columns);
  AffineExpr extent = loops[level].extent;
  auto constant = dyn_cast<AffineConstantExpr>(extent);
  if (level + 1 == loops.size() && kernel.isColumnwise() && constant &&
      constant.getValue() <= kMaxUnrolledWindow) {
    for (int64_t i = 0; i < constant.getValue(); ++i)
      sums = emitStep(advance(reads, level, math.constant(i)), sums, columns);
    return sums;
  }
  bool isOutermost = level == 0;
  OpFoldResult begin = isOutermost ? depth.begin : math.constant(0);
  // What is fetched by an unknown step has its address carried along: a product
  // in the loop would take registers from the rows' addresses.
  SmallVector<Value> carried = sums;
  bool carriesAddress =
      reads.ahead && !getConstantIntValue(reads.ahead->strides[level]);
  if (carriesAddress)
    carried.push_back(math.value(math.add(
        reads.ahead->address, math.mul(begin, reads.ahead->strides[level]))));
  auto forOp = scf::ForOp::create(
      builder, math.value(begin),
      math.value(isOutermost ? depth.end : math.evaluate(extent)),
      math.value(math.constant(1)), carried);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(forOp.getBody());
  auto inside = llvm::to_vector_of<Value>(forOp.getRegionIterArgs());
  Reads advanced = advance(reads, level, forOp.getInductionVar());
  Value address = carriesAddress ? inside.pop_back_val() : Value();
  if (address)
    advanced.ahead->address = address;
  SmallVector<Value> reduced =
      emitLoop(level + 1, advanced, inside, depth, columns);
  if (address)
    reduced.push_back(
        math.value(math.add(address, reads.ahead->strides[level])));
  scf::YieldOp::create(builder, reduced);
  auto results = llvm::to_vector_of<Value>(forOp.getResults());
  results.truncate(sums.size());
  return results;
}

/// One iteration of the innermost reduction.
SmallVector<Value> TileReduction::emitStep(const Reads &reads,
                                           ArrayRef<Value> sums,
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
        shared[c][i] = access.load(*input, reads.inputs[i][0], column,
                                   column.computedWidth);

  if (reads.ahead)
    memref::PrefetchOp::create(builder, reads.ahead->buffer,
                               math.value(reads.ahead->address),
                               /*isWrite=*/false, /*localityHint=*/2,
                               /*isDataCache=*/true);

  SmallVector<Value> results;
  unsigned numRows = sums.size() / columns.size();
  for (unsigned row = 0; row < numRows; ++row) {
    SmallVector<Value> scalars(numInputs);
    for (auto [i, input] : llvm::enumerate(inputs))
      if (input && input->layout.isInvariant(kernel.columnLoop))
        scalars[i] = shared[0][i]
                         ? shared[0][i]
                         : access.load(*input, reads.inputs[i][row], columns[0],
                                       /*width=*/1);
    for (auto [c, column] : llvm::enumerate(columns)) {
      SmallVector<Value> arguments = shared[c];
      for (auto [i, input] : llvm::enumerate(inputs))
        if (scalars[i])
          arguments[i] = scalars[i];
        else if (input && !arguments[i])
          arguments[i] = access.load(*input, reads.inputs[i][row], column,
                                     column.computedWidth);
      arguments.push_back(sums[row * columns.size() + c]);
      results.push_back(broadcastTo(
          builder,
          emitVectorBody(builder, kernel.root, arguments, column.computedWidth,
                         /*indices=*/nullptr)[0],
          column.computedWidth));
    }
  }
  return results;
}
