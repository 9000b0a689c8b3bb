//===- DifferentiateSteps.cpp - a loss becomes a training step ------------===//

#include "AverageGradients.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Autodiff/Optimizers.h"
#include "tenon/Autodiff/Passes.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/GlobPattern.h"

namespace tenon {
#define GEN_PASS_DEF_DIFFERENTIATESTEPSPASS
#include "tenon/Autodiff/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

static FailureOr<bool> matchesAny(ArrayAttr patterns, StringRef name,
                                  Location loc) {
  for (Attribute attr : patterns) {
    auto text = dyn_cast<StringAttr>(attr);
    if (!text)
      return emitError(loc) << "expected patterns to be strings, got " << attr;
    auto pattern = llvm::GlobPattern::create(text.getValue());
    if (!pattern)
      return emitError(loc)
             << "expected a pattern of names, got '" << text.getValue()
             << "': " << llvm::toString(pattern.takeError());
    if (pattern->match(name))
      return true;
  }
  return false;
}

namespace {
/// Turns one function with a `tenon.step` into forward, backward and update.
class StepBuilder {
public:
  StepBuilder(func::FuncOp function, SymbolTable &symbols)
      : function(function), symbols(symbols),
        step(function->getAttrOfType<StepAttr>(stepAttrName)),
        c(function.getLoc(), OpBuilder(function.front().getTerminator())) {}

  LogicalResult build();

private:
  LogicalResult verifyLoss();
  /// The parameters to train, each with the value that the function reads.
  LogicalResult collectParameters();
  /// A state of this step, made where it is missing.
  Value getState(StringRef name, RankedTensorType type, double initial,
                 StateKind kind = StateKind::kept);
  void setState(StringRef name, Value value) {
    SetStateOp::create(c, getStateName(name), value);
  }
  std::string getStateName(StringRef name) {
    return (step.getName() + "/" + name).str();
  }
  /// What the loss's cotangent is: of several ranks, how much this one's
  /// samples count. The loss that all see is their mean.
  Value weighLoss(Value loss);
  void clip(SmallVectorImpl<Value> &gradients);
  void update(StringRef parameter, OptimizerUpdate update);

  func::FuncOp function;
  SymbolTable &symbols;
  StepAttr step;
  Composer c;
  llvm::MapVector<StringAttr, Value> parameters;
};
} // namespace

LogicalResult StepBuilder::verifyLoss() {
  auto types = function.getResultTypes();
  auto loss =
      types.empty() ? RankedTensorType() : dyn_cast<RankedTensorType>(types[0]);
  if (!loss || loss.getRank() != 0 || !isa<FloatType>(loss.getElementType()))
    return function.emitError("expected a step whose first result is a loss, a "
                              "scalar of floats");
  return verifyOptimizer(function.getLoc(), step.getOptimizer());
}

LogicalResult StepBuilder::collectParameters() {
  bool hasFailed = false;
  function.walk([&](GetStateOp get) {
    auto parameter = symbols.lookup<StateOp>(get.getStateAttr().getAttr());
    StringRef name = parameter.getName();
    if (!parameter.isTrained() || !isDifferentiable(get.getType()))
      return;
    FailureOr<bool> isTrained =
                        matchesAny(step.getParameters(), name, get.getLoc()),
                    isFrozen = matchesAny(step.getFrozen(), name, get.getLoc());
    hasFailed |= failed(isTrained) || failed(isFrozen);
    if (hasFailed || !*isTrained || *isFrozen)
      return;
    auto [it, isNew] =
        parameters.insert({parameter.getNameAttr(), get.getResult()});
    if (!isNew) // read once, so that its gradient is one sum
      get.replaceAllUsesWith(it->second);
  });
  if (hasFailed)
    return failure();
  if (parameters.empty())
    return function.emitError("expected parameters to train, got none that ")
           << step.getParameters() << " names";
  return success();
}

Value StepBuilder::getState(StringRef name, RankedTensorType type,
                            double initial, StateKind kind) {
  std::string full = getStateName(name);
  if (!symbols.lookup(full)) {
    auto value = DenseElementsAttr::get(
        type, FloatAttr::get(type.getElementType(), initial).getValue());
    OpBuilder builder(function);
    auto parameter =
        StateOp::create(builder, function.getLoc(), full, kind, value);
    symbols.insert(parameter, parameter->getIterator());
  }
  return GetStateOp::create(c, type, full);
}

Value StepBuilder::weighLoss(Value loss) {
  if (!function->hasAttr(sharedStepAttrName))
    return c.constant(loss, 1);
  auto scalar = RankedTensorType::get({}, c.getF32Type());
  Value weight =
      c.cast(getState(rankWeightStateName, scalar, 1, StateKind::scratch),
             getElementTypeOrSelf(loss.getType()));
  Value mean = AllReduceOp::create(c, ReduceKind::mean, c.mul(loss, weight));
  function.front().getTerminator()->setOperand(0, mean);
  return weight;
}

/// Scales all gradients by min(1, clip_norm / their joint norm).
void StepBuilder::clip(SmallVectorImpl<Value> &gradients) {
  double limit = step.getClipNorm().getValueAsDouble();
  if (limit <= 0)
    return;
  Value sum;
  for (Value gradient : gradients) {
    auto axes = llvm::to_vector(
        llvm::seq<int64_t>(0, getTensorTypeOf(gradient).getRank()));
    Value wide = c.cast(gradient, c.getF32Type());
    Value part = ReduceOp::create(c, ReduceKind::sum, c.square(wide), axes,
                                  /*keep_dims=*/false);
    sum = c.addIfAny(sum, part);
  }
  Value norm = SqrtOp::create(c, sum);
  Value factor = MinimumOp::create(
      c, c.constant(norm, 1),
      c.div(c.constant(norm, limit), c.add(norm, c.constant(norm, 1e-6))));
  for (Value &gradient : gradients)
    gradient = c.mul(
        gradient, c.cast(factor, getTensorTypeOf(gradient).getElementType()));
}

/// In f32 where the parameter has fewer bits: what an optimizer adds up is too
/// small for them.
void StepBuilder::update(StringRef parameter, OptimizerUpdate update) {
  RankedTensorType type = getTensorTypeOf(update.parameter);
  auto element = cast<FloatType>(type.getElementType());
  Type wide = element.getWidth() < 32 ? c.getF32Type() : element;
  for (Value *value : {&update.parameter, &update.gradient,
                       &update.learningRate, &update.step})
    *value = c.cast(*value, wide);
  for (StringRef slot : getSlotNames(step.getOptimizer())) {
    std::string name = (slot + "/" + parameter).str();
    update.slots.push_back(
        {name, getState(name, withElementType(type, wide), 0), {}});
  }
  Value next = applyOptimizer(c, step.getOptimizer(), update);
  SetStateOp::create(c, parameter, c.cast(next, element));
  for (const OptimizerSlot &slot : update.slots)
    setState(slot.name, slot.next);
}

LogicalResult StepBuilder::build() {
  if (failed(verifyLoss()) || failed(collectParameters()))
    return failure();
  Value loss = function.front().getTerminator()->getOperand(0);
  SmallVector<Value> values;
  for (auto &[name, value] : parameters)
    values.push_back(value);
  FailureOr<SmallVector<Value>> gradients =
      pullBack(c, getOps(function.front()), {{loss, weighLoss(loss)}}, values);
  if (failed(gradients))
    return failure();
  for (auto [gradient, value] : llvm::zip_equal(*gradients, values))
    if (!gradient)
      gradient = c.zeros(getTensorTypeOf(value));
  if (function->hasAttr(sharedStepAttrName))
    averageGradients(c, *gradients);
  clip(*gradients);
  auto scalar = RankedTensorType::get({}, c.getF32Type());
  Value rate =
      getState("learning_rate", scalar, getLearningRate(step.getOptimizer()));
  Value count = getState("step", scalar, 0);
  Value number = c.add(count, c.constant(count, 1));
  setState("step", number);
  for (auto [entry, gradient] : llvm::zip_equal(parameters, *gradients))
    update(entry.first, {entry.second, gradient, rate, number, {}});
  function->removeAttr(stepAttrName);
  return success();
}

namespace {
struct DifferentiateSteps
    : tenon::impl::DifferentiateStepsPassBase<DifferentiateSteps> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttrOfType<StepAttr>(stepAttrName))
        if (failed(StepBuilder(function, symbols).build()))
          return signalPassFailure();
  }
};
} // namespace
