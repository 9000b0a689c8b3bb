//===- Pool.cpp - pooling -------------------------------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "Windows.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/WindowOps.h"
#include <cmath>

using namespace mlir;
using namespace tenon;

static UnitAttr getUnitAttrIf(OnnxNode &node, bool condition) {
  return condition ? UnitAttr::get(node.getContext()) : UnitAttr();
}

/// A number that no element is less than.
static double getLowest(Value value) {
  auto integer = dyn_cast<IntegerType>(getElementTypeOrSelf(value.getType()));
  if (!integer)
    return -std::numeric_limits<double>::infinity();
  return integer.isUnsigned() ? 0 : -std::ldexp(1.0, integer.getWidth() - 1);
}

static Value createPool(OnnxNode &node, Value input, ReduceKind kind,
                        bool countIncludePad, const WindowAttributes &window) {
  Builder &b = node.getBuilder();
  return node.create<PoolOp>(ReduceKindAttr::get(node.getContext(), kind),
                             input, b.getDenseI64ArrayAttr(window.sizes),
                             b.getDenseI64ArrayAttr(window.strides),
                             b.getDenseI64ArrayAttr(window.pads),
                             b.getDenseI64ArrayAttr(window.dilations),
                             getUnitAttrIf(node, node.getInt("ceil_mode", 0)),
                             getUnitAttrIf(node, countIncludePad),
                             /*channels_last=*/UnitAttr());
}

/// The mean of those elements under padded windows that are the input's.
static Value createMeanWithoutPadding(OnnxNode &node, Value input,
                                      const WindowAttributes &window) {
  NodeComposer c(node);
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(input));
  dims[0] = dims[1] = c.getAffineConstantExpr(1);
  Value ones = c.broadcastTo(
      c.constant(input, 1),
      getTensorType(dims, getTensorTypeOf(input).getElementType()));
  auto sum = [&](Value value) {
    return createPool(node, padForWindow(node, value, window, 0),
                      ReduceKind::sum, false, window);
  };
  Value sums = sum(input), counts = sum(ones);
  return node.create<DivOp>(sums, counts);
}

static FailureOr<Value> createPool(OnnxNode &node, Value input, ReduceKind kind,
                                   bool countIncludePad) {
  FailureOr<WindowAttributes> window = getWindowAttributes(node, std::nullopt);
  if (failed(window))
    return failure();
  bool isMax = kind == ReduceKind::maximum;
  Value pool;
  if (!window->low.empty() && kind == ReduceKind::mean && !countIncludePad) {
    pool = createMeanWithoutPadding(node, input, *window);
  } else {
    input = padForWindow(node, input, *window, isMax ? getLowest(input) : 0);
    pool = createPool(node, input, kind, countIncludePad, *window);
  }
  if (!pool)
    return failure();
  return pool;
}

static LogicalResult importPool(OnnxNode &node, ReduceKind kind,
                                bool countIncludePad) {
  FailureOr<Value> pool =
      createPool(node, node.getOperand(0), kind, countIncludePad);
  return failed(pool) ? failure() : node.setResult(*pool);
}

/// |x|^p, and the p-th root.
static Value raise(NodeComposer &c, Value x, double p) {
  x = c.create<AbsOp>(x);
  return p == 1   ? x
         : p == 2 ? c.square(x)
                  : c.create<PowOp>(x, c.constant(x, p));
}
static Value takeRoot(NodeComposer &c, Value x, double p) {
  return p == 1   ? x
         : p == 2 ? c.create<SqrtOp>(x)
                  : c.create<PowOp>(x, c.constant(x, 1 / p));
}

/// The p-norm of each window's elements.
LogicalResult tenon::importLpPool(OnnxNode &node) {
  double p = node.getInt("p", 2);
  NodeComposer c(node);
  Value x = node.widenFloats(node.getOperand(0));
  FailureOr<Value> sums =
      createPool(node, raise(c, x, p), ReduceKind::sum, false);
  if (failed(sums))
    return failure();
  return node.setResult(node.castTo(takeRoot(c, *sums, p),
                                    node.getOperandType(0).getElementType()));
}

/// The dimensions behind the batch and the channels.
static FailureOr<SmallVector<int64_t>> getSpatialAxes(OnnxNode &node) {
  int64_t rank = node.getOperandRank(0);
  if (rank < 2)
    return node.emitError()
           << "expected an input of rank 2 or more, got " << rank;
  return llvm::to_vector(llvm::seq<int64_t>(2, rank));
}

LogicalResult tenon::importGlobalLpPool(OnnxNode &node) {
  double p = node.getInt("p", 2);
  FailureOr<SmallVector<int64_t>> axes = getSpatialAxes(node);
  if (failed(axes))
    return failure();
  NodeComposer c(node);
  Value x = node.widenFloats(node.getOperand(0));
  Value sums = c.reduce(ReduceKind::sum, raise(c, x, p), *axes);
  return node.setResult(node.castTo(takeRoot(c, sums, p),
                                    node.getOperandType(0).getElementType()));
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
  if (!window->low.empty())
    return node.emitError() << "expected constant dimensions for the indices "
                               "of windows with auto_pad and strides";
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
  FailureOr<SmallVector<int64_t>> axes = getSpatialAxes(node);
  if (failed(axes))
    return failure();
  return node.setResult(node.create<ReduceOp>(
      ReduceKindAttr::get(node.getContext(),
                          isMax ? ReduceKind::maximum : ReduceKind::mean),
      node.getOperand(0), node.getBuilder().getDenseI64ArrayAttr(*axes),
      UnitAttr::get(node.getContext())));
}
