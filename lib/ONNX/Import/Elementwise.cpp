//===- Elementwise.cpp - elementwise operators with a twist ---------------===//

#include "ImportFunctions.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::importGelu(OnnxNode &node) {
  bool isTanh = node.getText("approximate", "none") == "tanh";
  UnitAttr approximate = isTanh ? UnitAttr::get(node.getContext()) : UnitAttr();
  return node.setResult(node.create<GeluOp>(node.getOperand(0), approximate));
}

LogicalResult tenon::importMean(OnnxNode &node) {
  Value sum = node.getOperand(0);
  for (Value operand : node.getOperands().drop_front())
    sum = node.create<AddOp>(sum, operand);
  Value count = node.createScalar(node.getOperandType(0).getElementType(),
                                  node.getNumOperands());
  return node.setResult(node.create<DivOp>(sum, count));
}

LogicalResult tenon::importPow(OnnxNode &node) {
  // the result has the base's type, whatever the exponent's is
  Type elementType = node.getOperandType(0).getElementType();
  Type exponentType = node.getOperandType(1).getElementType();
  if (isa<FloatType>(exponentType) && !isa<FloatType>(elementType)) {
    // a fractional exponent of an integer must not be truncated first
    Value base = node.castTo(node.getOperand(0), exponentType);
    Value power = node.create<PowOp>(base, node.getOperand(1));
    return node.setResult(node.castTo(power, elementType));
  }
  Value exponent = node.castTo(node.getOperand(1), elementType);
  return node.setResult(node.create<PowOp>(node.getOperand(0), exponent));
}

LogicalResult tenon::importMod(OnnxNode &node) {
  if (node.getInt("fmod", 0))
    return node.setResult(
        node.create<RemainderOp>(node.getOperand(0), node.getOperand(1)));
  return node.setResult(
      node.create<ModOp>(node.getOperand(0), node.getOperand(1)));
}

LogicalResult tenon::importBitShift(OnnxNode &node) {
  Value value = node.getOperand(0), amount = node.getOperand(1);
  StringRef direction = node.getText("direction", "");
  if (direction == "LEFT")
    return node.setResult(node.create<ShiftLeftOp>(value, amount));
  if (direction == "RIGHT")
    return node.setResult(node.create<ShiftRightOp>(value, amount));
  return node.emitError()
         << "expected attribute \"direction\" to be LEFT or RIGHT, got \""
         << direction << "\"";
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

LogicalResult tenon::importCast(OnnxNode &node) {
  Type elementType = node.getElementTypeAttribute("to");
  if (!elementType)
    return failure();
  return node.setResult(node.castTo(node.getOperand(0), elementType));
}

LogicalResult tenon::importCastLike(OnnxNode &node) {
  return node.setResult(
      node.castTo(node.getOperand(0), node.getOperandType(1).getElementType()));
}

//===----------------------------------------------------------------------===//
// Clip
//===----------------------------------------------------------------------===//

/// Bounds that are null don't bind. The upper one wins where they cross.
static LogicalResult importBounded(OnnxNode &node, Value low, Value high) {
  Value value = node.getOperand(0);
  if (low)
    value = node.create<MaximumOp>(value, low);
  if (high)
    value = node.create<MinimumOp>(value, high);
  return node.setResult(value);
}

LogicalResult tenon::importClip(OnnxNode &node) {
  return importBounded(node, node.getOperand(1), node.getOperand(2));
}

LogicalResult tenon::importClipByAttributes(OnnxNode &node) {
  Type elementType = node.getOperandType(0).getElementType();
  auto getBound = [&](StringRef name) {
    return node.hasAttribute(name)
               ? node.createScalar(elementType, node.getFloat(name, 0))
               : Value();
  };
  return importBounded(node, getBound("min"), getBound("max"));
}

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// Whether a boolean operand is known to be false, or absent.
static bool isFalse(OnnxNode &node, unsigned index) {
  Value operand = node.getOperand(index);
  if (!operand)
    return true;
  std::optional<SmallVector<AffineExpr>> elements =
      getSymbolicElements(operand);
  return elements && elements->size() == 1 && elements->front() &&
         getConstantDim(elements->front()) == 0;
}

/// Models are imported for inference, where Dropout keeps everything.
/// What training would drop. A ratio that only a run knows has no training.
static Value keepDropout(OnnxNode &node) {
  double ratio = node.getFloat("ratio", 0.5);
  if (Value operand = node.getOperand(1)) {
    DenseFPElementsAttr given;
    if (!matchPattern(operand, m_Constant(&given)) ||
        given.getNumElements() != 1)
      return node.getOperand(0);
    ratio = given.getSplatValue<APFloat>().convertToDouble();
  }
  if (!(ratio > 0 && ratio < 1))
    return node.getOperand(0);
  return node.create<DropoutOp>(node.getOperand(0),
                                node.getBuilder().getF32FloatAttr(ratio));
}

LogicalResult tenon::importDropout(OnnxNode &node) {
  if (!isFalse(node, 2))
    return node.emitError() << "expected input 2 (training_mode) to be false";
  SmallVector<Value> results = {keepDropout(node)};
  if (node.wantsResult(1)) {
    RankedTensorType type = node.getOperandType(0);
    Type maskType = node.getVersion() < 10 ? type.getElementType()
                                           : node.getBuilder().getI1Type();
    results.push_back(node.create<BroadcastOp>(withElementType(type, maskType),
                                               node.createScalar(maskType, 1)));
  }
  return node.setResults(results);
}
