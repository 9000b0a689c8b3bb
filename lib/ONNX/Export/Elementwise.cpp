//===- Elementwise.cpp - elementwise ops with a twist ---------------------===//

#include "../Import/Types.h"
#include "ExportFunctions.h"

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
