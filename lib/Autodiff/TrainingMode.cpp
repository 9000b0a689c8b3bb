//===- TrainingMode.cpp - layers that training runs otherwise -------------===//

#include "tenon/Autodiff/TrainingProgram.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"

using namespace mlir;
using namespace tenon;

/// old * momentum + new * (1 - momentum), as the parameter's next value.
static LogicalResult moveStatistic(Composer &c, BatchNormOp norm, Value old,
                                   Value batch) {
  auto get = old.getDefiningOp<GetStateOp>();
  if (!get)
    return norm.emitOpError("expects its statistics to be weights of the model "
                            "in training");
  double momentum = norm.getMomentum().convertToDouble();
  Value kept = c.mul(old, c.constant(old, momentum)),
        moved = c.mul(batch, c.constant(batch, 1 - momentum));
  SetStateOp::create(
      c, get.getState(),
      c.reshape(c.add(kept, moved), getDims(getTensorTypeOf(old))));
  return success();
}

/// The mean along `axes`: of all ranks' samples where `rankWeight` says how
/// much this one's count.
static Value createMean(Composer &c, Value x, ArrayRef<int64_t> axes,
                        Value rankWeight) {
  Value mean = c.reduce(ReduceKind::mean, x, axes);
  if (!rankWeight)
    return mean;
  Value weight = c.cast(rankWeight, getTensorTypeOf(x).getElementType());
  return AllReduceOp::create(c, ReduceKind::mean, c.mul(mean, weight));
}

/// Normalises by the mean and variance of the batch (Ioffe and Szegedy, 2015).
static LogicalResult normalizeByBatch(BatchNormOp norm, Value rankWeight) {
  Composer c(norm.getLoc(), OpBuilder(norm));
  Value x = norm.getInput();
  int64_t rank = getTensorTypeOf(x).getRank();
  SmallVector<int64_t> axes;
  for (int64_t i = 0; i < rank; ++i)
    if (i != 1)
      axes.push_back(i);
  Value mean = createMean(c, x, axes, rankWeight);
  Value centred = c.sub(x, mean);
  Value variance = createMean(c, c.square(centred), axes, rankWeight);
  Value epsilon = c.constant(x, norm.getEpsilon().convertToDouble());
  Value factor = c.mul(c.rsqrt(c.add(variance, epsilon)),
                       c.alongAxis(norm.getScale(), 1, rank));
  Value result =
      c.add(c.mul(centred, factor), c.alongAxis(norm.getBias(), 1, rank));
  auto flat = [&](Value statistic) {
    return c.reshape(statistic, getDims(getTensorTypeOf(norm.getMean())));
  };
  if (failed(moveStatistic(c, norm, norm.getMean(), flat(mean))) ||
      failed(moveStatistic(c, norm, norm.getVariance(), flat(variance))))
    return failure();
  norm.replaceAllUsesWith(result);
  norm.erase();
  return success();
}

/// Keeps an element with probability 1 - ratio, and scales it by its inverse.
static LogicalResult dropElements(DropoutOp dropout, Value seed,
                                  int64_t stream) {
  Composer c(dropout.getLoc(), OpBuilder(dropout));
  Value x = dropout.getOperand();
  RankedTensorType type = getTensorTypeOf(x);
  double ratio = dropout.getRatio().convertToDouble();
  Value numbers = RandomUniformOp::create(
      c, withElementType(type, c.getF32Type()), seed, stream);
  Value isKept =
      c.compare(ComparisonPredicate::ge, numbers, c.constant(numbers, ratio));
  Value scale =
      c.select(isKept, c.constant(x, 1 / (1 - ratio)), c.constant(x, 0));
  dropout.replaceAllUsesWith(c.mul(x, scale));
  dropout.erase();
  return success();
}

LogicalResult tenon::enterTrainingMode(func::FuncOp function, Value seed,
                                       Value rankWeight) {
  SmallVector<Operation *> layers;
  function.walk([&](Operation *op) {
    if (isa<BatchNormOp, DropoutOp>(op))
      layers.push_back(op);
  });
  for (auto [index, op] : llvm::enumerate(layers)) {
    if (op->getParentOp() != function)
      return op->emitOpError("cannot be trained inside of a branch or a loop");
    auto norm = dyn_cast<BatchNormOp>(op);
    if (failed(norm ? normalizeByBatch(norm, rankWeight)
                    : dropElements(cast<DropoutOp>(op), seed, index)))
      return failure();
  }
  return success();
}
