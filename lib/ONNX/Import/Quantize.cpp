//===- Quantize.cpp - quantised tensors -----------------------------------===//
//
// The integer operators compute exactly: in i32 where the result is an integer
// tensor, and on dequantised values where it is requantised (products of 8-bit
// numbers sum exactly in f32 up to 2^24).
//
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "ImportFunctions.h"
#include "tenon/Dialect/Tenon/IR/Contractions.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/QuantizeOps.h"

using namespace mlir;
using namespace tenon;

/// The axis of scales; per-tensor ones need none, so it may be out of range.
static int64_t getQuantizationAxis(OnnxNode &node, Value value) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  int64_t axis = node.getInt("axis", 1);
  return axis < 0 ? axis + rank : axis;
}

static Value dequantize(OnnxNode &node, Value value, Value scale,
                        Value zeroPoint, int64_t axis) {
  return node.create<DequantizeLinearOp>(
      value, scale, zeroPoint, node.getBuilder().getI64IntegerAttr(axis));
}

static Value quantize(OnnxNode &node, Value value, Value scale, Value zeroPoint,
                      Type to, int64_t axis) {
  return node.create<QuantizeLinearOp>(
      value, scale, zeroPoint, TypeAttr::get(to),
      node.getBuilder().getI64IntegerAttr(axis));
}

LogicalResult tenon::importQuantizeLinear(OnnxNode &node) {
  Value zeroPoint = node.getOperand(2);
  Type to = node.getBuilder().getIntegerType(8, /*isSigned=*/false);
  if (zeroPoint)
    to = getElementTypeOrSelf(zeroPoint.getType());
  else if (node.getInt("output_dtype", 0))
    to = node.getElementTypeAttribute("output_dtype");
  if (!to)
    return failure();
  Value x = node.getOperand(0);
  return node.setResult(quantize(node, x, node.getOperand(1), zeroPoint, to,
                                 getQuantizationAxis(node, x)));
}

LogicalResult tenon::importDequantizeLinear(OnnxNode &node) {
  Value x = node.getOperand(0);
  return node.setResult(dequantize(node, x, node.getOperand(1),
                                   node.getOperand(2),
                                   getQuantizationAxis(node, x)));
}

//===----------------------------------------------------------------------===//
// Integer results
//===----------------------------------------------------------------------===//

/// The value in i32 less its zero point, which has one element, or one for each
/// index of `axis` in `rank` dimensions.
static Value subtractZeroPoint(OnnxNode &node, Value value, Value zeroPoint,
                               int64_t axis, int64_t rank) {
  TypeAttr i32 = TypeAttr::get(node.getBuilder().getI32Type());
  Value wide = node.create<CastOp>(value, i32);
  if (!zeroPoint)
    return wide;
  Value wideZero = node.create<CastOp>(zeroPoint, i32);
  auto type = cast<RankedTensorType>(zeroPoint.getType());
  if (wideZero && type.getRank() == 1 && type.getDimSize(0) != 1) {
    if (axis < 0 || axis >= rank) {
      node.emitError() << "expected one zero point for a tensor of rank "
                       << rank << ", got " << type;
      return {};
    }
    SmallVector<AffineExpr> dims(rank,
                                 getAffineConstantExpr(1, node.getContext()));
    dims[axis] = getDim(type, 0);
    wideZero = node.createReshape(wideZero, dims);
  }
  return node.create<SubOp>(wide, wideZero);
}

LogicalResult tenon::importMatMulInteger(OnnxNode &node) {
  int64_t rankA = node.getOperandRank(0), rankB = node.getOperandRank(1);
  Value a = subtractZeroPoint(node, node.getOperand(0), node.getOperand(2),
                              std::max<int64_t>(rankA - 2, 0), rankA);
  Value b = subtractZeroPoint(node, node.getOperand(1), node.getOperand(3),
                              rankB - 1, rankB);
  if (!a || !b)
    return failure();
  return node.setResult(
      node.take(buildMatmul(node.getBuilder(), node.getLoc(), a, b)));
}

LogicalResult tenon::importConvInteger(OnnxNode &node) {
  int64_t rank = node.getOperandRank(0);
  Value x =
      subtractZeroPoint(node, node.getOperand(0), node.getOperand(2), 1, rank);
  Value w =
      subtractZeroPoint(node, node.getOperand(1), node.getOperand(3), 0, rank);
  if (!x || !w)
    return failure();
  return node.setResult(createConv(node, x, w, 1));
}

//===----------------------------------------------------------------------===//
// Requantised results
//===----------------------------------------------------------------------===//

/// Operands x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale,
/// y_zero_point, bias (i32, of scale x_scale * w_scale).
LogicalResult tenon::importQLinearConv(OnnxNode &node) {
  Value x = dequantize(node, node.getOperand(0), node.getOperand(1),
                       node.getOperand(2), 1);
  Value w = dequantize(node, node.getOperand(3), node.getOperand(4),
                       node.getOperand(5), 0);
  if (!x || !w)
    return failure();
  Value y = createConv(node, x, w, 3);
  if (Value bias = node.getOperand(8)) {
    Value scale = node.create<MulOp>(node.getOperand(1), node.getOperand(4));
    Value wide = node.create<CastOp>(
        bias, TypeAttr::get(node.getOperandType(1).getElementType()));
    y = addChannelBias(node, y, node.create<MulOp>(wide, scale));
  }
  return node.setResult(quantize(node, y, node.getOperand(6),
                                 node.getOperand(7),
                                 node.getOperandType(7).getElementType(), 1));
}

/// Operands a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale,
/// y_zero_point.
LogicalResult tenon::importQLinearMatMul(OnnxNode &node) {
  int64_t rankA = node.getOperandRank(0), rankB = node.getOperandRank(3);
  Value a = dequantize(node, node.getOperand(0), node.getOperand(1),
                       node.getOperand(2), std::max<int64_t>(rankA - 2, 0));
  Value b = dequantize(node, node.getOperand(3), node.getOperand(4),
                       node.getOperand(5), rankB - 1);
  if (!a || !b)
    return failure();
  Value y = node.take(buildMatmul(node.getBuilder(), node.getLoc(), a, b));
  if (!y)
    return failure();
  return node.setResult(
      quantize(node, y, node.getOperand(6), node.getOperand(7),
               node.getOperandType(7).getElementType(),
               cast<RankedTensorType>(y.getType()).getRank() - 1));
}
