//===- NonMaxSuppression.cpp - boxes that overlap no better one -----------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

/// A scalar operand, or what it is where it is absent.
static Value getScalar(OnnxNode &node, unsigned index, Type type,
                       double otherwise) {
  Value operand = node.getOperand(index);
  return operand ? node.createReshape(operand, {})
                 : node.createScalar(type, otherwise);
}

LogicalResult tenon::importNonMaxSuppression(OnnxNode &node) {
  NodeComposer c(node);
  MLIRContext *context = node.getContext();
  RankedTensorType type = node.getOperandType(1);
  if (type.getRank() != 3)
    return node.emitError()
           << "expected scores of rank 3, got " << type.getRank();
  SmallVector<AffineExpr> dims = getDims(type);
  Value limit = getScalar(node, 2, c.getI64Type(), 0);
  Value overlap = getScalar(node, 3, c.getF32Type(), 0),
        threshold = getScalar(node, 4, c.getF32Type(),
                              -std::numeric_limits<float>::infinity());
  AffineExpr most = dims[2];
  if (auto known = getSymbolicElements(limit))
    most =
        getMinDim(most, getMaxDim(known->front(), c.getAffineConstantExpr(0)));
  AffineExpr bound = getProduct({dims[0], dims[1], most}, context);
  auto order =
      node.create<TopKOp>(node.getOperand(1), DimsAttr::get(context, dims[2]),
                          c.getI64IntegerAttr(2), c.getBoolAttr(true));
  if (!order || node.hasFailed())
    return failure();
  auto op = node.create<NonMaxSuppressionOp>(
      node.getOperand(0), node.getOperand(1), order.getIndices(), limit,
      overlap, threshold, DimsAttr::get(context, bound),
      node.getInt("center_point_box", 0) ? UnitAttr::get(context) : UnitAttr());
  if (!op)
    return failure();
  AffineExpr count = node.getSizes(op.getCount(), bound).front();
  AffineExpr zero = c.getAffineConstantExpr(0);
  return node.setResult(node.create<SliceOp>(
      getTensorType({count, c.getAffineConstantExpr(3)}, c.getI64Type()),
      op.getSelected(), DimsAttr::get(context, {zero, zero}),
      c.getDenseI64ArrayAttr({1, 1})));
}
