//===- Losses.cpp - what training makes small -----------------------------===//

#include "tenon/Dialect/Tenon/IR/Losses.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"

using namespace mlir;
using namespace tenon;

FailureOr<RankedTensorType> tenon::getTargetType(Loss loss, Value predictions) {
  auto type = dyn_cast<RankedTensorType>(predictions.getType());
  if (!type || !isa<FloatType>(type.getElementType()))
    return emitError(predictions.getLoc())
           << "expected predictions of floats for a loss, got "
           << predictions.getType();
  if (loss != Loss::CrossEntropy)
    return type;
  if (type.getRank() < 2)
    return emitError(predictions.getLoc())
           << "expected predictions [N, classes, ...] for cross-entropy, got "
           << type;
  SmallVector<AffineExpr> dims = getDims(type);
  dims.erase(dims.begin() + 1);
  return getTensorType(dims, IntegerType::get(type.getContext(), 64));
}

static Value meanOfAll(Composer &c, Value value) {
  auto axes =
      llvm::to_vector(llvm::seq<int64_t>(0, getTensorTypeOf(value).getRank()));
  return ReduceOp::create(c, ReduceKind::mean, value, axes,
                          /*keep_dims=*/false);
}

/// The log-probabilities of the labels are chosen by comparison, not by
/// gathering: its derivative is elementwise, and fuses.
static Value crossEntropy(Composer &c, Value logits, Value labels) {
  RankedTensorType type = getTensorTypeOf(logits);
  Value logProbabilities = LogSoftmaxOp::create(c, logits, /*axis=*/1);
  labels = InRangeOp::create(c, labels,
                             DimsAttr::get(c.getContext(), getDim(type, 1)));
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(labels));
  dims.insert(dims.begin() + 1, c.getAffineConstantExpr(1));
  Value classes = c.alongAxis(c.countUp(getDim(type, 1)), 1, type.getRank());
  Value isLabel =
      c.compare(ComparisonPredicate::eq, c.reshape(labels, dims), classes);
  Value chosen = c.select(isLabel, logProbabilities, c.constant(logits, 0));
  Value ofSamples = ReduceOp::create(c, ReduceKind::sum, chosen,
                                     ArrayRef<int64_t>{1}, /*keep_dims=*/false);
  return c.neg(meanOfAll(c, ofSamples));
}

/// max(x, 0) - x t + log(1 + exp(-|x|)), which overflows nowhere.
static Value binaryCrossEntropy(Composer &c, Value logits, Value targets) {
  Value above = MaximumOp::create(c, logits, c.constant(logits, 0));
  Value tail = Log1pOp::create(c, c.exp(c.neg(AbsOp::create(c, logits))));
  return meanOfAll(c, c.add(c.sub(above, c.mul(logits, targets)), tail));
}

static Value meanSquaredError(Composer &c, Value predictions, Value targets) {
  return meanOfAll(c, c.square(c.sub(predictions, targets)));
}

static Value meanAbsoluteError(Composer &c, Value predictions, Value targets) {
  return meanOfAll(c, AbsOp::create(c, c.sub(predictions, targets)));
}

static Value huber(Composer &c, Value predictions, Value targets) {
  Value difference = c.sub(predictions, targets);
  Value distance = AbsOp::create(c, difference);
  Value half = c.constant(difference, 0.5);
  Value near = c.mul(c.square(difference), half);
  Value isNear =
      c.compare(ComparisonPredicate::lt, distance, c.constant(difference, 1));
  return meanOfAll(c, c.select(isNear, near, c.sub(distance, half)));
}

namespace {
/// A loss: how the command line calls it, and what computes it.
struct LossRecord {
  StringLiteral name;
  Loss loss;
  Value (*build)(Composer &c, Value predictions, Value targets);
};
} // namespace

static const LossRecord losses[] = {
    {"cross-entropy", Loss::CrossEntropy, crossEntropy},
    {"mse", Loss::MeanSquaredError, meanSquaredError},
    {"mae", Loss::MeanAbsoluteError, meanAbsoluteError},
    {"huber", Loss::Huber, huber},
    {"bce", Loss::BinaryCrossEntropy, binaryCrossEntropy},
};

std::optional<Loss> tenon::parseLoss(StringRef name) {
  for (const LossRecord &record : losses)
    if (record.name == name)
      return record.loss;
  return std::nullopt;
}

std::string tenon::getLossNames() {
  return llvm::join(
      llvm::map_range(losses, [](const LossRecord &r) { return r.name; }),
      ", ");
}

Value tenon::buildLoss(Composer &c, Loss loss, Value predictions,
                       Value targets) {
  const LossRecord *record = llvm::find_if(
      losses, [&](const LossRecord &record) { return record.loss == loss; });
  assert(record != std::end(losses) && "each loss has its record");
  return record->build(c, predictions, targets);
}
