//===- Recurrent.cpp - RNN, GRU and LSTM ----------------------------------===//

#include "Activations.h"
#include "ImportFunctions.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/RecurrentOps.h"

using namespace mlir;
using namespace tenon;

namespace {
/// The attributes that the three layers share.
struct RecurrentAttributes {
  DirectionAttr direction;
  ArrayAttr activations;
  DenseF32ArrayAttr alphas, betas;
  FloatAttr clip;
};
} // namespace

/// ONNX's defaults for an activation's alpha and beta.
static std::pair<float, float> getActivationDefaults(StringRef name) {
  if (name == "LeakyRelu")
    return {0.01f, 0.0f};
  if (name == "HardSigmoid")
    return {0.2f, 0.5f};
  return {1.0f, 0.0f};
}

static FailureOr<RecurrentAttributes>
getRecurrentAttributes(OnnxNode &node, ArrayRef<StringRef> defaults) {
  StringRef text = node.getText("direction", "forward");
  std::optional<Direction> direction = symbolizeDirection(text);
  if (!direction)
    return node.emitError() << "expected attribute \"direction\" to be "
                               "forward, reverse or bidirectional, got \""
                            << text << "\"";
  int64_t layout = node.getInt("layout", 0);
  if (layout != 0 && layout != 1)
    return node.emitError()
           << "expected attribute \"layout\" to be 0 or 1, got " << layout;
  size_t numDirections = *direction == Direction::bidirectional ? 2 : 1;
  SmallVector<StringRef> names = node.getTexts("activations");
  if (names.empty())
    for (size_t i = 0; i < numDirections; ++i)
      llvm::append_range(names, defaults);
  if (names.size() != numDirections * defaults.size())
    return node.emitError() << "expected " << numDirections * defaults.size()
                            << " activations, got " << names.size();

  SmallVector<double> givenAlphas =
      node.getFloats("activation_alpha").value_or(SmallVector<double>());
  SmallVector<double> givenBetas =
      node.getFloats("activation_beta").value_or(SmallVector<double>());
  const double *nextAlpha = givenAlphas.begin();
  const double *nextBeta = givenBetas.begin();
  SmallVector<float> alphas, betas;
  for (StringRef name : names) {
    auto [alpha, beta] = getActivationDefaults(name);
    if (takesAlpha(name) && nextAlpha != givenAlphas.end())
      alpha = *nextAlpha++;
    if (takesBeta(name) && nextBeta != givenBetas.end())
      beta = *nextBeta++;
    alphas.push_back(alpha);
    betas.push_back(beta);
  }
  Builder &b = node.getBuilder();
  return RecurrentAttributes{
      DirectionAttr::get(node.getContext(), *direction),
      b.getStrArrayAttr(names), b.getDenseF32ArrayAttr(alphas),
      b.getDenseF32ArrayAttr(betas),
      node.hasAttribute("clip") ? b.getF32FloatAttr(node.getFloat("clip", 0))
                                : FloatAttr()};
}

static UnitAttr getFlag(OnnxNode &node, StringRef name) {
  return node.getInt(name, 0) ? UnitAttr::get(node.getContext()) : UnitAttr();
}

/// A sequence or a state of the node; with layout 1 the batch is their first
/// dimension, where the dialect has time or the direction.
static Value getStates(OnnxNode &node, unsigned index) {
  Value states = node.getOperand(index);
  if (!states || !node.getInt("layout", 0))
    return states;
  return node.create<TransposeOp>(states, ArrayRef<int64_t>{1, 0, 2});
}

/// All states ([time, direction, batch, hidden]) and the last ones.
static LogicalResult setStates(OnnxNode &node, Operation *op) {
  if (!op)
    return failure();
  SmallVector<Value> results(op->getResults());
  if (node.getInt("layout", 0))
    for (auto [index, result] : llvm::enumerate(results))
      result =
          index == 0
              ? node.create<TransposeOp>(result, ArrayRef<int64_t>{2, 0, 1, 3})
              : node.create<TransposeOp>(result, ArrayRef<int64_t>{1, 0, 2});
  return node.setResults(results);
}

LogicalResult tenon::importRnn(OnnxNode &node) {
  auto a = getRecurrentAttributes(node, {"Tanh"});
  if (failed(a))
    return failure();
  auto op = node.create<RNNOp>(
      getStates(node, 0), node.getOperand(1), node.getOperand(2),
      node.getOperand(3), node.getOperand(4), getStates(node, 5), a->direction,
      a->activations, a->alphas, a->betas, a->clip);
  return setStates(node, op);
}

LogicalResult tenon::importGru(OnnxNode &node) {
  auto a = getRecurrentAttributes(node, {"Sigmoid", "Tanh"});
  if (failed(a))
    return failure();
  auto op = node.create<GRUOp>(
      getStates(node, 0), node.getOperand(1), node.getOperand(2),
      node.getOperand(3), node.getOperand(4), getStates(node, 5), a->direction,
      a->activations, a->alphas, a->betas, a->clip,
      getFlag(node, "linear_before_reset"));
  return setStates(node, op);
}

LogicalResult tenon::importLstm(OnnxNode &node) {
  auto a = getRecurrentAttributes(node, {"Sigmoid", "Tanh", "Tanh"});
  if (failed(a))
    return failure();
  auto op = node.create<LSTMOp>(
      getStates(node, 0), node.getOperand(1), node.getOperand(2),
      node.getOperand(3), node.getOperand(4), getStates(node, 5),
      getStates(node, 6), node.getOperand(7), a->direction, a->activations,
      a->alphas, a->betas, a->clip, getFlag(node, "input_forget"));
  return setStates(node, op);
}
