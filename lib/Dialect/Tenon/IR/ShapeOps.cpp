//===- ShapeOps.cpp - constants, and ops that move elements ---------------===//

#include "tenon/Dialect/Tenon/IR/TenonOps.h"

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location>,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getValue().getType());
  return success();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  RankedTensorType from = getOperand().getType(), to = getType();
  if (from.getElementType() != to.getElementType())
    return emitOpError("expects equal element types, got ")
           << from.getElementType() << " and " << to.getElementType();
  AffineExpr before = getProduct(getDims(from), getContext()),
             after = getProduct(getDims(to), getContext());
  if (!before || !after)
    return success();
  // expressions that differ may still have one value; the run checks those
  if (getConstantDim(before) && getConstantDim(after) && before != after)
    return emitOpError("expects a shape of ")
           << printDim(before) << " elements, got " << printDim(after);
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getOperand());
      dense && getType().hasStaticShape())
    return dense.reshape(getType());
  if (auto source = getOperand().getDefiningOp<ReshapeOp>()) {
    getOperandMutable().assign(source.getOperand());
    return getResult();
  }
  return {};
}
