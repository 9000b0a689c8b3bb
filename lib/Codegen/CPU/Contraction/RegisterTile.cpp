//===- RegisterTile.cpp - the inner kernel --------------------------------===//

#include "tenon/Codegen/CPU/Contraction/RegisterTile.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/VectorBody.h"

using namespace mlir;
using namespace tenon;

RegisterTile::RegisterTile(const TileAccess &access, GetBuffer getBuffer)
    : access(access), initial(bind(access.kernel.initialOperand, getBuffer)),
      reduction(access, getBuffer), epilogue(access, getBuffer) {}

SmallVector<Value> RegisterTile::emitInit(const TilePosition &position,
                                          ArrayRef<TileColumn> columns) {
  ImplicitLocOpBuilder &builder = access.builder;
  SmallVector<Value> sums;
  Value scalar;
  RowAddresses addresses;
  if (initial)
    addresses = access.getRowAddresses(*initial, position);
  else if (Operation *constant = access.kernel.initialScalar.getDefiningOp())
    scalar = builder.clone(*constant)->getResult(0);
  for (int64_t row = 0; row < position.numRows; ++row)
    for (const TileColumn &column : columns) {
      Value value = scalar;
      if (initial)
        value =
            access.load(*initial, addresses[row], column, column.computedWidth);
      sums.push_back(broadcastTo(builder, value, column.computedWidth));
    }
  return sums;
}

void RegisterTile::emit(const TilePosition &position, const DepthRange &depth,
                        ArrayRef<TileColumn> columns) {
  epilogue.emit(
      position,
      reduction.emit(position, depth, emitInit(position, columns), columns),
      columns);
}

//===----------------------------------------------------------------------===//
// In parts
//===----------------------------------------------------------------------===//

void RegisterTile::emitStart(const TilePosition &position,
                             ArrayRef<TileColumn> columns, Value sums) {
  storeSums(position, columns, emitInit(position, columns), sums);
}

void RegisterTile::emitPart(const TilePosition &position,
                            const DepthRange &depth,
                            ArrayRef<TileColumn> columns, Value sums) {
  storeSums(position, columns,
            reduction.emit(position, depth, loadSums(position, columns, sums),
                           columns),
            sums);
}

void RegisterTile::emitEnd(const TilePosition &position,
                           ArrayRef<TileColumn> columns, Value sums) {
  epilogue.emit(position, loadSums(position, columns, sums), columns);
}

Value RegisterTile::getSumIndex(const TilePosition &position, int64_t row,
                                const TileColumn &column) {
  IndexMath &math = access.math;
  OpFoldResult first =
      math.mul(position.rowOfPanel, math.constant(access.panelWidth));
  return math.value(
      math.add(first, math.constant(row * access.panelWidth + column.lane)));
}

SmallVector<Value> RegisterTile::loadSums(const TilePosition &position,
                                          ArrayRef<TileColumn> columns,
                                          Value sums) {
  Type element = cast<MemRefType>(sums.getType()).getElementType();
  SmallVector<Value> values;
  for (int64_t row = 0; row < position.numRows; ++row)
    for (const TileColumn &column : columns)
      values.push_back(vector::LoadOp::create(
          access.builder, VectorType::get({column.computedWidth}, element),
          sums, getSumIndex(position, row, column)));
  return values;
}

void RegisterTile::storeSums(const TilePosition &position,
                             ArrayRef<TileColumn> columns,
                             ArrayRef<Value> values, Value sums) {
  for (int64_t row = 0; row < position.numRows; ++row)
    for (auto [c, column] : llvm::enumerate(columns))
      vector::StoreOp::create(access.builder, values[row * columns.size() + c],
                              sums, getSumIndex(position, row, column));
}
