//===- Range.cpp - how many elements, and which ---------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include <cmath>

using namespace mlir;
using namespace tenon;

static std::optional<double> getConstantNumber(OnnxNode &node, unsigned index) {
  DenseElementsAttr constant;
  if (failed(node.evaluateOperand(index)) ||
      !matchPattern(node.getOperand(index), m_Constant(&constant)) ||
      constant.getNumElements() != 1 ||
      !isa<FloatType>(constant.getElementType()))
    return std::nullopt;
  return (*constant.value_begin<APFloat>()).convertToDouble();
}

/// The number of elements as the program computes it from data:
/// ceil((limit - start) / delta), 0 at least.
static AffineExpr computeRangeSize(OnnxNode &node) {
  NodeComposer c(node);
  Value length = c.sub(node.getOperand(1), node.getOperand(0));
  Value delta = node.getOperand(2), count;
  if (isa<FloatType>(getTensorTypeOf(delta).getElementType())) {
    count = c.cast(c.create<CeilOp>(c.div(length, delta)), c.getI64Type());
  } else {
    length = c.cast(length, c.getI64Type());
    delta = c.cast(delta, c.getI64Type());
    Value quotient = c.div(length, delta), zero = c.constant(length, 0);
    Value rest = c.sub(length, c.mul(quotient, delta));
    Value isMore = c.compare(ComparisonPredicate::gt, c.mul(rest, delta), zero);
    count = c.add(quotient, c.cast(isMore, c.getI64Type()));
  }
  count = c.create<MaximumOp>(count, c.constant(count, 0));
  return node.getSizes(count).front();
}

/// How many elements Range has; null after a diagnostic.
static AffineExpr getRangeSize(OnnxNode &node) {
  MLIRContext *context = node.getContext();
  constexpr StringLiteral names[] = {"start", "limit", "delta"};
  for (auto [index, name] : llvm::enumerate(names)) {
    RankedTensorType type = node.getOperandType(index);
    if (type.hasStaticShape() && type.getNumElements() == 1)
      continue;
    node.emitError() << "expected one element in input " << index << " ("
                     << name << "), got " << type;
    return {};
  }
  if (isa<FloatType>(node.getOperandType(0).getElementType())) {
    auto start = getConstantNumber(node, 0);
    auto limit = getConstantNumber(node, 1);
    auto delta = getConstantNumber(node, 2);
    if (delta && *delta == 0) {
      node.emitError() << "expected a delta other than 0";
      return {};
    }
    if (start && limit && delta) {
      double size = std::ceil((*limit - *start) / *delta);
      if (size <= maxTensorElements)
        return getAffineConstantExpr(std::max(0.0, size), context);
      node.emitError() << "expected at most " << maxTensorElements
                       << " elements, got " << size;
      return {};
    }
    return computeRangeSize(node);
  }
  FailureOr<SmallVector<AffineExpr>> start = node.getPartialOperand(0, "start");
  FailureOr<SmallVector<AffineExpr>> limit = node.getPartialOperand(1, "limit");
  FailureOr<SmallVector<AffineExpr>> delta = node.getPartialOperand(2, "delta");
  if (failed(start) || failed(limit) || failed(delta))
    return {};
  std::optional<int64_t> step =
      delta->front() ? getConstantDim(delta->front()) : std::nullopt;
  if (step == 0) {
    node.emitError() << "expected a delta other than 0";
    return {};
  }
  if (!step || !start->front() || !limit->front())
    return computeRangeSize(node);
  AffineExpr length = *step > 0 ? limit->front() - start->front()
                                : start->front() - limit->front();
  // no range has elements beyond the largest one's
  int64_t stride =
      std::abs(std::clamp(*step, -maxTensorElements, maxTensorElements));
  AffineExpr size = simplifyDim(simplifyDim(length).ceilDiv(stride));
  return getConstantDim(size).value_or(0) < 0
             ? getAffineConstantExpr(0, context)
             : size;
}

LogicalResult tenon::importRange(OnnxNode &node) {
  AffineExpr size = getRangeSize(node);
  if (!size)
    return failure();
  Type elementType = node.getOperandType(0).getElementType();
  NodeComposer c(node);
  Value positions = c.cast(c.countUp(size), elementType);
  Value scaled = node.create<MulOp>(positions, node.getOperand(2));
  return node.setResult(node.create<AddOp>(scaled, node.getOperand(0)));
}
