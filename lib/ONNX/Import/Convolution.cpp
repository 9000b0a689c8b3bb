//===- Convolution.cpp - convolutions from ONNX's attributes --------------===//

#include "Convolution.h"
#include "ImportFunctions.h"
#include "Windows.h"

using namespace mlir;
using namespace tenon;

Value tenon::createConv(OnnxNode &node, Value input, Value weights,
                        unsigned weightOperand) {
  FailureOr<SmallVector<int64_t>> sizes = getWeightWindow(node, weightOperand);
  if (failed(sizes))
    return {};
  FailureOr<WindowAttributes> window = getWindowAttributes(node, *sizes);
  if (failed(window))
    return {};
  SmallVector<int64_t> inputDilations(sizes->size(), 1);
  Builder &b = node.getBuilder();
  return node.create<ConvOp>(
      input, weights, b.getDenseI64ArrayAttr(window->strides),
      b.getDenseI64ArrayAttr(window->pads),
      b.getDenseI64ArrayAttr(window->dilations),
      b.getDenseI64ArrayAttr(inputDilations),
      b.getI64IntegerAttr(node.getInt("group", 1)),
      /*channels_last=*/UnitAttr(), /*result_element=*/TypeAttr());
}

Value tenon::addChannelBias(OnnxNode &node, Value value, Value bias) {
  if (!value || !bias)
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<AffineExpr> dims(type.getRank() - 1,
                               getAffineConstantExpr(1, node.getContext()));
  dims.front() = getDim(cast<RankedTensorType>(bias.getType()), 0);
  return node.create<AddOp>(value, node.createReshape(bias, dims));
}

LogicalResult tenon::importConv(OnnxNode &node) {
  Value conv = createConv(node, node.getOperand(0), node.getOperand(1), 1);
  return node.setResult(addChannelBias(node, conv, node.getOperand(2)));
}

//===----------------------------------------------------------------------===//
// ConvTranspose
//===----------------------------------------------------------------------===//

/// `output_shape` and `auto_pad` say how much is cut off the full result.
static LogicalResult fitOutput(OnnxNode &node, WindowAttributes &window,
                               MutableArrayRef<int64_t> outputPads) {
  std::optional<SmallVector<int64_t>> shape = node.getInts("output_shape");
  StringRef autoPad = node.getText("auto_pad", "NOTSET");
  bool isSame = autoPad.starts_with("SAME");
  if (!shape && !isSame)
    return success();
  size_t rank = window.sizes.size();
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  for (size_t i = 0; i < rank; ++i) {
    std::optional<int64_t> input = getConstantDim(dims[i + 2]);
    int64_t extent = (window.sizes[i] - 1) * window.dilations[i] + 1;
    // with SAME the result is `stride` times as large, whatever the input is
    int64_t total = extent - window.strides[i] + outputPads[i];
    if (shape) {
      if (!input || shape->size() < rank)
        return node.emitError()
               << "expected constant dimensions, one for each output_shape";
      total = window.strides[i] * (*input - 1) + outputPads[i] + extent -
              (*shape)[shape->size() - rank + i];
    }
    if (total < 0) { // larger than all windows reach: the rest is zeros
      outputPads[i] -= total;
      total = 0;
    }
    std::tie(window.pads[i], window.pads[i + rank]) =
        splitPadding(total, autoPad != "SAME_LOWER" && isSame);
  }
  return success();
}

LogicalResult tenon::importConvTranspose(OnnxNode &node) {
  FailureOr<SmallVector<int64_t>> sizes = getWeightWindow(node, 1);
  if (failed(sizes))
    return failure();
  FailureOr<WindowAttributes> window = getWindowAttributes(node, *sizes);
  if (failed(window))
    return failure();
  SmallVector<int64_t> outputPads =
      node.getInts("output_padding")
          .value_or(SmallVector<int64_t>(sizes->size(), 0));
  if (outputPads.size() != sizes->size())
    return node.emitError() << "expected " << sizes->size()
                            << " output pads, got " << outputPads.size();
  if (failed(fitOutput(node, *window, outputPads)))
    return failure();
  Builder &b = node.getBuilder();
  Value conv = node.create<ConvTransposeOp>(
      node.getOperand(0), node.getOperand(1),
      b.getDenseI64ArrayAttr(window->strides),
      b.getDenseI64ArrayAttr(window->pads),
      b.getDenseI64ArrayAttr(window->dilations),
      b.getDenseI64ArrayAttr(outputPads),
      b.getI64IntegerAttr(node.getInt("group", 1)));
  return node.setResult(addChannelBias(node, conv, node.getOperand(2)));
}
