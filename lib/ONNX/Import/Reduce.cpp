//===- Reduce.cpp - operators along dimensions ----------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace tenon;

/// The axes to reduce, ascending; none at all means all, unless the node says
/// that it means none.
static FailureOr<SmallVector<int64_t>> getReducedAxes(OnnxNode &node) {
  int64_t rank = node.getOperandRank(0);
  auto axes = node.getAxes(1, "axes", rank);
  if (failed(axes))
    return failure();
  SmallVector<int64_t> reduced = axes->value_or(SmallVector<int64_t>());
  if (reduced.empty() && !node.getInt("noop_with_empty_axes", 0))
    llvm::append_range(reduced, llvm::seq<int64_t>(0, rank));
  llvm::sort(reduced);
  return reduced;
}

static Value createReduce(OnnxNode &node, ReduceKind kind, Value value,
                          ArrayRef<int64_t> axes, bool keepDims) {
  return node.create<ReduceOp>(
      ReduceKindAttr::get(node.getContext(), kind), value,
      node.getBuilder().getDenseI64ArrayAttr(axes),
      keepDims ? UnitAttr::get(node.getContext()) : UnitAttr());
}

static ReduceKind getKind(StringRef opType) {
  return llvm::StringSwitch<ReduceKind>(opType)
      .Case("ReduceMean", ReduceKind::mean)
      .Case("ReduceProd", ReduceKind::product)
      .Case("ReduceMax", ReduceKind::maximum)
      .Case("ReduceMin", ReduceKind::minimum)
      .Default(ReduceKind::sum);
}

LogicalResult tenon::importReduce(OnnxNode &node) {
  FailureOr<SmallVector<int64_t>> axes = getReducedAxes(node);
  if (failed(axes))
    return failure();
  StringRef opType = node.getOpType();
  Type element = node.getOperandType(0).getElementType();
  bool isComposite = opType == "ReduceL2" || opType == "ReduceSumSquare" ||
                     opType == "ReduceLogSum";
  Value value = node.getOperand(0);
  if (isComposite)
    value = node.widenFloats(value);
  if (opType == "ReduceL1")
    value = node.create<AbsOp>(value);
  if (opType == "ReduceL2" || opType == "ReduceSumSquare")
    value = node.create<MulOp>(value, value);
  Value result = axes->empty()
                     ? value
                     : createReduce(node, getKind(opType), value, *axes,
                                    node.getInt("keepdims", 1));
  if (opType == "ReduceL2")
    result = node.create<SqrtOp>(result);
  if (opType == "ReduceLogSum")
    result = node.create<LogOp>(result);
  return node.setResult(node.castTo(result, element));
}

/// log(sum(exp(x - max))) + max, which does not overflow.
LogicalResult tenon::importReduceLogSumExp(OnnxNode &node) {
  FailureOr<SmallVector<int64_t>> axes = getReducedAxes(node);
  if (failed(axes))
    return failure();
  bool keepDims = node.getInt("keepdims", 1);
  Type element = node.getOperandType(0).getElementType();
  Value x = node.widenFloats(node.getOperand(0));
  Value max = createReduce(node, ReduceKind::maximum, x, *axes, true);
  Value shifted = node.create<SubOp>(x, max);
  Value sum = createReduce(node, ReduceKind::sum, node.create<ExpOp>(shifted),
                           *axes, true);
  Value result = node.create<AddOp>(node.create<LogOp>(sum), max);
  if (result && !keepDims) {
    SmallVector<AffineExpr> kept;
    for (auto [index, dim] :
         llvm::enumerate(getDims(cast<RankedTensorType>(result.getType()))))
      if (!llvm::is_contained(*axes, int64_t(index)))
        kept.push_back(dim);
    result = node.createReshape(result, kept);
  }
  return node.setResult(node.castTo(result, element));
}

template <typename OpTy> static LogicalResult importArgReduce(OnnxNode &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), node.getOperandRank(0));
  if (failed(axis))
    return failure();
  auto flag = [&](bool isSet) {
    return isSet ? UnitAttr::get(node.getContext()) : UnitAttr();
  };
  return node.setResult(node.create<OpTy>(
      node.getOperand(0), node.getBuilder().getI64IntegerAttr(*axis),
      flag(node.getInt("keepdims", 1)),
      flag(node.getInt("select_last_index", 0))));
}

LogicalResult tenon::importArgMax(OnnxNode &node) {
  return importArgReduce<ArgMaxOp>(node);
}

LogicalResult tenon::importArgMin(OnnxNode &node) {
  return importArgReduce<ArgMinOp>(node);
}

/// The axis of a cumulative operator.
static FailureOr<int64_t> getCumulatedAxis(OnnxNode &node) {
  FailureOr<int64_t> axis = node.getIntScalar(1, "axis");
  if (failed(axis))
    return failure();
  return node.normalizeAxis(*axis, node.getOperandRank(0));
}

LogicalResult tenon::importCumSum(OnnxNode &node) {
  FailureOr<int64_t> axis = getCumulatedAxis(node);
  if (failed(axis))
    return failure();
  auto flag = [&](StringRef name) {
    return node.getInt(name, 0) ? UnitAttr::get(node.getContext()) : UnitAttr();
  };
  return node.setResult(node.create<CumSumOp>(
      node.getOperand(0), node.getBuilder().getI64IntegerAttr(*axis),
      flag("exclusive"), flag("reverse")));
}

/// `x` moved by `distance` along `axis`, towards the end or, in `reverse`, the
/// begin; ones move in.
static Value shiftInOnes(NodeComposer &c, Value x, int64_t axis,
                         int64_t distance, bool reverse) {
  RankedTensorType type = getTensorTypeOf(x);
  SmallVector<AffineExpr> dims = getDims(type);
  SmallVector<AffineExpr> starts(dims.size(), c.getAffineConstantExpr(0));
  AffineExpr moved = c.getAffineConstantExpr(distance);
  SmallVector<AffineExpr> kept = dims, added = dims;
  kept[axis] = simplifyDim(dims[axis] - distance);
  added[axis] = moved;
  if (reverse)
    starts[axis] = moved;
  Value rest = c.create<SliceOp>(
      getTensorType(kept, type.getElementType()), x,
      DimsAttr::get(c.getContext(), starts),
      c.getDenseI64ArrayAttr(SmallVector<int64_t>(dims.size(), 1)));
  Value ones = c.broadcastTo(c.constant(x, 1),
                             getTensorType(added, type.getElementType()));
  SmallVector<Value> parts{ones, rest};
  if (reverse)
    std::swap(parts[0], parts[1]);
  return c.create<ConcatOp>(parts, axis);
}

/// Products over twice as many elements in each of log2(n) steps (Hillis and
/// Steele, 1986).
LogicalResult tenon::importCumProd(OnnxNode &node) {
  FailureOr<int64_t> axis = getCumulatedAxis(node);
  if (failed(axis))
    return failure();
  RankedTensorType type = node.getOperandType(0);
  if (type.isDynamicDim(*axis) || !type.getElementType().isIntOrFloat())
    return node.emitError() << "expected numbers with a constant dimension "
                            << *axis << ", got " << type;
  int64_t size = type.getDimSize(*axis);
  bool reverse = node.getInt("reverse", 0);
  NodeComposer c(node);
  Value product = node.getOperand(0);
  if (node.getInt("exclusive", 0) && size > 0)
    product = shiftInOnes(c, product, *axis, 1, reverse);
  for (int64_t span = 1; span < size; span *= 2)
    product = c.mul(product, shiftInOnes(c, product, *axis, span, reverse));
  return node.setResult(product);
}
