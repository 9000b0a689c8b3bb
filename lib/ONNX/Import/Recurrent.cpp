//===- Recurrent.cpp - RNN, GRU and LSTM ----------------------------------===//

#include "Activations.h"
#include "ImportFunctions.h"

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
  if (node.getInt("layout", 0))
    return node.emitError() << "expected attribute \"layout\" to be 0";
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

LogicalResult tenon::importRnn(OnnxNode &node) {
  auto a = getRecurrentAttributes(node, {"Tanh"});
  if (failed(a))
    return failure();
  auto op = node.create<RNNOp>(
      node.getOperand(0), node.getOperand(1), node.getOperand(2),
      node.getOperand(3), node.getOperand(4), node.getOperand(5), a->direction,
      a->activations, a->alphas, a->betas, a->clip);
  return op ? node.setResults(op->getResults()) : failure();
}

LogicalResult tenon::importGru(OnnxNode &node) {
  auto a = getRecurrentAttributes(node, {"Sigmoid", "Tanh"});
  if (failed(a))
    return failure();
  auto op = node.create<GRUOp>(
      node.getOperand(0), node.getOperand(1), node.getOperand(2),
      node.getOperand(3), node.getOperand(4), node.getOperand(5), a->direction,
      a->activations, a->alphas, a->betas, a->clip,
      getFlag(node, "linear_before_reset"));
  return op ? node.setResults(op->getResults()) : failure();
}

LogicalResult tenon::importLstm(OnnxNode &node) {
  auto a = getRecurrentAttributes(node, {"Sigmoid", "Tanh", "Tanh"});
  if (failed(a))
    return failure();
  auto op = node.create<LSTMOp>(
      node.getOperand(0), node.getOperand(1), node.getOperand(2),
      node.getOperand(3), node.getOperand(4), node.getOperand(5),
      node.getOperand(6), node.getOperand(7), a->direction, a->activations,
      a->alphas, a->betas, a->clip, getFlag(node, "input_forget"));
  return op ? node.setResults(op->getResults()) : failure();
}
