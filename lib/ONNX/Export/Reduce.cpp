//===- Reduce.cpp - ops along dimensions and under windows ----------------===//

#include "ExportFunctions.h"

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

LogicalResult tenon::exportPool(ExportContext &context, Operation *op) {
  auto pool = cast<PoolOp>(op);
  bool isMean = pool.getKind() == ReduceKind::mean;
  bool isDilated =
      llvm::any_of(pool.getDilations(), [](int64_t d) { return d != 1; });
  if (pool.getChannelsLast() || (isMean && isDilated) ||
      (!isMean && pool.getKind() != ReduceKind::maximum))
    return op->emitOpError("has no ONNX operator for channels last, sums, or "
                           "means of dilated windows");
  onnx::NodeProto &node =
      context.addNode(isMean ? "AveragePool" : "MaxPool", op);
  ExportContext::setInts(node, "kernel_shape", pool.getWindow());
  ExportContext::setInts(node, "strides", pool.getStrides());
  ExportContext::setInts(node, "pads", pool.getPads());
  ExportContext::setInt(node, "ceil_mode", pool.getCeilMode());
  if (isMean)
    ExportContext::setInt(node, "count_include_pad", pool.getCountIncludePad());
  else
    ExportContext::setInts(node, "dilations", pool.getDilations());
  return success();
}
