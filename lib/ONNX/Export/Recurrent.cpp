//===- Recurrent.cpp - recurrent layers -----------------------------------===//

#include "../Import/Activations.h"
#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/RecurrentOps.h"

using namespace mlir;
using namespace tenon;

static void setFloats(onnx::NodeProto &node, StringRef name,
                      ArrayRef<float> values) {
  if (values.empty())
    return;
  onnx::AttributeProto &attribute =
      addAttribute(node, name, onnx::AttributeProto::FLOATS);
  for (float value : values)
    attribute.add_floats(value);
}

/// A layer with the operands that all have, and `more`; absent ones have empty
/// names.
template <typename Op>
static onnx::NodeProto &addLayer(ExportContext &context, StringRef opType,
                                 Op op, ValueRange more = {}) {
  SmallVector<Value> operands = {
      op.getX(),    op.getWeights(),         op.getRecurrence(),
      op.getBias(), op.getSequenceLengths(), op.getInitialH()};
  llvm::append_range(operands, more);
  while (!operands.back())
    operands.pop_back();
  onnx::NodeProto &node = context.addNode(
      opType, op, llvm::map_to_vector(operands, [&](Value operand) {
        return context.getName(operand);
      }));
  auto recurrence = cast<RankedTensorType>(op.getRecurrence().getType());
  ExportContext::setInt(node, "hidden_size", recurrence.getDimSize(2));
  ExportContext::setText(node, "direction",
                         stringifyDirection(op.getDirection()));
  if (op.getClip())
    ExportContext::setFloat(node, "clip", op.getClip()->convertToFloat());
  onnx::AttributeProto &names =
      addAttribute(node, "activations", onnx::AttributeProto::STRINGS);
  SmallVector<float> alphas, betas;
  for (auto [index, name] :
       llvm::enumerate(op.getActivations().template getAsRange<StringAttr>())) {
    names.add_strings(name.str());
    if (takesAlpha(name))
      alphas.push_back(op.getAlphas()[index]);
    if (takesBeta(name))
      betas.push_back(op.getBetas()[index]);
  }
  setFloats(node, "activation_alpha", alphas);
  setFloats(node, "activation_beta", betas);
  return node;
}

LogicalResult tenon::exportRnn(ExportContext &context, Operation *op) {
  addLayer(context, "RNN", cast<RNNOp>(op));
  return success();
}

LogicalResult tenon::exportGru(ExportContext &context, Operation *op) {
  auto gru = cast<GRUOp>(op);
  ExportContext::setInt(addLayer(context, "GRU", gru), "linear_before_reset",
                        gru.getLinearBeforeReset());
  return success();
}

LogicalResult tenon::exportLstm(ExportContext &context, Operation *op) {
  auto lstm = cast<LSTMOp>(op);
  onnx::NodeProto &node = addLayer(context, "LSTM", lstm,
                                   {lstm.getInitialC(), lstm.getPeepholes()});
  ExportContext::setInt(node, "input_forget", lstm.getInputForget());
  return success();
}
