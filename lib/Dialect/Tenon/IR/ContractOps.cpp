//===- ContractOps.cpp - shapes of sums of products -----------------------===//

#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "WindowSyntax.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ContractOps.cpp.inc"

/// Checks that the maps fit the operands, and yields them.
static FailureOr<SmallVector<AffineMap>>
getCheckedMaps(std::optional<Location> loc, ArrayAttr attr,
               ArrayRef<RankedTensorType> operands) {
  if (attr.size() != 3)
    return emitOptionalError(loc, "expected 3 indexing maps, got ",
                             attr.size());
  SmallVector<AffineMap> maps;
  for (Attribute map : attr)
    maps.push_back(cast<AffineMapAttr>(map).getValue());
  for (AffineMap map : maps) {
    if (map.getNumDims() != maps[0].getNumDims() || map.getNumSymbols() != 0)
      return emitOptionalError(loc, "expected indexing maps over ",
                               maps[0].getNumDims(), " dimensions, got ",
                               AffineMapAttr::get(map));
    if (!llvm::all_of(map.getResults(),
                      [](AffineExpr expr) { return isa<AffineDimExpr>(expr); }))
      return emitOptionalError(
          loc, "expected plain dimensions in indexing maps, got ",
          AffineMapAttr::get(map));
  }
  llvm::SmallBitVector used(maps[0].getNumDims());
  for (AffineMap map : ArrayRef(maps).take_front(2))
    for (AffineExpr expr : map.getResults())
      used.set(cast<AffineDimExpr>(expr).getPosition());
  if (!used.all())
    return emitOptionalError(loc,
                             "expected each loop to be a dimension of an "
                             "operand, got none for loop ",
                             used.find_first_unset());
  for (auto [index, type] : llvm::enumerate(operands))
    if (maps[index].getNumResults() != type.getRank())
      return emitOptionalError(loc, "expected operand ", index, " of rank ",
                               maps[index].getNumResults(), ", got ", type);
  return maps;
}

/// The size of each loop, from the operands.
static LogicalResult getLoopSizes(std::optional<Location> loc,
                                  ArrayRef<AffineMap> maps,
                                  ArrayRef<RankedTensorType> operands,
                                  SmallVectorImpl<AffineExpr> &sizes) {
  for (auto [type, map] : llvm::zip(operands, maps))
    for (auto [index, expr] : llvm::enumerate(map.getResults())) {
      AffineExpr &size = sizes[cast<AffineDimExpr>(expr).getPosition()];
      AffineExpr dim = getDim(type, index);
      if (!dim)
        continue;
      bool isConstant = getConstantDim(dim).has_value();
      if (size && isConstant && getConstantDim(size) && size != dim)
        return emitOptionalError(loc,
                                 "expected dimensions that are summed or "
                                 "shared to be equal, got ",
                                 printDim(size), " and ", printDim(dim));
      // a constant says more than a symbol, which must have its value
      if (!size || isConstant)
        size = dim;
    }
  return success();
}

LogicalResult ContractOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> loc,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  auto lhs = cast<RankedTensorType>(adaptor.getLhs().getType()),
       rhs = cast<RankedTensorType>(adaptor.getRhs().getType());
  FailureOr<SmallVector<AffineMap>> maps =
      getCheckedMaps(loc, adaptor.getIndexingMaps(), {lhs, rhs});
  if (failed(maps))
    return failure();
  Type element = adaptor.getResultElement().value_or(lhs.getElementType());
  if (!adaptor.getResultElement() &&
      lhs.getElementType() != rhs.getElementType())
    return emitOptionalError(loc, "expected operands of one element type, got ",
                             lhs.getElementType(), " and ",
                             rhs.getElementType());
  SmallVector<AffineExpr> sizes((*maps)[0].getNumDims());
  if (failed(getLoopSizes(loc, *maps, {lhs, rhs}, sizes)))
    return failure();
  SmallVector<AffineExpr> dims;
  for (AffineExpr expr : (*maps)[2].getResults())
    dims.push_back(sizes[cast<AffineDimExpr>(expr).getPosition()]);
  types.push_back(getTensorType(dims, element));
  return success();
}

/// A loop that several dimensions share has one size.
void ContractOp::addDimGuards(DimGuards &guards) {
  SmallVector<AffineExpr> sizes(getMap(0).getNumDims());
  for (auto [number, operand] : llvm::enumerate(getOperands()))
    for (auto [index, expr] : llvm::enumerate(getMap(number).getResults())) {
      AffineExpr &size = sizes[cast<AffineDimExpr>(expr).getPosition()],
                 dim = getDim(cast<RankedTensorType>(operand.getType()), index);
      guards.addEqual(dim, size);
      if (!size)
        size = dim;
    }
}

/// A product and a sum for every combination of the loops.
AffineExpr ContractOp::getFlops() {
  SmallVector<AffineExpr> sizes(getMap(0).getNumDims());
  auto type = [](Value value) {
    return cast<RankedTensorType>(value.getType());
  };
  if (failed(getLoopSizes(getLoc(), {getMap(0), getMap(1)},
                          {type(getLhs()), type(getRhs())}, sizes)))
    return nullptr;
  AffineExpr products = getProduct(sizes, getContext());
  return products ? products * 2 : products;
}
