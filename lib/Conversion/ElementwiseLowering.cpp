//===- ElementwiseLowering.cpp - one linalg.generic a broadcast -----------===//

#include "ElementwiseLowering.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace tenon;

/// For each dimension of the source of `expand`, the one of its result that is
/// it; nullopt where dimensions are split.
static std::optional<SmallVector<unsigned>>
getInsertedUnits(tensor::ExpandShapeOp expand) {
  SmallVector<unsigned> positions;
  RankedTensorType type = expand.getResultType();
  for (const ReassociationIndices &group : expand.getReassociationIndices()) {
    SmallVector<unsigned> sizes;
    for (int64_t index : group)
      if (type.getDimSize(index) != 1)
        sizes.push_back(index);
    if (sizes.size() > 1)
      return std::nullopt;
    positions.push_back(sizes.empty() ? group.front() : sizes.front());
  }
  return positions;
}

IndexedOperand tenon::indexBroadcast(Value operand, ArrayRef<int64_t> shape) {
  unsigned rank = shape.size();
  MLIRContext *context = operand.getContext();
  auto type = cast<RankedTensorType>(operand.getType());
  SmallVector<AffineExpr> exprs;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    unsigned dim = rank - type.getRank() + i;
    // a unit dimension of the result is a loop too: maps stay permutations
    exprs.push_back(type.getDimSize(i) == 1 && shape[dim] != 1
                        ? getAffineConstantExpr(0, context)
                        : getAffineDimExpr(dim, context));
  }
  if (auto expand = operand.getDefiningOp<tensor::ExpandShapeOp>())
    if (auto positions = getInsertedUnits(expand)) {
      exprs = llvm::map_to_vector(
          *positions, [&](unsigned position) { return exprs[position]; });
      operand = expand.getSrc();
    }
  return {operand, AffineMap::get(rank, 0, exprs, context)};
}

TypedAttr tenon::getSplatValue(Value tensor) {
  DenseElementsAttr constant;
  if (!matchPattern(tensor, m_Constant(&constant)) || !constant.isSplat())
    return {};
  return constant.getSplatValue<TypedAttr>();
}

Value tenon::createElementwise(OpBuilder &builder, Location loc,
                               ValueRange operands, Value init,
                               ScalarBody body) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(init.getType()).getShape();
  unsigned rank = shape.size();
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  SmallVector<TypedAttr> splats;
  for (Value operand : operands) {
    splats.push_back(getSplatValue(operand));
    if (splats.back())
      continue;
    IndexedOperand indexed = indexBroadcast(operand, shape);
    inputs.push_back(indexed.tensor);
    maps.push_back(indexed.map);
  }
  maps.push_back(builder.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto build = [&](OpBuilder &nested, Location nestedLoc,
                   ValueRange arguments) {
    SmallVector<Value> scalars;
    for (TypedAttr splat : splats) {
      if (splat) {
        scalars.push_back(arith::ConstantOp::create(nested, nestedLoc, splat));
        continue;
      }
      scalars.push_back(arguments.front());
      arguments = arguments.drop_front();
    }
    linalg::YieldOp::create(nested, nestedLoc,
                            body(nested, nestedLoc, scalars));
  };
  return linalg::GenericOp::create(builder, loc, init.getType(), inputs, init,
                                   maps, iterators, build)
      .getResult(0);
}

Value tenon::createEmptyLike(OpBuilder &builder, Location loc, Value tensor,
                             Type element) {
  Value begun = tensor;
  while (auto op = begun.getDefiningOp<DestinationStyleOpInterface>())
    begun = op.getTiedOpOperand(cast<OpResult>(begun))->get();
  auto empty = begun.getDefiningOp<tensor::EmptyOp>();
  return tensor::EmptyOp::create(
      builder, loc,
      empty ? empty.getMixedSizes()
            : tensor::getMixedSizes(builder, loc, tensor),
      element);
}
