//===- Optimizers.cpp - how gradients change parameters -------------------===//

#include "OptimizerTable.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"

using namespace mlir;
using namespace tenon;

static Value isFirstStep(Update &u) {
  return u.c.compare(ComparisonPredicate::le, u.step, u.c.constant(u.step, 1));
}

static Value applySgd(Update &u) {
  Composer &c = u.c;
  Value gradient = u.getDecayedGradient();
  double momentum = u.get("momentum");
  if (!momentum)
    return u.moveBy(u.parameter, gradient);
  Value added = gradient;
  if (double dampening = u.get("dampening")) // the first one counts whole
    added = c.mul(gradient, c.select(isFirstStep(u), c.constant(u.step, 1),
                                     c.constant(u.step, 1 - dampening)));
  Value velocity =
      u.setNext("momentum", c.add(u.times(u.now("momentum"), momentum), added));
  Value direction = u.get("nesterov")
                        ? c.add(gradient, u.times(velocity, momentum))
                        : velocity;
  return u.moveBy(u.parameter, direction);
}

/// lr / (1 - beta1^t) * first / (sqrt(second / (1 - beta2^t)) + eps), where
/// AMSGrad's second moment is the largest so far (Reddi et al., 2018).
static Value moveByMoments(Update &u, Value from, Value gradient) {
  Composer &c = u.c;
  double beta1 = u.get("beta1"), beta2 = u.get("beta2");
  Value first = u.average("first", beta1, gradient),
        second = u.average("second", beta2, c.square(gradient));
  if (u.get("amsgrad"))
    second =
        u.setNext("largest", MaximumOp::create(c, u.now("largest"), second));
  // the scalars first, so that they are computed once
  Value scale = c.div(u.learningRate, u.getCorrection(beta1));
  Value root = SqrtOp::create(c, u.getCorrection(beta2));
  Value spread = u.plus(c.div(SqrtOp::create(c, second), root), u.get("eps"));
  return c.sub(from, c.mul(scale, c.div(first, spread)));
}

/// (Kingma and Ba, 2015)
static Value applyAdam(Update &u) {
  return moveByMoments(u, u.parameter, u.getDecayedGradient());
}

/// (Loshchilov and Hutter, 2019)
static Value applyAdamW(Update &u) {
  return moveByMoments(u, u.getDecayedParameter(), u.gradient);
}

/// beta1 * (1 - 0.96^(t * momentum_decay) / 2): how NAdam's momentum rises.
static Value getNadamMomentum(Update &u, Value step) {
  Value decay =
      u.c.exp(u.times(step, std::log(0.96) * u.get("momentum_decay")));
  return u.times(u.plus(u.times(decay, -0.5), 1), u.get("beta1"));
}

/// (Dozat, 2016)
static Value applyNadam(Update &u) {
  Composer &c = u.c;
  Value gradient = u.getDecayedGradient();
  double beta2 = u.get("beta2");
  Value first = u.average("first", u.get("beta1"), gradient),
        second = u.average("second", beta2, c.square(gradient));
  Value now = getNadamMomentum(u, u.step),
        next = getNadamMomentum(u, u.plus(u.step, 1));
  Value product = u.setNext("product", c.mul(u.now("product"), now));
  Value one = c.constant(product, 1);
  Value ofGradient =
            c.div(c.mul(u.learningRate, c.sub(one, now)), c.sub(one, product)),
        ofFirst = c.div(c.mul(u.learningRate, next),
                        c.sub(one, c.mul(product, next)));
  Value spread = u.plus(
      SqrtOp::create(c, c.div(second, u.getCorrection(beta2))), u.get("eps"));
  Value direction = c.add(c.mul(gradient, ofGradient), c.mul(first, ofFirst));
  return c.sub(u.parameter, c.div(direction, spread));
}

/// (Chen et al., 2023)
static Value applyLion(Update &u) {
  Composer &c = u.c;
  double beta1 = u.get("beta1");
  Value mixed =
      c.add(u.times(u.now("momentum"), beta1), u.times(u.gradient, 1 - beta1));
  u.average("momentum", u.get("beta2"), u.gradient);
  return u.moveBy(u.getDecayedParameter(), SignOp::create(c, mixed));
}

/// (You et al., 2020): Adam's direction, as long as the parameter.
static Value applyLamb(Update &u) {
  Composer &c = u.c;
  double beta1 = u.get("beta1"), beta2 = u.get("beta2");
  Value first = u.average("first", beta1, u.gradient),
        second = u.average("second", beta2, c.square(u.gradient));
  Value spread = u.plus(
      SqrtOp::create(c, c.div(second, u.getCorrection(beta2))), u.get("eps"));
  Value direction = c.div(c.div(first, u.getCorrection(beta1)), spread);
  if (double decay = u.get("weight_decay"))
    direction = c.add(direction, u.times(u.parameter, decay));
  Value size = SqrtOp::create(c, u.dot(u.parameter, u.parameter)),
        length = SqrtOp::create(c, u.dot(direction, direction));
  // the ratio is 1 where one of them is 0
  Value smaller = MinimumOp::create(c, size, length);
  Value isZero =
      c.compare(ComparisonPredicate::eq, smaller, c.constant(smaller, 0));
  Value one = c.constant(size, 1);
  Value ratio =
      c.div(c.select(isZero, one, size), c.select(isZero, one, length));
  return u.moveBy(u.parameter, c.mul(direction, ratio));
}

/// (Keskar and Socher, 2017): Adam, until the rate of SGD that would go as far
/// along the gradient has settled, and SGD with that rate from then on. Each
/// parameter changes over for itself.
static Value applySwats(Update &u) {
  Composer &c = u.c;
  double beta1 = u.get("beta1"), beta2 = u.get("beta2");
  Value zero = c.constant(u.gradient, 0), one = c.constant(u.gradient, 1);
  Value gradient = u.getDecayedGradient();
  Value isSgd = c.compare(ComparisonPredicate::gt, u.now("rate"), zero);

  Value first = u.average("first", beta1, gradient),
        second = u.average("second", beta2, c.square(gradient));
  Value scale =
      c.div(c.mul(u.learningRate, SqrtOp::create(c, u.getCorrection(beta2))),
            u.getCorrection(beta1));
  Value adam = c.mul(
      scale, c.div(first, u.plus(SqrtOp::create(c, second), u.get("eps"))));

  Value velocity = c.add(u.times(u.now("momentum"), beta1), gradient);
  u.setNext("momentum",
            c.select(isSgd, velocity, c.zeros(getTensorTypeOf(velocity))));
  // the schedule goes on from the rate that was found
  Value factor =
      u.times(c.mul(u.now("rate"), u.learningRate), (1 - beta1) / u.get("lr"));
  Value sgd = c.mul(factor, velocity);

  Value along = u.dot(adam, gradient);
  Value isAcross = c.compare(ComparisonPredicate::eq, along, zero);
  Value found = c.div(u.dot(adam, adam), c.select(isAcross, one, along));
  Value estimate = c.select(
      isAcross, u.now("estimate"),
      c.add(u.times(u.now("estimate"), beta2), u.times(found, 1 - beta2)));
  u.setNext("estimate", estimate);
  Value corrected = c.div(estimate, u.getCorrection(beta2));
  Value distance = AbsOp::create(c, c.sub(corrected, found));
  Value hasSettled = c.compare(ComparisonPredicate::lt, distance,
                               c.constant(distance, u.get("settled")));
  auto both = [&](Value a, Value b) -> Value { return AndOp::create(c, a, b); };
  hasSettled =
      both(hasSettled, both(NotOp::create(c, isAcross),
                            c.compare(ComparisonPredicate::gt, u.step, one)));
  hasSettled =
      both(hasSettled, c.compare(ComparisonPredicate::gt, corrected, zero));
  u.setNext("rate", c.select(isSgd, u.now("rate"),
                             c.select(hasSettled, corrected, zero)));
  return c.sub(u.parameter, c.select(isSgd, sgd, adam));
}

/// (Hinton, 2012; centered: Graves, 2013)
static Value applyRmsProp(Update &u) {
  Composer &c = u.c;
  Value gradient = u.getDecayedGradient();
  double alpha = u.get("alpha");
  Value second = u.average("second", alpha, c.square(gradient));
  if (u.get("centered"))
    second = c.sub(second, c.square(u.average("average", alpha, gradient)));
  Value direction =
      c.div(gradient, u.plus(SqrtOp::create(c, second), u.get("eps")));
  if (double momentum = u.get("momentum"))
    direction = u.setNext(
        "momentum", c.add(u.times(u.now("momentum"), momentum), direction));
  return u.moveBy(u.parameter, direction);
}

/// (Duchi et al., 2011)
static Value applyAdagrad(Update &u) {
  Composer &c = u.c;
  Value gradient = u.getDecayedGradient();
  Value sum = u.setNext("sum", c.add(u.now("sum"), c.square(gradient)));
  Value direction =
      c.div(gradient, u.plus(SqrtOp::create(c, sum), u.get("eps")));
  if (double decay = u.get("lr_decay"))
    direction = c.div(direction, u.plus(u.times(u.plus(u.step, -1), decay), 1));
  return u.moveBy(u.parameter, direction);
}

static constexpr OptimizerNumber sgdNumbers[] = {{"lr", 1e-3},
                                                 {"momentum", 0},
                                                 {"dampening", 0},
                                                 {"nesterov", 0},
                                                 {"weight_decay", 0}};
static constexpr OptimizerNumber adamNumbers[] = {
    {"lr", 1e-3},  {"beta1", 0.9},      {"beta2", 0.999},
    {"eps", 1e-8}, {"weight_decay", 0}, {"amsgrad", 0}};
static constexpr OptimizerNumber adamWNumbers[] = {
    {"lr", 1e-3},  {"beta1", 0.9},         {"beta2", 0.999},
    {"eps", 1e-8}, {"weight_decay", 1e-2}, {"amsgrad", 0}};
static constexpr OptimizerNumber nadamNumbers[] = {
    {"lr", 2e-3},  {"beta1", 0.9},      {"beta2", 0.999},
    {"eps", 1e-8}, {"weight_decay", 0}, {"momentum_decay", 4e-3}};
static constexpr OptimizerNumber lionNumbers[] = {
    {"lr", 1e-4}, {"beta1", 0.9}, {"beta2", 0.99}, {"weight_decay", 0}};
static constexpr OptimizerNumber lambNumbers[] = {{"lr", 1e-3},
                                                  {"beta1", 0.9},
                                                  {"beta2", 0.999},
                                                  {"eps", 1e-6},
                                                  {"weight_decay", 0}};
static constexpr OptimizerNumber swatsNumbers[] = {
    {"lr", 1e-3},  {"beta1", 0.9},      {"beta2", 0.999},
    {"eps", 1e-9}, {"weight_decay", 0}, {"settled", 1e-9}};
static constexpr OptimizerNumber rmsPropNumbers[] = {
    {"lr", 1e-2},    {"alpha", 0.99},     {"eps", 1e-8},
    {"momentum", 0}, {"weight_decay", 0}, {"centered", 0}};
static constexpr OptimizerNumber adagradNumbers[] = {
    {"lr", 1e-2},
    {"lr_decay", 0},
    {"eps", 1e-10},
    {"initial_accumulator_value", 0},
    {"weight_decay", 0}};

static constexpr OptimizerSlotRecord momentumSlot[] = {
    {.name = "momentum", .onlyWith = "momentum"}};
static constexpr OptimizerSlotRecord momentSlots[] = {
    {.name = "first"},
    {.name = "second"},
    {.name = "largest", .onlyWith = "amsgrad"}};
static constexpr OptimizerSlotRecord nadamSlots[] = {
    {.name = "first"},
    {.name = "second"},
    {.name = "product", .initial = 1, .isScalar = true}};
static constexpr OptimizerSlotRecord lionSlots[] = {{.name = "momentum"}};
static constexpr OptimizerSlotRecord lambSlots[] = {{.name = "first"},
                                                    {.name = "second"}};
/// `rate` is SGD's, 0 as long as Adam runs.
static constexpr OptimizerSlotRecord swatsSlots[] = {
    {.name = "first"},
    {.name = "second"},
    {.name = "momentum"},
    {.name = "estimate", .isScalar = true},
    {.name = "rate", .isScalar = true}};
static constexpr OptimizerSlotRecord rmsPropSlots[] = {
    {.name = "second"},
    {.name = "average", .onlyWith = "centered"},
    {.name = "momentum", .onlyWith = "momentum"}};
static constexpr OptimizerSlotRecord sumSlot[] = {
    {.name = "sum", .initialFrom = "initial_accumulator_value"}};

static constexpr OptimizerRecord optimizers[] = {
    {"sgd", sgdNumbers, momentumSlot, applySgd},
    {"adam", adamNumbers, momentSlots, applyAdam},
    {"adamw", adamWNumbers, momentSlots, applyAdamW},
    {"nadam", nadamNumbers, nadamSlots, applyNadam},
    {"lion", lionNumbers, lionSlots, applyLion},
    {"lamb", lambNumbers, lambSlots, applyLamb},
    {"swats", swatsNumbers, swatsSlots, applySwats},
    {"rmsprop", rmsPropNumbers, rmsPropSlots, applyRmsProp},
    {"adagrad", adagradNumbers, sumSlot, applyAdagrad},
};

ArrayRef<OptimizerRecord> tenon::getOptimizerTable() { return optimizers; }
