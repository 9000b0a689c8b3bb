//===- DifferentiateSteps.cpp - a loss becomes a training step ------------===//

#include "AverageGradients.h"
#include "ClipGradients.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Autodiff/Optimizers.h"
#include "tenon/Autodiff/Passes.h"
#include "tenon/Autodiff/StepSettings.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
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

static FailureOr<bool> matches(StringRef text, StringRef name, Location loc) {
  auto pattern = llvm::GlobPattern::create(text);
  if (!pattern)
    return emitError(loc) << "expected a pattern of names, got '" << text
                          << "': " << llvm::toString(pattern.takeError());
  return pattern->match(name);
}

static FailureOr<bool> matchesAny(ArrayAttr patterns, StringRef name,
                                  Location loc) {
  for (Attribute attr : patterns) {
    auto text = dyn_cast<StringAttr>(attr);
    if (!text)
      return emitError(loc) << "expected patterns to be strings, got " << attr;
    FailureOr<bool> isMatch = matches(text, name, loc);
    if (failed(isMatch) || *isMatch)
      return isMatch;
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
  LogicalResult findLoss();
  /// The parameters to train, each with the value that the function reads.
  LogicalResult collectParameters();
  /// The values whose gradients are results, by name.
  LogicalResult collectWanted();
  /// The step's optimizer with the numbers of the groups that `parameter` is
  /// in.
  FailureOr<OptimizerAttr> getOptimizer(StringRef parameter);
  /// A state of this step, made where it is missing.
  Value getState(StringRef name, RankedTensorType type, double initial,
                 StateKind kind = StateKind::kept);
  /// In a call that does not complete a round, parameters and states stay.
  void setState(StringRef name, Value next, Value now) {
    SetStateOp::create(c, name, isDue ? c.select(isDue, next, now) : next);
  }
  std::string getStateName(StringRef name) {
    return (step.getName() + "/" + name).str();
  }
  /// What the loss's cotangent is: of several ranks, how much this one's
  /// samples count. The scalars that all return are the means over ranks.
  Value weighLoss(Value loss);
  void clip(MutableArrayRef<Value> gradients);
  /// The mean of the gradients of this round, and whether it is complete.
  void accumulate(MutableArrayRef<Value> gradients);
  LogicalResult update(StringRef parameter, OptimizerUpdate update);
  LogicalResult updateAll(MutableArrayRef<Value> gradients);
  void returnGradients(ArrayRef<Value> gradients);

  func::FuncOp function;
  SymbolTable &symbols;
  StepAttr step;
  StepSettings options;
  Composer c;
  unsigned lossIndex = 0;
  llvm::MapVector<StringAttr, Value> parameters, wanted;
  /// Whether this call changes parameters; null: each one does.
  Value isDue;
};
} // namespace

LogicalResult StepBuilder::findLoss() {
  FailureOr<StepSettings> given = StepSettings::get(function);
  if (failed(given))
    return failure();
  options = std::move(*given);
  auto types = function.getResultTypes();
  if (!options.loss.empty()) {
    auto getName = [&](unsigned i) {
      return function.getResultAttrOfType<StringAttr>(i, nameAttrName);
    };
    while (lossIndex < types.size() &&
           (!getName(lossIndex) || getName(lossIndex) != options.loss))
      ++lossIndex;
    if (lossIndex == types.size())
      return function.emitError("expected a result '")
             << options.loss << "', the loss of the step";
  }
  auto loss = types.empty() ? RankedTensorType()
                            : dyn_cast<RankedTensorType>(types[lossIndex]);
  if (!loss || loss.getRank() != 0 || !isa<FloatType>(loss.getElementType()))
    return function.emitError("expected a step whose ")
           << (options.loss.empty() ? "first result"
                                    : "result '" + options.loss + "'")
           << " is a loss, a scalar of floats";
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
  if (parameters.empty() && options.gradients.empty())
    return function.emitError("expected parameters to train, got none that ")
           << step.getParameters() << " names";
  return success();
}

LogicalResult StepBuilder::collectWanted() {
  for (const std::string &name : options.gradients) {
    Value value;
    for (BlockArgument argument : function.getArguments()) {
      auto given = function.getArgAttrOfType<StringAttr>(
          argument.getArgNumber(), nameAttrName);
      if (given && given == name)
        value = argument;
    }
    bool isArgument = bool(value);
    function.walk([&](GetStateOp get) {
      if (isArgument || get.getState() != name)
        return;
      if (value) // read once, as above
        get.replaceAllUsesWith(value);
      else
        value = get.getResult();
    });
    if (!value || !isDifferentiable(value.getType()))
      return function.emitError("expected an input or a parameter of floats "
                                "whose gradient is asked for, got '")
             << name << "'";
    wanted.insert({c.getStringAttr(name), value});
  }
  return success();
}

FailureOr<OptimizerAttr> StepBuilder::getOptimizer(StringRef parameter) {
  OptimizerAttr optimizer = step.getOptimizer();
  for (StringRef group : options.groups) {
    auto [pattern, numbers] = group.rsplit(':');
    FailureOr<bool> isMember = matches(pattern, parameter, function.getLoc());
    if (failed(isMember))
      return failure();
    if (!*isMember)
      continue;
    FailureOr<OptimizerAttr> changed =
        withNumbers(function.getLoc(), optimizer, numbers);
    if (failed(changed))
      return failure();
    optimizer = *changed;
  }
  return optimizer;
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
  Value weight = getState(rankWeightStateName, scalar, 1, StateKind::scratch);
  auto weigh = [&](Value value) {
    return c.cast(weight, getElementTypeOrSelf(value.getType()));
  };
  for (OpOperand &result : function.front().getTerminator()->getOpOperands())
    if (auto type = cast<RankedTensorType>(result.get().getType());
        type.getRank() == 0 && isa<FloatType>(type.getElementType()))
      result.set(AllReduceOp::create(c, ReduceKind::mean,
                                     c.mul(result.get(), weigh(result.get()))));
  return weigh(loss);
}

void StepBuilder::clip(MutableArrayRef<Value> gradients) {
  if (options.clipValue > 0)
    clipValues(c, gradients, options.clipValue);
  if (options.clipEach > 0)
    for (Value &gradient : gradients)
      clipNorm(c, gradient, options.clipEach);
  double limit = step.getClipNorm().getValueAsDouble();
  if (limit > 0)
    clipNorm(c, gradients, limit);
}

void StepBuilder::accumulate(MutableArrayRef<Value> gradients) {
  if (options.accumulate == 1)
    return;
  auto scalar = RankedTensorType::get({}, c.getF32Type());
  auto keep = [&](StringRef name, Value next) {
    SetStateOp::create(c, getStateName(name),
                       c.select(isDue, c.constant(next, 0), next));
  };
  Value round = getState("round", scalar, 0);
  Value calls = c.add(round, c.constant(round, 1));
  isDue = c.compare(ComparisonPredicate::ge, calls,
                    c.constant(calls, options.accumulate));
  keep("round", calls);
  Value before = getState("samples", scalar, 0);
  Value samples = c.add(before, c.constant(before, options.samples));
  keep("samples", samples);
  for (auto [entry, gradient] : llvm::zip_equal(parameters, gradients)) {
    RankedTensorType type = getTensorTypeOf(gradient);
    auto element = cast<FloatType>(type.getElementType());
    Type wide = element.getWidth() < 32 ? c.getF32Type() : element;
    std::string name = ("gradient/" + entry.first.getValue()).str();
    Value sum = getState(name, withElementType(type, wide), 0);
    Value weighted = c.cast(gradient, wide);
    sum = c.add(sum, c.mul(weighted, c.constant(weighted, options.samples)));
    keep(name, sum);
    gradient = c.cast(c.div(sum, c.cast(samples, wide)), element);
  }
}

/// In f32 where the parameter has fewer bits: what an optimizer adds up is too
/// small for them.
LogicalResult StepBuilder::update(StringRef parameter, OptimizerUpdate update) {
  FailureOr<OptimizerAttr> optimizer = getOptimizer(parameter);
  if (failed(optimizer))
    return failure();
  Value given = update.parameter;
  RankedTensorType type = getTensorTypeOf(given);
  auto element = cast<FloatType>(type.getElementType());
  Type wide = element.getWidth() < 32 ? c.getF32Type() : element;
  for (Value *value : {&update.parameter, &update.gradient,
                       &update.learningRate, &update.step})
    *value = c.cast(*value, wide);
  // a group's rate follows the schedule as all others do
  double rate = getLearningRate(step.getOptimizer()),
         ownRate = getLearningRate(*optimizer);
  if (rate == 0 && ownRate != 0)
    return function.emitError("expected a learning rate above 0 for the "
                              "optimizer, of which that of '")
           << parameter << "' is a multiple";
  if (ownRate != rate)
    update.learningRate = c.mul(
        update.learningRate, c.constant(update.learningRate, ownRate / rate));
  update.slots = getSlots(*optimizer);
  auto getSlotState = [&](const OptimizerSlot &slot) {
    return (slot.name + "/" + parameter).str();
  };
  for (OptimizerSlot &slot : update.slots) {
    auto slotType = slot.isScalar ? RankedTensorType::get({}, wide)
                                  : withElementType(type, wide);
    slot.now = getState(getSlotState(slot), slotType, slot.initial);
  }
  Value next = applyOptimizer(c, *optimizer, update);
  setState(parameter, c.cast(next, element), given);
  for (const OptimizerSlot &slot : update.slots)
    setState(getStateName(getSlotState(slot)), slot.next, slot.now);
  return success();
}

LogicalResult StepBuilder::updateAll(MutableArrayRef<Value> gradients) {
  accumulate(gradients);
  clip(gradients);
  auto scalar = RankedTensorType::get({}, c.getF32Type());
  Value rate =
      getState("learning_rate", scalar, getLearningRate(step.getOptimizer()));
  Value count = getState("step", scalar, 0);
  Value number = c.add(count, c.constant(count, 1));
  setState(getStateName("step"), number, count);
  for (auto [entry, gradient] : llvm::zip_equal(parameters, gradients))
    if (failed(update(entry.first, {entry.second, gradient, rate, number, {}})))
      return failure();
  return success();
}

void StepBuilder::returnGradients(ArrayRef<Value> gradients) {
  Operation *terminator = function.front().getTerminator();
  for (auto [entry, gradient] : llvm::zip_equal(wanted, gradients)) {
    terminator->insertOperands(terminator->getNumOperands(), gradient);
    auto name = c.getStringAttr("gradient/" + entry.first.getValue());
    (void)function.insertResult(
        function.getNumResults(), gradient.getType(),
        c.getDictionaryAttr(c.getNamedAttr(nameAttrName, name)));
  }
}

LogicalResult StepBuilder::build() {
  if (failed(findLoss()) || failed(collectParameters()) ||
      failed(collectWanted()))
    return failure();
  Value loss = function.front().getTerminator()->getOperand(lossIndex);
  SmallVector<Value> values;
  for (auto &[name, value] : parameters)
    values.push_back(value);
  for (auto &[name, value] : wanted)
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
  MutableArrayRef all(*gradients);
  returnGradients(all.drop_front(parameters.size()));
  if (!parameters.empty() &&
      failed(updateAll(all.take_front(parameters.size()))))
    return failure();
  function->removeAttr(stepAttrName);
  function->removeAttr(stepSettingsAttrName);
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
