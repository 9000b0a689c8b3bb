//===- SymbolicElements.cpp - shape arithmetic, read off the graph --------===//

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

using namespace mlir;

/// Shapes have few dimensions; larger tensors are data, not shapes.
static constexpr int64_t maxElements = 64;

using Elements = std::optional<SmallVector<AffineExpr>>;

static Elements getConstantElements(DenseIntElementsAttr attr) {
  SmallVector<AffineExpr> exprs;
  for (const APInt &element : attr.getValues<APInt>())
    exprs.push_back(
        getAffineConstantExpr(element.getSExtValue(), attr.getContext()));
  return exprs;
}

static Elements getElements(Value value, DenseMap<Value, Elements> &known) {
  if (auto it = known.find(value); it != known.end())
    return it->second;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.getElementType().isInteger() ||
      (type.hasStaticShape() && type.getNumElements() > maxElements))
    return known[value] = std::nullopt;
  DenseIntElementsAttr constant;
  if (matchPattern(value, m_Constant(&constant)))
    return known[value] = getConstantElements(constant);
  auto op = value.getDefiningOp<tenon::SymbolicValueOpInterface>();
  if (!op || op->getNumResults() != 1)
    return known[value] = std::nullopt;
  SmallVector<Elements> operands;
  for (Value operand : op->getOperands())
    operands.push_back(getElements(operand, known));
  return known[value] = op.getSymbolicElements(operands);
}

Elements tenon::getSymbolicElements(Value value) {
  DenseMap<Value, Elements> known;
  return getElements(value, known);
}
