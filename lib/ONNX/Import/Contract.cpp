//===- Contract.cpp - products of matrices --------------------------------===//

#include "ImportFunctions.h"
#include "tenon/Dialect/Tenon/IR/Contractions.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::importMatMul(OnnxNode &node) {
  return node.setResult(
      node.take(buildMatmul(node.getBuilder(), node.getLoc(),
                            node.getOperand(0), node.getOperand(1))));
}

LogicalResult tenon::importEinsum(OnnxNode &node) {
  return node.setResult(
      node.take(buildEinsum(node.getBuilder(), node.getLoc(),
                            node.getText("equation", ""), node.getOperands())));
}

/// `value * factor`, which is mostly 1.
static Value scale(OnnxNode &node, Value value, double factor) {
  if (!value || factor == 1)
    return value;
  Type elementType = getElementTypeOrSelf(value.getType());
  return node.create<MulOp>(value, node.createScalar(elementType, factor));
}

LogicalResult tenon::importGemm(OnnxNode &node) {
  Value product = node.take(buildGemm(
      node.getBuilder(), node.getLoc(), node.getOperand(0), node.getOperand(1),
      node.getInt("transA", 0), node.getInt("transB", 0)));
  product = scale(node, product, node.getFloat("alpha", 1));
  if (Value c = node.getOperand(2))
    product = node.addBias(product, scale(node, c, node.getFloat("beta", 1)));
  return node.setResult(product);
}
