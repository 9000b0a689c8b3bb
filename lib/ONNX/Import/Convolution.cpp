//===- Convolution.cpp - convolutions from ONNX's attributes --------------===//

#include "Convolution.h"
#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "Windows.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"

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
  return node.create<ConvOp>(padForWindow(node, input, *window, 0), weights,
                             b.getDenseI64ArrayAttr(window->strides),
                             b.getDenseI64ArrayAttr(window->pads),
                             b.getDenseI64ArrayAttr(window->dilations),
                             b.getDenseI64ArrayAttr(inputDilations),
                             b.getI64IntegerAttr(node.getInt("group", 1)),
                             /*channels_last=*/UnitAttr(),
                             /*result_element=*/TypeAttr());
}

Value tenon::addChannelBias(OnnxNode &node, Value value, Value bias) {
  if (!value || !bias)
    return value;
  auto type = cast<RankedTensorType>(value.getType()),
       biasType = cast<RankedTensorType>(bias.getType());
  if (biasType.getRank() != 1) {
    node.emitError() << "expected a bias of rank 1, got " << biasType;
    return {};
  }
  SmallVector<AffineExpr> dims(type.getRank() - 1,
                               getAffineConstantExpr(1, node.getContext()));
  dims.front() = getDim(biasType, 0);
  return node.addBias(value, node.createReshape(bias, dims));
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
    int64_t extent = (window.sizes[i] - 1) * window.dilations[i] + 1;
    // with SAME the result is `stride` times as large, whatever the input is
    int64_t total = extent - window.strides[i] + outputPads[i];
    if (shape) {
      int64_t wanted =
          shape->size() < rank ? 0 : (*shape)[shape->size() - rank + i];
      std::optional<int64_t> full = getConstantDim(simplifyDim(
          (dims[i + 2] - 1) * window.strides[i] + (outputPads[i] + extent)));
      if (!full || *full > maxTensorElements || wanted < 1 ||
          wanted > maxTensorElements)
        return node.emitError()
               << "expected constant dimensions, one for each output_shape";
      total = *full - wanted;
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
  if (outputPads.size() != sizes->size() ||
      llvm::any_of(llvm::zip(outputPads, window->strides, window->dilations),
                   [](auto numbers) {
                     auto [pad, stride, dilation] = numbers;
                     return pad < 0 || pad >= std::max(stride, dilation);
                   }))
    return node.emitError()
           << "expected " << sizes->size()
           << " output pads below the strides or dilations, got " << outputPads;
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

//===----------------------------------------------------------------------===//
// Col2Im
//===----------------------------------------------------------------------===//

/// Weights that put channel k of a group at place k of its window:
/// [groups * places, 1, window...].
static Value createPlacement(OnnxNode &node, ArrayRef<int64_t> window,
                             int64_t groups, Type element) {
  int64_t places = llvm::product_of(window);
  NodeComposer c(node);
  AffineExpr size = c.getAffineConstantExpr(places);
  Value place = c.countUp(size);
  Value isPlace =
      c.compare(ComparisonPredicate::eq, c.alongAxis(place, 0, 2), place);
  Value identity = c.broadcastTo(
      c.cast(isPlace, element),
      getTensorType({c.getAffineConstantExpr(groups), size, size}, element));
  SmallVector<AffineExpr> dims{c.getAffineConstantExpr(groups * places),
                               c.getAffineConstantExpr(1)};
  for (int64_t extent : window)
    dims.push_back(c.getAffineConstantExpr(extent));
  return c.reshape(identity, dims);
}

/// The node's attributes; its operand has lost the image's dimensions.
static FailureOr<WindowAttributes> getBlockAttributes(OnnxNode &node,
                                                      ArrayRef<int64_t> block) {
  auto get = [&](StringRef name, size_t count, int64_t otherwise) {
    return node.getInts(name).value_or(SmallVector<int64_t>(count, otherwise));
  };
  size_t rank = block.size();
  WindowAttributes window;
  window.sizes.assign(block.begin(), block.end());
  window.strides = get("strides", rank, 1);
  window.dilations = get("dilations", rank, 1);
  window.pads = get("pads", 2 * rank, 0);
  if (window.strides.size() != rank || window.dilations.size() != rank ||
      window.pads.size() != 2 * rank)
    return node.emitError() << "expected a stride, a dilation and two pads for "
                               "each of "
                            << rank << " dimensions";
  auto isBelow = [](ArrayRef<int64_t> values, int64_t least) {
    return llvm::any_of(values, [&](int64_t v) { return v < least; });
  };
  auto isAbove = [](ArrayRef<int64_t> values) {
    constexpr int64_t most = int64_t(1) << 30;
    return llvm::any_of(values, [](int64_t v) { return v > most; });
  };
  if (isBelow(block, 1) || isBelow(window.strides, 1) ||
      isBelow(window.dilations, 1) || isBelow(window.pads, 0) ||
      isAbove(block) || isAbove(window.strides) || isAbove(window.dilations) ||
      isAbove(window.pads))
    return node.emitError() << "expected blocks, strides and dilations of 1 or "
                               "more, pads of 0 or more, and all below 2^30";
  return window;
}

/// The sum of overlapping windows: a transposed convolution whose weights put
/// each channel to its place.
LogicalResult tenon::importCol2Im(OnnxNode &node) {
  FailureOr<SmallVector<int64_t>> image = node.getIntOperand(1, "image_shape");
  FailureOr<SmallVector<int64_t>> block = node.getIntOperand(2, "block_shape");
  if (failed(image) || failed(block))
    return failure();
  RankedTensorType type = node.getOperandType(0);
  size_t rank = image->size();
  FailureOr<WindowAttributes> window = getBlockAttributes(node, *block);
  if (failed(window))
    return failure();
  int64_t places = 1;
  for (int64_t extent : *block)
    places = std::min(places * extent, int64_t(1) << 30); // none has more
  if (type.getRank() != 3 || block->size() != rank || type.isDynamicDim(1) ||
      type.getDimSize(1) % places)
    return node.emitError()
           << "expected an input of rank 3 whose dimension 1 is a multiple of "
              "the block's "
           << places << " places, got " << type;
  int64_t groups = type.getDimSize(1) / places;

  Builder &b = node.getBuilder();
  SmallVector<AffineExpr> dims = getDims(type);
  dims.pop_back();
  SmallVector<int64_t> outputPads;
  int64_t blocks = 1;
  for (size_t i = 0; i < rank; ++i) {
    int64_t extent = ((*block)[i] - 1) * window->dilations[i] + 1;
    int64_t size = (*image)[i];
    int64_t padded = size + window->pads[i] + window->pads[i + rank];
    if (size < 0 || size > maxTensorElements || padded < extent)
      return node.emitError() << "expected a block inside of the image, got "
                              << extent << " of " << padded << " elements";
    int64_t count = (padded - extent) / window->strides[i] + 1;
    if (llvm::MulOverflow(blocks, count, blocks))
      blocks = maxTensorElements + 1;
    dims.push_back(b.getAffineConstantExpr(count));
    outputPads.push_back((padded - extent) % window->strides[i]);
  }
  if (type.getDimSize(2) != blocks)
    return node.emitError()
           << "expected " << blocks << " blocks in dimension 2, got " << type;
  Value placement =
      createPlacement(node, *block, groups, type.getElementType());
  return node.setResult(node.create<ConvTransposeOp>(
      node.createReshape(node.getOperand(0), dims), placement,
      b.getDenseI64ArrayAttr(window->strides),
      b.getDenseI64ArrayAttr(window->pads),
      b.getDenseI64ArrayAttr(window->dilations),
      b.getDenseI64ArrayAttr(outputPads), b.getI64IntegerAttr(groups)));
}
