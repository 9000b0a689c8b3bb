//===- Normalization.cpp - norms, and softmax before opset 13 -------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"

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

/// Normalizes by the batch's own statistics, and moves the running ones.
static LogicalResult importTrainedBatchNorm(OnnxNode &node) {
  RankedTensorType type = node.getOperandType(0);
  int64_t rank = type.getRank();
  if (rank < 2 || !isa<FloatType>(type.getElementType()))
    return node.emitError()
           << "expected an input of floats of rank 2 or more, got " << type;
  for (unsigned i = 1; i <= 4; ++i) {
    RankedTensorType vector = node.getOperandType(i);
    if (!vector || !isa<FloatType>(vector.getElementType()) ||
        getDims(vector) != SmallVector<AffineExpr>{getDim(type, 1)})
      return node.emitError()
             << "expected input " << i
             << " to have a float for each channel of " << type;
  }
  NodeComposer c(node);
  Type element = type.getElementType();
  Value x = node.widenFloats(node.getOperand(0));
  SmallVector<int64_t> axes{0};
  llvm::append_range(axes, llvm::seq<int64_t>(2, rank));
  Value mean = c.reduce(ReduceKind::mean, x, axes);
  Value centered = c.sub(x, mean);
  Value variance = c.reduce(ReduceKind::mean, c.square(centered), axes);
  auto alongChannels = [&](unsigned index) {
    Value vector =
        c.cast(node.getOperand(index), getTensorTypeOf(x).getElementType());
    return c.alongAxis(vector, 1, rank);
  };
  double epsilon = node.getFloat("epsilon", 1e-5);
  Value scale =
      c.mul(c.rsqrt(c.add(variance, c.constant(x, epsilon))), alongChannels(1));
  Value y = c.cast(c.add(c.mul(centered, scale), alongChannels(2)), element);

  double momentum = node.getFloat("momentum", 0.9);
  auto move = [&](unsigned index, Value batch) {
    Value running = node.getOperand(index);
    Value vector = c.cast(c.reshape(batch, getDim(type, 1)),
                          getTensorTypeOf(running).getElementType());
    return c.add(c.mul(running, c.constant(running, momentum)),
                 c.mul(vector, c.constant(running, 1 - momentum)));
  };
  return node.setResults({y, move(3, mean), move(4, variance)});
}

LogicalResult tenon::importBatchNorm(OnnxNode &node) {
  if (node.getInt("training_mode", 0))
    return importTrainedBatchNorm(node);
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
  Value y = node.create<LayerNormOp>(
      node.getOperand(0), node.getOperand(1), node.getOperand(2),
      node.getBuilder().getI64IntegerAttr(*axis), getEpsilon(node));
  if (!y || (!node.wantsResult(1) && !node.wantsResult(2)))
    return node.setResult(y);

  // the mean and the inverse standard deviation, in the type that the node says
  Type stash = node.hasAttribute("stash_type")
                   ? node.getElementTypeAttribute("stash_type")
                   : node.getBuilder().getF32Type();
  if (!stash)
    return failure();
  if (!isa<FloatType>(stash))
    return node.emitError()
           << "expected attribute \"stash_type\" to be a type of floats, got "
           << stash;
  NodeComposer c(node);
  Value x = c.cast(node.getOperand(0), stash);
  SmallVector<int64_t> axes =
      llvm::to_vector(llvm::seq<int64_t>(*axis, node.getOperandRank(0)));
  Value mean = c.reduce(ReduceKind::mean, x, axes);
  Value variance = c.reduce(ReduceKind::mean, c.square(c.sub(x, mean)), axes);
  Value epsilon = c.constant(x, node.getFloat("epsilon", 1e-5));
  return node.setResults({y, mean, c.rsqrt(c.add(variance, epsilon))});
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
  NodeComposer c(node);
  Value x = node.widenFloats(node.getOperand(0));
  Value powers = p == 1 ? c.create<AbsOp>(x) : c.square(x);
  Value norm = c.reduce(ReduceKind::sum, powers, *axis);
  if (p == 2)
    norm = c.create<SqrtOp>(norm);
  Value zero = c.constant(norm, 0);
  Value isZero = c.compare(ComparisonPredicate::eq, norm, zero);
  Value result = c.div(x, c.select(isZero, c.constant(norm, 1), norm));
  return node.setResult(
      node.castTo(result, node.getOperandType(0).getElementType()));
}
