//===- Losses.cpp - what training makes small -----------------------------===//

#include "LossTable.h"
#include "tenon/Dialect/Tenon/IR/Contractions.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

/// Of probabilities as targets; as in PyTorch, weights of classes do not change
/// by how much the sum is divided.
static LossTerms crossEntropyOfProbabilities(LossBuilder &b, Value logs,
                                             Value weights) {
  Composer &c = b.c;
  Value targets = b.targets;
  if (double smoothing = b.get("smoothing")) {
    Value share = c.div(c.constant(logs, smoothing),
                        c.sizeOf(getDim(getTensorTypeOf(logs), 1),
                                 getTensorTypeOf(logs).getElementType()));
    targets = c.add(c.mul(targets, c.constant(targets, 1 - smoothing)), share);
  }
  Value products = c.mul(targets, logs);
  return c.neg(b.sumOfClasses(weights ? c.mul(products, weights) : products));
}

/// The log-probabilities of the labels are chosen by comparison, not by
/// gathering: its derivative is elementwise, and fuses.
static LossTerms crossEntropyOfLabels(LossBuilder &b, Value logs,
                                      Value weights) {
  Composer &c = b.c;
  Value isLabel = b.isLabel();
  Value weighted = weights ? c.mul(logs, weights) : logs;
  Value losses = c.neg(b.sumOfClasses(c.select(isLabel, weighted, b.zero())));
  if (double smoothing = b.get("smoothing")) {
    Value all = c.div(c.neg(b.sumOfClasses(weighted)),
                      c.sizeOf(getDim(getTensorTypeOf(logs), 1),
                               getTensorTypeOf(logs).getElementType()));
    losses = c.add(c.mul(losses, c.constant(losses, 1 - smoothing)),
                   c.mul(all, c.constant(all, smoothing)));
  }
  if (!weights)
    return losses;
  return {losses, b.sumOfClasses(c.select(isLabel, weights, b.zero()))};
}

/// One number for each class, along dimension 1.
static Value getClassWeights(LossBuilder &b) {
  Value weights = b.getList("weights");
  if (!weights || getTensorTypeOf(weights).getRank() == 0)
    return weights;
  return b.c.alongAxis(weights, 1, getTensorTypeOf(b.x).getRank());
}

static LossTerms crossEntropy(LossBuilder &b) {
  Value logs = LogSoftmaxOp::create(b.c, b.x, /*axis=*/1);
  Value weights = getClassWeights(b);
  return b.get("soft") ? crossEntropyOfProbabilities(b, logs, weights)
                       : crossEntropyOfLabels(b, logs, weights);
}

static LossTerms negativeLogLikelihood(LossBuilder &b) {
  return crossEntropyOfLabels(b, b.x, getClassWeights(b));
}

static LossTerms multiClassMargin(LossBuilder &b) {
  Composer &c = b.c;
  Value isLabel = b.isLabel();
  Value ofLabel = c.reduce(ReduceKind::sum, c.select(isLabel, b.x, b.zero()),
                           ArrayRef<int64_t>{1});
  Value over = ReluOp::create(
      c, c.add(c.sub(b.x, ofLabel), c.constant(b.x, b.get("margin"))));
  if (b.get("squared"))
    over = c.square(over);
  if (Value weights = getClassWeights(b))
    over = c.mul(over,
                 c.reduce(ReduceKind::sum, c.select(isLabel, weights, b.zero()),
                          ArrayRef<int64_t>{1}));
  Value count = c.sizeOf(getDim(getTensorTypeOf(b.x), 1),
                         getTensorTypeOf(b.x).getElementType());
  return c.div(b.sumOfClasses(c.select(isLabel, b.zero(), over)), count);
}

//===----------------------------------------------------------------------===//
// Distributions
//===----------------------------------------------------------------------===//

/// p * (log(p) - logs), 0 where p is.
static Value divergence(LossBuilder &b, Value p, Value logs) {
  Composer &c = b.c;
  Value isThere = c.compare(ComparisonPredicate::gt, p, c.constant(p, 0));
  Value logOfP = c.log(c.select(isThere, p, c.constant(p, 1)));
  return b.sumOfClasses(
      c.select(isThere, c.mul(p, c.sub(logOfP, logs)), b.zero()));
}

static LossTerms kullbackLeibler(LossBuilder &b) {
  return divergence(b, b.targets, LogSoftmaxOp::create(b.c, b.x, /*axis=*/1));
}

static LossTerms jensenShannon(LossBuilder &b) {
  Composer &c = b.c;
  Value p = SoftmaxOp::create(c, b.x, /*axis=*/1);
  Value half = c.constant(p, 0.5);
  Value middle = c.mul(c.add(p, b.targets), half);
  // where both are 0, their terms are too
  Value isThere =
      c.compare(ComparisonPredicate::gt, middle, c.constant(middle, 0));
  Value logs = c.log(c.select(isThere, middle, c.constant(middle, 1)));
  return c.mul(c.add(divergence(b, b.targets, logs), divergence(b, p, logs)),
               half);
}

/// max(x, 0) - x t + log(1 + exp(-|x|)), which overflows nowhere. With
/// `positive`, the part of log(sigmoid(x)) counts that much.
static Value binaryCrossEntropyOf(LossBuilder &b, Value positive) {
  Composer &c = b.c;
  Value tail = Log1pOp::create(c, c.exp(c.neg(AbsOp::create(c, b.x))));
  if (!positive)
    return c.add(c.sub(ReluOp::create(c, b.x), c.mul(b.x, b.targets)), tail);
  Value one = c.constant(b.x, 1);
  Value factor = c.add(one, c.mul(c.sub(positive, one), b.targets));
  Value ofPositive = c.add(tail, ReluOp::create(c, c.neg(b.x)));
  return c.add(c.mul(c.sub(one, b.targets), b.x), c.mul(factor, ofPositive));
}

static LossTerms binaryCrossEntropy(LossBuilder &b) {
  return binaryCrossEntropyOf(b, b.getList("pos_weight"));
}

static LossTerms focal(LossBuilder &b) {
  Composer &c = b.c;
  Value entropy = binaryCrossEntropyOf(b, {});
  Value p = SigmoidOp::create(c, b.x), one = c.constant(p, 1),
        isNot = c.sub(one, b.targets);
  Value wrong = c.add(c.mul(p, isNot), c.mul(c.sub(one, p), b.targets));
  Value result = entropy;
  if (double gamma = b.get("gamma"))
    result = c.mul(
        result,
        gamma == 2 ? c.square(wrong)
                   : PowOp::create(c, wrong, c.constant(p, gamma)).getResult());
  double alpha = b.get("alpha");
  if (alpha < 0) // as torchvision has it: no balance
    return result;
  Value balance = c.add(c.mul(b.targets, c.constant(p, alpha)),
                        c.mul(isNot, c.constant(p, 1 - alpha)));
  return c.mul(result, balance);
}

//===----------------------------------------------------------------------===//
// Distances
//===----------------------------------------------------------------------===//

static LossTerms meanSquaredError(LossBuilder &b) {
  return b.c.square(b.c.sub(b.x, b.targets));
}

static LossTerms meanAbsoluteError(LossBuilder &b) {
  return AbsOp::create(b.c, b.c.sub(b.x, b.targets)).getResult();
}

/// Half the square up to `bend`, and a line from there on.
static Value bentSquare(LossBuilder &b, double bend) {
  Composer &c = b.c;
  Value difference = c.sub(b.x, b.targets);
  Value distance = AbsOp::create(c, difference);
  Value near = c.mul(c.square(difference), c.constant(difference, 0.5));
  Value far = c.mul(c.sub(distance, c.constant(difference, bend / 2)),
                    c.constant(difference, bend));
  return c.select(c.compare(ComparisonPredicate::lt, distance,
                            c.constant(difference, bend)),
                  near, far);
}

static LossTerms huber(LossBuilder &b) { return bentSquare(b, b.get("delta")); }

static LossTerms smoothL1(LossBuilder &b) {
  double beta = b.get("beta");
  if (beta == 0)
    return meanAbsoluteError(b);
  return b.c.mul(bentSquare(b, beta), b.c.constant(b.x, 1 / beta));
}

static LossTerms hinge(LossBuilder &b) {
  return ReluOp::create(b.c, b.c.sub(b.c.constant(b.x, b.get("margin")),
                                     b.c.mul(b.x, b.targets)))
      .getResult();
}

//===----------------------------------------------------------------------===//
// Embeddings
//===----------------------------------------------------------------------===//

static LossTerms triplet(LossBuilder &b) {
  Composer &c = b.c;
  auto distance = [&](Value v) -> Value {
    // PyTorch's pairwise_distance, whose root has a derivative everywhere
    Value difference = c.add(c.sub(b.x, v), c.constant(v, b.get("eps")));
    return SqrtOp::create(c, b.sumOfClasses(c.square(difference)));
  };
  Value over = c.sub(distance(b.predictions[1]), distance(b.predictions[2]));
  return ReluOp::create(c, c.add(over, c.constant(over, b.get("margin"))))
      .getResult();
}

static LossTerms infoNce(LossBuilder &b) {
  Composer &c = b.c;
  auto normalize = [&](Value v) {
    Value norm = SqrtOp::create(
        c, c.reduce(ReduceKind::sum, c.square(v), ArrayRef<int64_t>{1}));
    return c.div(v, MaximumOp::create(c, norm, c.constant(norm, 1e-12)));
  };
  // all sizes are known to fit
  Value cosines = *buildGemm(c, c.getLoc(), normalize(b.predictions[0]),
                             normalize(b.predictions[1]),
                             /*transposeLhs=*/false, /*transposeRhs=*/true);
  Value logits = c.mul(cosines, c.constant(cosines, 1 / b.get("temperature")));
  Value logs = LogSoftmaxOp::create(c, logits, /*axis=*/1);
  Value count = c.countUp(getDim(getTensorTypeOf(logits), 0));
  Value isOwn = c.compare(ComparisonPredicate::eq, c.alongAxis(count, 0, 2),
                          c.alongAxis(count, 1, 2));
  return c.neg(b.sumOfClasses(c.select(isOwn, logs, b.zero())));
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static constexpr LossNumber crossEntropyNumbers[] = {
    {"smoothing", 0, 0, 1},
    {.name = "weights", .defaultValue = 1, .isList = true},
    {"soft", 0, 0, 1}};
static constexpr LossNumber nllNumbers[] = {
    {"smoothing", 0, 0, 1},
    {.name = "weights", .defaultValue = 1, .isList = true}};
static constexpr LossNumber huberNumbers[] = {{"delta", 1, 1e-9}};
static constexpr LossNumber smoothL1Numbers[] = {{"beta", 1}};
static constexpr LossNumber bceNumbers[] = {
    {.name = "pos_weight", .defaultValue = 1, .isList = true}};
static constexpr LossNumber focalNumbers[] = {{"alpha", 0.25, -1, 1},
                                              {"gamma", 2}};
static constexpr LossNumber hingeNumbers[] = {{"margin", 1}};
static constexpr LossNumber multiMarginNumbers[] = {
    {"margin", 1},
    {"squared", 0, 0, 1},
    {.name = "weights", .defaultValue = 1, .isList = true}};
static constexpr LossNumber tripletNumbers[] = {{"margin", 1}, {"eps", 1e-6}};
static constexpr LossNumber infoNceNumbers[] = {{"temperature", 0.1, 1e-9}};
static constexpr LossNumber ctcNumbers[] = {{"blank", 0}};

static constexpr auto like = LossRecord::LikePredictions;
static constexpr auto labels = LossRecord::Labels;

static constexpr LossRecord losses[] = {
    {"cross-entropy", Loss::CrossEntropy, crossEntropyNumbers, 1, labels,
     crossEntropy},
    {"nll", Loss::NegativeLogLikelihood, nllNumbers, 1, labels,
     negativeLogLikelihood},
    {"mse", Loss::MeanSquaredError, {}, 1, like, meanSquaredError},
    {"mae", Loss::MeanAbsoluteError, {}, 1, like, meanAbsoluteError},
    {"l1", Loss::MeanAbsoluteError, {}, 1, like, meanAbsoluteError},
    {"huber", Loss::Huber, huberNumbers, 1, like, huber},
    {"smooth-l1", Loss::SmoothL1, smoothL1Numbers, 1, like, smoothL1},
    {"bce", Loss::BinaryCrossEntropy, bceNumbers, 1, like, binaryCrossEntropy},
    {"focal", Loss::Focal, focalNumbers, 1, like, focal},
    {"kl",
     Loss::KullbackLeibler,
     {},
     1,
     like,
     kullbackLeibler,
     /*sumsClasses=*/true},
    {"js",
     Loss::JensenShannon,
     {},
     1,
     like,
     jensenShannon,
     /*sumsClasses=*/true},
    {"hinge", Loss::Hinge, hingeNumbers, 1, like, hinge},
    {"multi-margin", Loss::MultiClassMargin, multiMarginNumbers, 1, labels,
     multiClassMargin},
    {"triplet", Loss::Triplet, tripletNumbers, 3, LossRecord::None, triplet},
    {"info-nce", Loss::InfoNce, infoNceNumbers, 2, LossRecord::None, infoNce},
    {"ctc", Loss::Ctc, ctcNumbers, 1, LossRecord::LabelSequences, buildCtc},
};

ArrayRef<LossRecord> tenon::getLossTable() { return losses; }
