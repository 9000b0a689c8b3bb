//===- Optimizers.cpp - how gradients change parameters -------------------===//

#include "tenon/Autodiff/Optimizers.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace tenon;

namespace {
struct Number {
  StringLiteral name;
  double defaultValue;
};

/// An optimizer, its numbers with PyTorch's defaults, and its formula.
struct Rule {
  StringLiteral name;
  ArrayRef<Number> numbers;
  ArrayRef<StringLiteral> slots;
  Value (*apply)(class Update &);
};

/// One update under construction.
class Update {
public:
  Update(Composer &c, const Rule &rule, OptimizerAttr optimizer,
         OptimizerUpdate &update)
      : c(c), rule(rule), optimizer(optimizer), update(update) {}

  double get(StringRef name) const;
  Value now(unsigned slot) { return update.slots[slot].now; }
  Value setNext(unsigned slot, Value value) {
    return update.slots[slot].next = value;
  }
  Value times(Value v, double factor) {
    return factor == 1 ? v : c.mul(v, c.constant(v, factor));
  }
  /// decay * average + (1 - decay) * value
  Value average(unsigned slot, double decay, Value value) {
    return setNext(slot,
                   c.add(times(now(slot), decay), times(value, 1 - decay)));
  }
  /// 1 - decay^step, without the cancellation at small steps.
  Value getCorrection(double decay) {
    Value exponent = times(update.step, std::log(decay));
    return c.neg(Expm1Op::create(c, exponent));
  }
  /// The gradient, with that of weight_decay / 2 * parameter^2.
  Value getDecayedGradient() {
    double decay = get("weight_decay");
    return decay ? c.add(update.gradient, times(update.parameter, decay))
                 : update.gradient;
  }
  Value moveBy(Value parameter, Value direction) {
    return c.sub(parameter, c.mul(direction, update.learningRate));
  }

  Composer &c;
  const Rule &rule;
  OptimizerAttr optimizer;
  OptimizerUpdate &update;
};
} // namespace

static Value applySgd(Update &u) {
  Value gradient = u.getDecayedGradient();
  double momentum = u.get("momentum");
  if (!momentum)
    return u.moveBy(u.update.parameter, gradient);
  Value velocity = u.setNext(0, u.c.add(u.times(u.now(0), momentum), gradient));
  Value direction = u.get("nesterov")
                        ? u.c.add(gradient, u.times(velocity, momentum))
                        : velocity;
  return u.moveBy(u.update.parameter, direction);
}

static Value applyMoments(Update &u, Value parameter, Value gradient) {
  double beta1 = u.get("beta1"), beta2 = u.get("beta2");
  Value first = u.average(0, beta1, gradient),
        second = u.average(1, beta2, u.c.square(gradient));
  // the scalars first, so that they are computed once
  Value scale = u.c.div(u.update.learningRate, u.getCorrection(beta1));
  Value root = SqrtOp::create(u.c, u.getCorrection(beta2));
  Value spread = u.c.add(u.c.div(SqrtOp::create(u.c, second), root),
                         u.c.constant(second, u.get("eps")));
  return u.c.sub(parameter, u.c.mul(scale, u.c.div(first, spread)));
}

/// (Kingma and Ba, 2015)
static Value applyAdam(Update &u) {
  return applyMoments(u, u.update.parameter, u.getDecayedGradient());
}

/// (Loshchilov and Hutter, 2019)
static Value applyAdamW(Update &u) {
  Value parameter = u.update.parameter;
  if (double decay = u.get("weight_decay")) {
    Value shrink = u.c.sub(u.c.constant(u.update.learningRate, 1),
                           u.times(u.update.learningRate, decay));
    parameter = u.c.mul(parameter, shrink);
  }
  return applyMoments(u, parameter, u.update.gradient);
}

/// (Hinton, 2012)
static Value applyRmsProp(Update &u) {
  Value gradient = u.getDecayedGradient();
  Value second = u.average(0, u.get("alpha"), u.c.square(gradient));
  Value direction =
      u.c.div(gradient, u.c.add(SqrtOp::create(u.c, second),
                                u.c.constant(second, u.get("eps"))));
  if (double momentum = u.get("momentum"))
    direction = u.setNext(1, u.c.add(u.times(u.now(1), momentum), direction));
  return u.moveBy(u.update.parameter, direction);
}

/// (Duchi et al., 2011)
static Value applyAdagrad(Update &u) {
  Value gradient = u.getDecayedGradient();
  Value sum = u.setNext(0, u.c.add(u.now(0), u.c.square(gradient)));
  return u.moveBy(u.update.parameter,
                  u.c.div(gradient, u.c.add(SqrtOp::create(u.c, sum),
                                            u.c.constant(sum, u.get("eps")))));
}

static constexpr Number sgdNumbers[] = {
    {"lr", 1e-3}, {"momentum", 0}, {"nesterov", 0}, {"weight_decay", 0}};
static constexpr Number adamNumbers[] = {{"lr", 1e-3},
                                         {"beta1", 0.9},
                                         {"beta2", 0.999},
                                         {"eps", 1e-8},
                                         {"weight_decay", 0}};
static constexpr Number adamWNumbers[] = {{"lr", 1e-3},
                                          {"beta1", 0.9},
                                          {"beta2", 0.999},
                                          {"eps", 1e-8},
                                          {"weight_decay", 1e-2}};
static constexpr Number rmsPropNumbers[] = {{"lr", 1e-2},
                                            {"alpha", 0.99},
                                            {"eps", 1e-8},
                                            {"momentum", 0},
                                            {"weight_decay", 0}};
static constexpr Number adagradNumbers[] = {
    {"lr", 1e-2}, {"eps", 1e-10}, {"weight_decay", 0}};
static constexpr StringLiteral momentumSlot[] = {"momentum"};
static constexpr StringLiteral momentSlots[] = {"first", "second"};
static constexpr StringLiteral rmsPropSlots[] = {"second", "momentum"};
static constexpr StringLiteral sumSlot[] = {"sum"};

static const Rule rules[] = {
    {"sgd", sgdNumbers, momentumSlot, applySgd},
    {"adam", adamNumbers, momentSlots, applyAdam},
    {"adamw", adamWNumbers, momentSlots, applyAdamW},
    {"rmsprop", rmsPropNumbers, rmsPropSlots, applyRmsProp},
    {"adagrad", adagradNumbers, sumSlot, applyAdagrad},
};

void tenon::printOptimizers(raw_ostream &os) {
  for (const Rule &rule : rules) {
    os << "  " << llvm::left_justify(rule.name, 9);
    llvm::interleave(
        rule.numbers, os,
        [&](const Number &n) {
          os << n.name << '=' << llvm::format("%g", n.defaultValue);
        },
        ",");
    os << '\n';
  }
}

static const Rule *findRule(StringRef name) {
  const Rule *it =
      llvm::find_if(rules, [&](const Rule &rule) { return rule.name == name; });
  return it == std::end(rules) ? nullptr : it;
}

static double getNumber(const Rule &rule, OptimizerAttr optimizer,
                        StringRef name) {
  if (auto given = optimizer.getOptions().getAs<FloatAttr>(name))
    return given.getValueAsDouble();
  const Number *number = llvm::find_if(
      rule.numbers, [&](const Number &n) { return n.name == name; });
  assert(number != rule.numbers.end() && "a number of this optimizer");
  return number->defaultValue;
}

double Update::get(StringRef name) const {
  return getNumber(rule, optimizer, name);
}

LogicalResult tenon::verifyOptimizer(Location loc, OptimizerAttr optimizer) {
  const Rule *rule = findRule(optimizer.getName());
  if (!rule) {
    auto names = llvm::map_range(rules, [](const Rule &r) { return r.name; });
    return emitError(loc) << "expected an optimizer out of "
                          << llvm::join(names, ", ") << ", got '"
                          << optimizer.getName() << "'";
  }
  for (NamedAttribute option : optimizer.getOptions()) {
    bool isKnown = llvm::any_of(rule->numbers, [&](const Number &number) {
      return number.name == option.getName();
    });
    if (!isKnown || !isa<FloatAttr>(option.getValue())) {
      auto names = llvm::map_range(rule->numbers,
                                   [](const Number &n) { return n.name; });
      return emitError(loc)
             << "expected numbers out of " << llvm::join(names, ", ") << " for "
             << rule->name << ", got '" << option.getName().getValue() << "'";
    }
  }
  return success();
}

FailureOr<OptimizerAttr> tenon::parseOptimizer(Location loc, StringRef text) {
  auto [name, numbers] = text.split(':');
  Builder builder(loc.getContext());
  SmallVector<NamedAttribute> options;
  SmallVector<StringRef> entries;
  numbers.split(entries, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef entry : entries) {
    auto [key, value] = entry.split('=');
    double number;
    if (value.getAsDouble(number))
      return emitError(loc) << "expected KEY=NUMBER for the optimizer '" << name
                            << "', got '" << entry << "'";
    options.push_back(
        builder.getNamedAttr(key, builder.getF64FloatAttr(number)));
  }
  auto optimizer = OptimizerAttr::get(loc.getContext(), name,
                                      builder.getDictionaryAttr(options));
  if (failed(verifyOptimizer(loc, optimizer)))
    return failure();
  return optimizer;
}

double tenon::getLearningRate(OptimizerAttr optimizer) {
  return getNumber(*findRule(optimizer.getName()), optimizer, "lr");
}

SmallVector<StringRef> tenon::getSlotNames(OptimizerAttr optimizer) {
  const Rule *rule = findRule(optimizer.getName());
  SmallVector<StringRef> names(rule->slots);
  // momentum is kept only where there is some
  bool hasMomentum = llvm::any_of(
      rule->numbers, [](const Number &n) { return n.name == "momentum"; });
  if (hasMomentum && getNumber(*rule, optimizer, "momentum") == 0)
    llvm::erase(names, "momentum");
  return names;
}

Value tenon::applyOptimizer(Composer &c, OptimizerAttr optimizer,
                            OptimizerUpdate &update) {
  const Rule *rule = findRule(optimizer.getName());
  Update context(c, *rule, optimizer, update);
  return rule->apply(context);
}
