//===- TileEpilogue.cpp - what a tile does with its sums ------------------===//

#include "tenon/Codegen/CPU/Contraction/TileEpilogue.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/VectorBody.h"

using namespace mlir;
using namespace tenon;

TileEpilogue::TileEpilogue(const TileAccess &access, GetBuffer getBuffer)
    : access(access) {
  for (const EpilogueStage &stage : access.kernel.stages) {
    stages.emplace_back();
    for (const std::optional<LoopOperand> &operand : stage.operands)
      stages.back().push_back(bind(operand, getBuffer));
  }
  for (const KernelStore &store : access.kernel.stores)
    stores.push_back(bind(store.destination, getBuffer));
}

void TileEpilogue::emit(const TilePosition &position, ArrayRef<Value> sums,
                        ArrayRef<TileColumn> columns) {
  Addresses addresses;
  for (ArrayRef<std::optional<BoundOperand>> operands : stages) {
    addresses.stages.emplace_back();
    for (const std::optional<BoundOperand> &operand : operands)
      addresses.stages.back().push_back(
          operand ? access.getRowAddresses(*operand, position)
                  : RowAddresses());
  }
  for (const BoundOperand &store : stores)
    addresses.stores.push_back(access.getRowAddresses(store, position));
  for (int64_t row = 0; row < position.numRows; ++row)
    for (auto [c, column] : llvm::enumerate(columns))
      emitVector(position, addresses, row, column,
                 sums[row * columns.size() + c]);
}

void TileEpilogue::emitVector(const TilePosition &position,
                              const Addresses &addresses, int64_t row,
                              const TileColumn &column, Value sum) {
  ImplicitLocOpBuilder &builder = access.builder;
  const ContractionKernel &kernel = access.kernel;
  if (column.width != column.computedWidth)
    sum = vector::ExtractStridedSliceOp::create(builder, sum, {0},
                                                {column.width}, {1});
  DenseMap<Value, Value> values;
  values[kernel.root->getResult(0)] = sum;
  for (auto [s, stage] : llvm::enumerate(kernel.stages)) {
    SmallVector<Value> arguments;
    for (auto [i, operand] : llvm::enumerate(stage.op->getOpOperands())) {
      if (const std::optional<BoundOperand> &external = stages[s][i])
        arguments.push_back(access.load(*external, addresses.stages[s][i][row],
                                        column, column.width));
      else
        arguments.push_back(values.lookup(operand.get()));
    }
    SmallVector<Value> results = emitVectorBody(
        builder, stage.op, arguments, column.width, [&](unsigned loop) {
          return access.getIndex(stage.loops[loop], position, row, column);
        });
    for (auto [tensor, result] :
         llvm::zip_equal(stage.op->getResults(), results))
      values[tensor] = broadcastTo(builder, result, column.width);
  }
  for (auto [store, bound, rows] :
       llvm::zip_equal(kernel.stores, stores, addresses.stores))
    access.store(values.lookup(store.tensor), bound, rows[row], column);
}
