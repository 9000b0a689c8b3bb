//===- Normalization.cpp - norms, and softmax before opset 13 -------------===//

#include "ImportFunctions.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"

using namespace mlir;
using namespace tenon;

static FloatAttr getEpsilon(OnnxNode &node, double defaultValue = 1e-5) {
  return node.getBuilder().getF32FloatAttr(
      node.getFloat("epsilon", defaultValue));
}

/// The input is flattened to a matrix at `axis`, and gets its shape back.
LogicalResult tenon::importFlattened(OnnxNode &node) {
  MLIRContext *context = node.getContext();
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 1), dims.size(),
                         /*allowEnd=*/true);
  if (failed(axis))
    return failure();
  ArrayRef<AffineExpr> all(dims);
  Value matrix = node.createReshape(
      node.getOperand(0), {getProduct(all.take_front(*axis), context),
                           getProduct(all.drop_front(*axis), context)});
  IntegerAttr last = node.getBuilder().getI64IntegerAttr(1);
  StringRef opType = node.getOpType();
  Value result = opType == "Softmax" ? node.create<SoftmaxOp>(matrix, last)
                 : opType == "LogSoftmax"
                     ? node.create<LogSoftmaxOp>(matrix, last)
                     : node.create<HardmaxOp>(matrix, last);
  return node.setResult(node.createReshape(result, dims));
}

LogicalResult tenon::importBatchNorm(OnnxNode &node) {
  if (node.getInt("training_mode", 0))
    return node.emitError() << "expected training_mode to be 0";
  if (!node.getInt("spatial", 1))
    return node.emitError() << "expected spatial to be 1";
  return node.setResult(node.create<BatchNormOp>(
      node.getOperand(0), node.getOperand(1), node.getOperand(2),
      node.getOperand(3), node.getOperand(4), getEpsilon(node),
      node.getBuilder().getF32FloatAttr(node.getFloat("momentum", 0.9))));
}

static LogicalResult importGroups(OnnxNode &node, int64_t groups) {
  return node.setResult(node.create<GroupNormOp>(
      node.getOperand(0), node.getOperand(1), node.getOperand(2),
      node.getBuilder().getI64IntegerAttr(groups), getEpsilon(node)));
}

LogicalResult tenon::importInstanceNorm(OnnxNode &node) {
  RankedTensorType type = node.getOperandType(0);
  if (type.getRank() < 3 || type.isDynamicDim(1))
    return node.emitError() << "expected an input of rank 3 or more with a "
                               "constant number of channels";
  return importGroups(node, type.getDimSize(1));
}

LogicalResult tenon::importGroupNorm(OnnxNode &node) {
  return importGroups(node, node.getInt("num_groups", 1));
}

LogicalResult tenon::importLayerNorm(OnnxNode &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.getOperandRank(0));
  if (failed(axis))
    return failure();
  FloatAttr epsilon = getEpsilon(node);
  Value x = node.getOperand(0);
  auto norm = node.create<LayerNormOp>(
      x, node.getOperand(1), node.getOperand(2),
      node.getBuilder().getI64IntegerAttr(*axis), epsilon);
  if (!norm || node.getNumResults() == 1)
    return node.setResult(norm);
  // the statistics, for those who ask for them
  Composer c(node.getLoc(), node.getBuilder());
  auto axes =
      llvm::to_vector(llvm::seq<int64_t>(*axis, node.getOperandRank(0)));
  auto getMean = [&](Value value) -> Value {
    return ReduceOp::create(c, ReduceKind::mean, value, axes,
                            /*keepDims=*/true);
  };
  Value mean = getMean(x), variance = getMean(c.square(c.sub(x, mean)));
  Value deviation = c.rsqrt(
      c.add(variance, c.constant(variance, epsilon.getValueAsDouble())));
  return node.setResults({norm, mean, deviation});
}

LogicalResult tenon::importRmsNorm(OnnxNode &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.getOperandRank(0));
  if (failed(axis))
    return failure();
  return node.setResult(node.create<RmsNormOp>(
      node.getOperand(0), node.getOperand(1),
      node.getBuilder().getI64IntegerAttr(*axis), getEpsilon(node)));
}

LogicalResult tenon::importLrn(OnnxNode &node) {
  Builder &b = node.getBuilder();
  return node.setResult(node.create<LrnOp>(
      node.getOperand(0), b.getI64IntegerAttr(node.getInt("size", 1)),
      b.getF32FloatAttr(node.getFloat("alpha", 1e-4)),
      b.getF32FloatAttr(node.getFloat("beta", 0.75)),
      b.getF32FloatAttr(node.getFloat("bias", 1.0))));
}

/// x / its norm along one dimension, 0 where that is 0.
LogicalResult tenon::importLpNormalization(OnnxNode &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.getOperandRank(0));
  int64_t p = node.getInt("p", 2);
  if (failed(axis))
    return failure();
  if (p != 1 && p != 2)
    return node.emitError() << "expected p to be 1 or 2, got " << p;
  Composer c(node.getLoc(), node.getBuilder());
  Value x = node.getOperand(0);
  Value powers = p == 1 ? AbsOp::create(c, x).getResult() : c.square(x);
  Value norm = c.reduce(ReduceKind::sum, powers, *axis);
  if (p == 2)
    norm = SqrtOp::create(c, norm);
  Value zero = c.constant(norm, 0);
  Value isZero = c.compare(ComparisonPredicate::eq, norm, zero);
  return node.setResult(c.div(x, c.select(isZero, c.constant(norm, 1), norm)));
}
