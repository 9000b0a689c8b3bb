//===- Pool.cpp - pooling -------------------------------------------------===//

#include "ImportFunctions.h"
#include "Windows.h"

using namespace mlir;
using namespace tenon;

static UnitAttr getUnitAttrIf(OnnxNode &node, bool condition) {
  return condition ? UnitAttr::get(node.getContext()) : UnitAttr();
}

static LogicalResult importPool(OnnxNode &node, ReduceKind kind,
                                bool countIncludePad) {
  FailureOr<WindowAttributes> window = getWindowAttributes(node, std::nullopt);
  if (failed(window))
    return failure();
  Builder &b = node.getBuilder();
  return node.setResult(node.create<PoolOp>(
      ReduceKindAttr::get(node.getContext(), kind), node.getOperand(0),
      b.getDenseI64ArrayAttr(window->sizes),
      b.getDenseI64ArrayAttr(window->strides),
      b.getDenseI64ArrayAttr(window->pads),
      b.getDenseI64ArrayAttr(window->dilations),
      getUnitAttrIf(node, node.getInt("ceil_mode", 0)),
      getUnitAttrIf(node, countIncludePad), /*channels_last=*/UnitAttr()));
}

LogicalResult tenon::importAveragePool(OnnxNode &node) {
  return importPool(node, ReduceKind::mean,
                    node.getInt("count_include_pad", 0));
}

LogicalResult tenon::importMaxPool(OnnxNode &node) {
  if (!node.wantsResult(1))
    return importPool(node, ReduceKind::maximum, false);
  FailureOr<WindowAttributes> window = getWindowAttributes(node, std::nullopt);
  if (failed(window))
    return failure();
  Builder &b = node.getBuilder();
  auto op = node.create<MaxPoolWithIndicesOp>(
      node.getOperand(0), b.getDenseI64ArrayAttr(window->sizes),
      b.getDenseI64ArrayAttr(window->strides),
      b.getDenseI64ArrayAttr(window->pads),
      b.getDenseI64ArrayAttr(window->dilations),
      getUnitAttrIf(node, node.getInt("ceil_mode", 0)),
      getUnitAttrIf(node, node.getInt("storage_order", 0)));
  return op ? node.setResults(op->getResults()) : failure();
}

LogicalResult tenon::importGlobalPool(OnnxNode &node) {
  bool isMax = node.getOpType() == "GlobalMaxPool";
  SmallVector<int64_t> axes =
      llvm::to_vector(llvm::seq<int64_t>(2, node.getOperandRank(0)));
  return node.setResult(node.create<ReduceOp>(
      ReduceKindAttr::get(node.getContext(),
                          isMax ? ReduceKind::maximum : ReduceKind::mean),
      node.getOperand(0), node.getBuilder().getDenseI64ArrayAttr(axes),
      UnitAttr::get(node.getContext())));
}
