//===- Reduce.cpp - ops along dimensions and under windows ----------------===//

#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/SlidingWindow.h"
#include "tenon/Dialect/Tenon/IR/WindowOps.h"

using namespace mlir;
using namespace tenon;

static StringRef getReduceOperator(ReduceKind kind) {
  switch (kind) {
  case ReduceKind::sum:
    return "ReduceSum";
  case ReduceKind::product:
    return "ReduceProd";
  case ReduceKind::maximum:
    return "ReduceMax";
  case ReduceKind::minimum:
    return "ReduceMin";
  case ReduceKind::mean:
    return "ReduceMean";
  }
  llvm_unreachable("a kind of reduction");
}

LogicalResult tenon::exportReduce(ExportContext &context, Operation *op) {
  auto reduce = cast<ReduceOp>(op);
  onnx::NodeProto &node =
      context.addNode(getReduceOperator(reduce.getKind()), op,
                      {context.getName(reduce.getOperand()),
                       context.addInts(reduce.getAxes())});
  ExportContext::setInt(node, "keepdims", reduce.getKeepDims());
  ExportContext::setInt(node, "noop_with_empty_axes", 1);
  return success();
}

template <typename OpTy>
static LogicalResult exportArgReduce(ExportContext &context, StringRef opType,
                                     OpTy op) {
  onnx::NodeProto &node = context.addNode(opType, op);
  ExportContext::setInt(node, "axis", op.getAxis());
  ExportContext::setInt(node, "keepdims", op.getKeepDims());
  ExportContext::setInt(node, "select_last_index", op.getSelectLast());
  return success();
}

LogicalResult tenon::exportArgMax(ExportContext &context, Operation *op) {
  return exportArgReduce(context, "ArgMax", cast<ArgMaxOp>(op));
}

LogicalResult tenon::exportArgMin(ExportContext &context, Operation *op) {
  return exportArgReduce(context, "ArgMin", cast<ArgMinOp>(op));
}

LogicalResult tenon::exportCumSum(ExportContext &context, Operation *op) {
  auto sum = cast<CumSumOp>(op);
  Type i64 = IntegerType::get(op->getContext(), 64);
  onnx::NodeProto &node =
      context.addNode("CumSum", op,
                      {context.getName(sum.getOperand()),
                       context.addScalar(i64, sum.getAxis())});
  ExportContext::setInt(node, "exclusive", sum.getExclusive());
  ExportContext::setInt(node, "reverse", sum.getReverse());
  return success();
}

/// Whether `ceil_mode` adds a window. Where it does not, it is left out: ONNX's
/// own shape inference counts windows that begin behind the input.
template <typename OpTy> static bool hasWindowBeyond(OpTy pool) {
  if (!pool.getCeilMode())
    return false;
  ArrayRef<int64_t> window = pool.getWindow(), pads = pool.getPads();
  SmallVector<AffineExpr> from = getDims(pool.getInput().getType()),
                          to = getDims(cast<RankedTensorType>(
                              pool->getResult(0).getType()));
  size_t first = from.size() - window.size();
  return llvm::any_of(llvm::seq(window.size()), [&](size_t i) {
    return to[first + i] !=
           countWindows(from[first + i],
                        {window[i], pool.getStrides()[i], pads[i],
                         pads[window.size() + i], pool.getDilations()[i],
                         /*ceilMode=*/false});
  });
}

/// The attributes that ONNX's pools share.
template <typename OpTy>
static void setWindow(onnx::NodeProto &node, OpTy pool) {
  ExportContext::setInts(node, "kernel_shape", pool.getWindow());
  ExportContext::setInts(node, "strides", pool.getStrides());
  ExportContext::setInts(node, "pads", pool.getPads());
  ExportContext::setInt(node, "ceil_mode", hasWindowBeyond(pool));
}

/// ONNX has no sums, but means that count zeros around the input.
static LogicalResult exportSumPool(ExportContext &context, PoolOp pool) {
  onnx::NodeProto *mean;
  std::string means = context.addValue(
      "AveragePool", {context.getName(pool.getInput())}, &mean);
  setWindow(*mean, pool);
  ExportContext::setInt(*mean, "count_include_pad", 1);
  std::string count = context.addScalar(getElementTypeOrSelf(pool.getType()),
                                        llvm::product_of(pool.getWindow()));
  context.addNode("Mul", pool, {means, count});
  return success();
}

LogicalResult tenon::exportPool(ExportContext &context, Operation *op) {
  auto pool = cast<PoolOp>(op);
  bool isMean = pool.getKind() == ReduceKind::mean;
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(pool.getType()));
  bool isSum =
      pool.getKind() == ReduceKind::sum && isFloat && !pool.getCeilMode();
  bool isDilated =
      llvm::any_of(pool.getDilations(), [](int64_t d) { return d != 1; });
  if (pool.getChannelsLast() || ((isMean || isSum) && isDilated) ||
      (!isMean && !isSum && pool.getKind() != ReduceKind::maximum))
    return op->emitOpError("has no ONNX operator for channels last, sums in "
                           "ceil_mode or of integers, or means of dilated "
                           "windows");
  if (isSum)
    return exportSumPool(context, pool);
  onnx::NodeProto &node =
      context.addNode(isMean ? "AveragePool" : "MaxPool", op);
  setWindow(node, pool);
  if (isMean)
    ExportContext::setInt(node, "count_include_pad", pool.getCountIncludePad());
  else
    ExportContext::setInts(node, "dilations", pool.getDilations());
  return success();
}

LogicalResult tenon::exportMaxPoolWithIndices(ExportContext &context,
                                              Operation *op) {
  auto pool = cast<MaxPoolWithIndicesOp>(op);
  onnx::NodeProto &node = context.addNode("MaxPool", op);
  setWindow(node, pool);
  ExportContext::setInts(node, "dilations", pool.getDilations());
  ExportContext::setInt(node, "storage_order", pool.getColumnMajor());
  return success();
}
