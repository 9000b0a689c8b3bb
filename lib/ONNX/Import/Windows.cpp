//===- Windows.cpp - attributes of convolutions and pools -----------------===//

#include "Windows.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/SlidingWindow.h"

using namespace mlir;
using namespace tenon;

std::pair<int64_t, int64_t> tenon::splitPadding(int64_t total, bool isUpper) {
  int64_t smaller = total / 2, larger = total - total / 2;
  return isUpper ? std::pair(smaller, larger) : std::pair(larger, smaller);
}

FailureOr<SmallVector<int64_t>> tenon::getWeightWindow(OnnxNode &node,
                                                       unsigned operand) {
  RankedTensorType type = node.getOperandType(operand);
  if (type.getRank() < 3)
    return node.emitError()
           << "expected weights of rank 3 or more, got " << type.getRank();
  SmallVector<int64_t> window(type.getShape().drop_front(2));
  if (llvm::any_of(window, ShapedType::isDynamic))
    return node.emitError() << "expected weights of constant window size";
  return window;
}

/// The padding with which a dimension of size `input` has
/// `ceil(input / stride)` windows. Where the windows leave out its end, the
/// number is negative.
static AffineExpr getSamePadding(AffineExpr input, int64_t extent,
                                 int64_t stride) {
  AffineExpr windows = input.ceilDiv(stride);
  return simplifyDim((windows - 1) * stride + extent - input);
}

static LogicalResult applyAutoPad(OnnxNode &node, StringRef autoPad,
                                  WindowAttributes &window) {
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  size_t rank = window.sizes.size();
  window.pads.assign(2 * rank, 0);
  if (autoPad == "VALID")
    return success();
  if (autoPad != "SAME_UPPER" && autoPad != "SAME_LOWER")
    return node.emitError() << "expected attribute \"auto_pad\" to be NOTSET, "
                               "VALID, SAME_UPPER or SAME_LOWER, got \""
                            << autoPad << "\"";
  AffineExpr zero = getAffineConstantExpr(0, node.getContext());
  for (size_t i = 0; i < rank; ++i) {
    int64_t extent = (window.sizes[i] - 1) * window.dilations[i] + 1;
    AffineExpr total = getSamePadding(dims[i + 2], extent, window.strides[i]);
    bool isUpper = autoPad == "SAME_UPPER";
    if (std::optional<int64_t> constant = getConstantDim(total)) {
      std::tie(window.pads[i], window.pads[i + rank]) =
          splitPadding(std::max<int64_t>(*constant, 0), isUpper);
      continue;
    }
    if (window.low.empty())
      window.low.assign(rank + 2, zero), window.high = window.low;
    AffineExpr added =
        extent >= window.strides[i] ? total : getMaxDim(total, zero);
    AffineExpr smaller = added.floorDiv(2);
    window.low[i + 2] = isUpper ? smaller : simplifyDim(added - smaller);
    window.high[i + 2] = simplifyDim(added - window.low[i + 2]);
  }
  return success();
}

Value tenon::padForWindow(OnnxNode &node, Value input,
                          const WindowAttributes &window, double value) {
  if (window.low.empty() || !input)
    return input;
  MLIRContext *context = node.getContext();
  Type element = getElementTypeOrSelf(input.getType());
  return node.create<PadOp>(input, node.createScalar(element, value),
                            DimsAttr::get(context, window.low),
                            DimsAttr::get(context, window.high),
                            PadModeAttr::get(context, PadMode::constant));
}

static LogicalResult checkWindow(OnnxNode &node,
                                 const WindowAttributes &window) {
  size_t rank = window.sizes.size();
  if (static_cast<size_t>(node.getOperandRank(0)) != rank + 2)
    return node.emitError() << "expected an input of rank " << rank + 2
                            << ", got " << node.getOperandRank(0);
  auto check = [&](ArrayRef<int64_t> values, StringRef what, size_t count,
                   int64_t smallest) -> LogicalResult {
    if (values.size() == count && llvm::all_of(values, [&](int64_t v) {
          return v >= smallest && v <= maxWindowNumber;
        }))
      return success();
    return node.emitError()
           << "expected " << count << " " << what << " from " << smallest
           << " to " << maxWindowNumber << ", got " << values;
  };
  return failure(failed(check(window.sizes, "window sizes", rank, 1)) ||
                 failed(check(window.strides, "strides", rank, 1)) ||
                 failed(check(window.dilations, "dilations", rank, 1)) ||
                 failed(check(window.pads, "pads", 2 * rank, 0)));
}

FailureOr<WindowAttributes>
tenon::getWindowAttributes(OnnxNode &node,
                           std::optional<SmallVector<int64_t>> sizes) {
  WindowAttributes window;
  std::optional<SmallVector<int64_t>> given = node.getInts("kernel_shape");
  if (given && sizes && *given != *sizes)
    return node.emitError() << "expected attribute \"kernel_shape\" to be the "
                               "weights' window";
  window.sizes = given ? *given : sizes.value_or(SmallVector<int64_t>());
  SmallVector<int64_t> ones(window.sizes.size(), 1);
  window.strides = node.getInts("strides").value_or(ones);
  window.dilations = node.getInts("dilations").value_or(ones);
  window.pads = node.getInts("pads").value_or(
      SmallVector<int64_t>(2 * window.sizes.size(), 0));
  if (failed(checkWindow(node, window)))
    return failure();
  StringRef autoPad = node.getText("auto_pad", "NOTSET");
  if (autoPad != "NOTSET" && !autoPad.empty() &&
      failed(applyAutoPad(node, autoPad, window)))
    return failure();
  return window;
}
