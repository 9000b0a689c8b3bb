//===- Index.cpp - ops whose positions are data ---------------------------===//

#include "../Import/Types.h"
#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"

using namespace mlir;
using namespace tenon;

/// A Range, in the shape of one dimension among ones, expanded to the others.
LogicalResult tenon::exportIota(ExportContext &context, Operation *op) {
  auto iota = cast<IotaOp>(op);
  auto type = cast<RankedTensorType>(iota.getType());
  SmallVector<AffineExpr> dims = getDims(type);
  int64_t axis = iota.getAxis();
  Type i64 = IntegerType::get(op->getContext(), 64);
  std::string size = context.addValue(
      "Reshape", {context.addShape(dims[axis]), context.addInts({})});
  std::string positions = context.addValue(
      "Range", {context.addScalar(i64, 0), size, context.addScalar(i64, 1)});
  SmallVector<int64_t> shape(dims.size(), 1);
  shape[axis] = -1;
  std::string shaped =
      context.addValue("Reshape", {positions, context.addInts(shape)});
  std::string expanded =
      context.addValue("Expand", {shaped, context.addShape(dims)});
  ExportContext::setInt(context.addNode("Cast", op, {expanded}), "to",
                        getDataType(type.getElementType()));
  return success();
}

LogicalResult tenon::exportTopK(ExportContext &context, Operation *op) {
  auto topK = cast<TopKOp>(op);
  onnx::NodeProto &node =
      context.addNode("TopK", op,
                      {context.getName(topK.getOperand()),
                       context.addShape(topK.getK().getExprs())});
  ExportContext::setInt(node, "axis", topK.getAxis());
  ExportContext::setInt(node, "largest", topK.getLargest());
  return success();
}

static StringRef getReduction(Combiner combiner) {
  return combiner == Combiner::replace ? "none" : stringifyCombiner(combiner);
}

LogicalResult tenon::exportScatterElements(ExportContext &context,
                                           Operation *op) {
  auto scatter = cast<ScatterElementsOp>(op);
  onnx::NodeProto &node = context.addNode("ScatterElements", op);
  ExportContext::setInt(node, "axis", scatter.getAxis());
  ExportContext::setText(node, "reduction",
                         getReduction(scatter.getCombiner()));
  return success();
}

LogicalResult tenon::exportScatterND(ExportContext &context, Operation *op) {
  auto scatter = cast<ScatterNDOp>(op);
  ExportContext::setText(context.addNode("ScatterND", op), "reduction",
                         getReduction(scatter.getCombiner()));
  return success();
}

/// NonZero of a vector is a matrix of one row.
LogicalResult tenon::exportTruePositions(ExportContext &context,
                                         Operation *op) {
  std::string row = context.addValue(
      "NonZero", {context.getName(cast<TruePositionsOp>(op).getMask())});
  context.addNode("Reshape", op, {row, context.addInts({-1})});
  return success();
}

/// ONNX's result has as many rows as there are, which its shape says.
LogicalResult tenon::exportNonMaxSuppression(ExportContext &context,
                                             Operation *op) {
  auto suppression = cast<NonMaxSuppressionOp>(op);
  SmallVector<std::string> inputs{context.getName(suppression.getBoxes()),
                                  context.getName(suppression.getScores())};
  for (Value scalar : {suppression.getLimit(), suppression.getIouThreshold(),
                       suppression.getScoreThreshold()})
    inputs.push_back(context.addValue(
        "Reshape", {context.getName(scalar), context.addInts({1})}));
  onnx::NodeProto *node;
  std::string selected = context.addValue("NonMaxSuppression", inputs, &node);
  ExportContext::setInt(*node, "center_point_box", suppression.getIsCentered());
  std::string shape = context.addValue("Shape", {selected});
  context.setName(suppression.getSelected(), selected);
  context.setName(
      suppression.getCount(),
      context.addValue(
          "Gather", {shape, context.addScalar(
                                IntegerType::get(op->getContext(), 64), 0)}));
  return success();
}
