//===- Padding.cpp - borders and gaps of convolutions' inputs -------------===//

#include "Padding.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace tenon;

Value tenon::padSpatially(OpBuilder &builder, Location loc, Value tensor,
                          unsigned first, ArrayRef<OpFoldResult> low,
                          ArrayRef<OpFoldResult> high, TypedAttr value) {
  if (llvm::all_of(low, isZeroInteger) && llvm::all_of(high, isZeroInteger))
    return tensor;
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  SmallVector<OpFoldResult> lows(rank, builder.getIndexAttr(0)), highs = lows;
  for (size_t i = 0; i < low.size(); ++i) {
    lows[first + i] = low[i];
    highs[first + i] = high[i];
  }
  Value scalar = arith::ConstantOp::create(builder, loc, value);
  return tensor::PadOp::create(builder, loc, Type(), tensor, lows, highs,
                               scalar);
}

Value tenon::dropUnreached(OpBuilder &builder, Location loc, Value tensor,
                           unsigned first, ArrayRef<int64_t> extents,
                           ArrayRef<int64_t> counts) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, loc, tensor);
  bool changes = false;
  for (size_t i = 0; i < extents.size(); ++i) {
    if (counts[i] != 1 || type.getDimSize(first + i) <= extents[i])
      continue;
    sizes[first + i] = builder.getIndexAttr(extents[i]);
    changes = true;
  }
  if (!changes)
    return tensor;
  SmallVector<OpFoldResult> offsets(sizes.size(), builder.getIndexAttr(0)),
      strides(sizes.size(), builder.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(builder, loc, tensor, offsets, sizes,
                                        strides);
}
