//===- ShapeOps.cpp - constants, shapes as values, and reshaping ----------===//

#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/ElementMovement.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ShapeOps.cpp.inc"

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
// SymbolicConstantOp
//===----------------------------------------------------------------------===//

LogicalResult SymbolicConstantOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!type.getElementType().isInteger())
    return emitOpError("expects integer elements, got ")
           << type.getElementType();
  if (type.getNumElements() != int64_t(getElements().getExprs().size()))
    return emitOpError("expects ") << type.getNumElements() << " elements, got "
                                   << getElements().getExprs().size();
  return success();
}

OpFoldResult SymbolicConstantOp::fold(FoldAdaptor) {
  auto type = cast<RankedTensorType>(getType());
  SmallVector<APInt> values;
  for (AffineExpr expr : getElements().getExprs()) {
    std::optional<int64_t> value = getConstantDim(expr);
    if (!value)
      return {};
    values.emplace_back(type.getElementTypeBitWidth(), *value,
                        /*isSigned=*/true, /*implicitTrunc=*/true);
  }
  return DenseElementsAttr::get(type, values);
}

std::optional<SmallVector<AffineExpr>> SymbolicConstantOp::getSymbolicElements(
    ArrayRef<std::optional<SmallVector<AffineExpr>>>) {
  return llvm::to_vector(getElements().getExprs());
}

//===----------------------------------------------------------------------===//
// ShapeOp
//===----------------------------------------------------------------------===//

LogicalResult ShapeOp::inferReturnTypes(MLIRContext *context,
                                        std::optional<Location> loc,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  int64_t rank =
      cast<RankedTensorType>(adaptor.getOperand().getType()).getRank();
  int64_t start = adaptor.getStart(), end = adaptor.getEnd();
  if (start < 0 || end < start || end > rank)
    return emitOptionalError(loc, "expected 0 <= start <= end <= ", rank,
                             " (the operand's rank), got start ", start,
                             " and end ", end);
  types.push_back(
      RankedTensorType::get({end - start}, IntegerType::get(context, 64)));
  return success();
}

std::optional<SmallVector<AffineExpr>>
ShapeOp::getSymbolicElements(ArrayRef<std::optional<SmallVector<AffineExpr>>>) {
  SmallVector<AffineExpr> dims = getDims(getOperand().getType());
  SmallVector<AffineExpr> elements(dims.begin() + getStart(),
                                   dims.begin() + getEnd());
  if (llvm::any_of(elements, [](AffineExpr dim) { return !dim; }))
    return std::nullopt;
  return elements;
}

/// A shape whose dimensions are all known does not need its operand.
static LogicalResult forgetOperand(ShapeOp op, PatternRewriter &rewriter) {
  auto elements = op.getSymbolicElements({});
  if (!elements)
    return failure();
  rewriter.replaceOpWithNewOp<SymbolicConstantOp>(
      op, op.getType(), DimsAttr::get(op.getContext(), *elements));
  return success();
}

void ShapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *) {
  patterns.add(forgetOperand);
}

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
  // expressions that differ may still have one value; guards check those
  if (getConstantDim(before) && getConstantDim(after) && before != after)
    return emitOpError("expects a shape of ")
           << printDim(before) << " elements, got " << printDim(after);
  return success();
}

void ReshapeOp::addDimGuards(DimGuards &guards) {
  guards.addEqual(getProduct(getDims(getOperand().getType()), getContext()),
                  getProduct(getDims(getType()), getContext()));
}

std::optional<SmallVector<int64_t>> ReshapeOp::getSourcePositions() {
  if (!getType().hasStaticShape())
    return std::nullopt;
  return llvm::to_vector(llvm::seq<int64_t>(0, getType().getNumElements()));
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
