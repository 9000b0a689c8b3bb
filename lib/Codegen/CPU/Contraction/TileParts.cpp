//===- TileParts.cpp - tiles whose reduction is computed in parts ---------===//

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/RegisterTile.h"

using namespace mlir;
using namespace tenon;

void RegisterTile::emitStart(const TilePosition &position,
                             ArrayRef<TileColumn> columns, Value sums) {
  storeSums(position, columns, emitInit(position, columns), sums);
}

void RegisterTile::emitPart(const TilePosition &position,
                            ArrayRef<TileColumn> columns, Value sums) {
  storeSums(position, columns,
            reduce(position, loadSums(position, columns, sums), columns), sums);
}

void RegisterTile::emitEnd(const TilePosition &position,
                           ArrayRef<TileColumn> columns, Value sums) {
  emitEpilogue(position, loadSums(position, columns, sums), columns);
}

Value RegisterTile::getSumIndex(const TilePosition &position, int64_t row,
                                const TileColumn &column) {
  OpFoldResult first = math.mul(position.rowOfPanel, math.constant(panelWidth));
  return math.value(
      math.add(first, math.constant(row * panelWidth + column.lane)));
}

SmallVector<Value> RegisterTile::loadSums(const TilePosition &position,
                                          ArrayRef<TileColumn> columns,
                                          Value sums) {
  Type element = cast<MemRefType>(sums.getType()).getElementType();
  SmallVector<Value> values;
  for (int64_t row = 0; row < position.numRows; ++row)
    for (const TileColumn &column : columns)
      values.push_back(vector::LoadOp::create(
          builder, VectorType::get({column.computedWidth}, element), sums,
          getSumIndex(position, row, column)));
  return values;
}

void RegisterTile::storeSums(const TilePosition &position,
                             ArrayRef<TileColumn> columns,
                             ArrayRef<Value> values, Value sums) {
  for (int64_t row = 0; row < position.numRows; ++row)
    for (auto [c, column] : llvm::enumerate(columns))
      vector::StoreOp::create(builder, values[row * columns.size() + c], sums,
                              getSumIndex(position, row, column));
}
