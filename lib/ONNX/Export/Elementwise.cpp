//===- Elementwise.cpp - elementwise ops with a twist ---------------------===//

#include "../Import/Types.h"
#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::exportCast(ExportContext &context, Operation *op) {
  ExportContext::setInt(context.addNode("Cast", op), "to",
                        getDataType(cast<CastOp>(op).getTo()));
  return success();
}

LogicalResult tenon::exportPow(ExportContext &context, Operation *op) {
  context.addNode("Pow", op);
  return success();
}

/// ONNX has Gelu since opset 20 only: x * (1 + erf(x / sqrt(2))) / 2, or
/// x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2.
LogicalResult tenon::exportGelu(ExportContext &context, Operation *op) {
  auto gelu = cast<GeluOp>(op);
  Type elementType = getElementTypeOrSelf(gelu.getType());
  auto scalar = [&](double value) {
    return context.addScalar(elementType, value);
  };
  std::string x = context.getName(gelu.getOperand()), gate;
  if (gelu.getApproximate()) {
    std::string square = context.addValue("Mul", {x, x});
    std::string cubic = context.addValue("Mul", {square, scalar(0.044715)});
    std::string factor = context.addValue("Add", {cubic, scalar(1)});
    std::string inner = context.addValue("Mul", {x, factor});
    gate = context.addValue(
        "Tanh", {context.addValue("Mul", {inner, scalar(0.7978845608028654)})});
  } else {
    gate = context.addValue(
        "Erf", {context.addValue("Mul", {x, scalar(0.7071067811865476)})});
  }
  std::string shifted = context.addValue("Add", {gate, scalar(1)});
  std::string half = context.addValue("Mul", {x, scalar(0.5)});
  context.addNode("Mul", op, {half, shifted});
  return success();
}

LogicalResult tenon::exportMod(ExportContext &context, Operation *op) {
  context.addNode("Mod", op);
  return success();
}

LogicalResult tenon::exportRemainder(ExportContext &context, Operation *op) {
  ExportContext::setInt(context.addNode("Mod", op), "fmod", 1);
  return success();
}

/// ONNX has an operator for booleans and another for integers.
static LogicalResult exportLogic(ExportContext &context, Operation *op,
                                 StringRef name) {
  bool isLogical =
      getElementTypeOrSelf(op->getResult(0).getType()).isInteger(1);
  context.addNode(isLogical ? name.str() : ("Bitwise" + name).str(), op);
  return success();
}

LogicalResult tenon::exportAnd(ExportContext &context, Operation *op) {
  return exportLogic(context, op, "And");
}

LogicalResult tenon::exportOr(ExportContext &context, Operation *op) {
  return exportLogic(context, op, "Or");
}

LogicalResult tenon::exportXor(ExportContext &context, Operation *op) {
  return exportLogic(context, op, "Xor");
}

LogicalResult tenon::exportNot(ExportContext &context, Operation *op) {
  return exportLogic(context, op, "Not");
}

static StringRef getCompareOperator(ComparisonPredicate predicate) {
  switch (predicate) {
  case ComparisonPredicate::eq:
  case ComparisonPredicate::ne:
    return "Equal";
  case ComparisonPredicate::lt:
    return "Less";
  case ComparisonPredicate::le:
    return "LessOrEqual";
  case ComparisonPredicate::gt:
    return "Greater";
  case ComparisonPredicate::ge:
    return "GreaterOrEqual";
  }
  llvm_unreachable("a predicate");
}

/// ONNX has no operator for what is not equal.
LogicalResult tenon::exportCompare(ExportContext &context, Operation *op) {
  auto compare = cast<CompareOp>(op);
  StringRef name = getCompareOperator(compare.getPredicate());
  if (compare.getPredicate() != ComparisonPredicate::ne) {
    context.addNode(name, op);
    return success();
  }
  std::string isEqual =
      context.addValue(name, {context.getName(compare.getLhs()),
                              context.getName(compare.getRhs())});
  context.addNode("Not", op, {isEqual});
  return success();
}

/// ONNX shifts unsigned integers only.
static LogicalResult exportShift(ExportContext &context, Operation *op,
                                 StringRef direction) {
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  if (!element.isUnsignedInteger())
    return op->emitOpError("has an ONNX operator for unsigned integers only, "
                           "got ")
           << element;
  ExportContext::setText(context.addNode("BitShift", op), "direction",
                         direction);
  return success();
}

LogicalResult tenon::exportShiftLeft(ExportContext &context, Operation *op) {
  return exportShift(context, op, "LEFT");
}

LogicalResult tenon::exportShiftRight(ExportContext &context, Operation *op) {
  return exportShift(context, op, "RIGHT");
}

LogicalResult tenon::exportRsqrt(ExportContext &context, Operation *op) {
  std::string root =
      context.addValue("Sqrt", {context.getName(op->getOperand(0))});
  context.addNode("Reciprocal", op, {root});
  return success();
}

/// exp(x) - 1 = 2 sinh(x / 2) exp(x / 2), accurate near 0.
LogicalResult tenon::exportExpm1(ExportContext &context, Operation *op) {
  Type elementType = getElementTypeOrSelf(op->getResult(0).getType());
  std::string half =
      context.addValue("Mul", {context.getName(op->getOperand(0)),
                               context.addScalar(elementType, 0.5)});
  std::string sinh = context.addValue("Sinh", {half}),
              exp = context.addValue("Exp", {half});
  std::string twice =
      context.addValue("Mul", {sinh, context.addScalar(elementType, 2)});
  context.addNode("Mul", op, {twice, exp});
  return success();
}

/// log(1 + x) = 2 atanh(x / (x + 2)), accurate near 0.
LogicalResult tenon::exportLog1p(ExportContext &context, Operation *op) {
  Type elementType = getElementTypeOrSelf(op->getResult(0).getType());
  std::string x = context.getName(op->getOperand(0)),
              two = context.addScalar(elementType, 2);
  std::string quotient =
      context.addValue("Div", {x, context.addValue("Add", {x, two})});
  context.addNode("Mul", op, {context.addValue("Atanh", {quotient}), two});
  return success();
}
