//===- Pad.cpp - lowering of padding --------------------------------------===//

#include "Categories.h"
#include "IndexedElements.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"

using namespace mlir;
using namespace tenon;

/// The non-negative remainder of `a / n`.
static Value floorMod(ImplicitLocOpBuilder &b, Value a, Value n) {
  Value remainder = arith::RemSIOp::create(b, a, n);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value isNegative =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, remainder, zero);
  return arith::SelectOp::create(
      b, isNegative, arith::AddIOp::create(b, remainder, n), remainder);
}

/// Position `i` mirrored at the first and last of `size` elements, which are
/// not repeated: a walk to and fro of period 2 * (size - 1).
static Value reflect(ImplicitLocOpBuilder &b, Value i, Value size) {
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value last = arith::SubIOp::create(b, size, one);
  Value period = arith::AddIOp::create(b, last, last);
  // a dimension of one element has no period
  Value safePeriod = arith::MaxSIOp::create(b, period, one);
  Value phase = floorMod(b, i, safePeriod);
  return arith::MinSIOp::create(b, phase,
                                arith::SubIOp::create(b, period, phase));
}

/// The element of a dimension of `size` that padding repeats at `i`, which may
/// lie outside of it.
static Value getSource(ImplicitLocOpBuilder &b, PadMode mode, Value i,
                       Value size) {
  if (mode == PadMode::reflect)
    return reflect(b, i, size);
  if (mode == PadMode::wrap)
    return floorMod(b, i, size);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value last = arith::SubIOp::create(b, size, one);
  return arith::MaxSIOp::create(b, arith::MinSIOp::create(b, i, last), zero);
}

static Value padByIndex(PadOp pad, OpBuilder &builder, Value operand,
                        const KernelDims &dims) {
  ImplicitLocOpBuilder outer(pad.getLoc(), builder);
  SmallVector<Value> low, sizes;
  for (AffineExpr expr : pad.getLow().getExprs())
    low.push_back(getSize(outer, dims, expr));
  for (AffineExpr expr : getDims(pad.getOperand().getType()))
    sizes.push_back(getSize(outer, dims, expr));
  return generateElements(
      builder, pad.getLoc(),
      dims.createEmpty(builder, pad.getLoc(), pad.getType()),
      [&](ImplicitLocOpBuilder &b, ValueRange index) -> Value {
        SmallVector<Value> source;
        for (auto [i, before, size] : llvm::zip_equal(index, low, sizes))
          source.push_back(getSource(
              b, pad.getMode(), arith::SubIOp::create(b, i, before), size));
        return tensor::ExtractOp::create(b, operand, source);
      });
}

/// Cuts off what negative amounts say, which `tensor.pad` can't.
static Value cutOff(PadOp pad, OpBuilder &builder, Value operand,
                    MutableArrayRef<AffineExpr> low,
                    MutableArrayRef<AffineExpr> high, const KernelDims &dims) {
  SmallVector<AffineExpr> sizes = getDims(pad.getOperand().getType());
  SmallVector<OpFoldResult> offsets,
      strides(sizes.size(), builder.getIndexAttr(1));
  bool isNeeded = false;
  AffineExpr zero = builder.getAffineConstantExpr(0);
  for (auto [size, before, after] : llvm::zip_equal(sizes, low, high)) {
    int64_t cutLow = std::min<int64_t>(getConstantDim(before).value_or(0), 0),
            cutHigh = std::min<int64_t>(getConstantDim(after).value_or(0), 0);
    offsets.push_back(builder.getIndexAttr(-cutLow));
    isNeeded |= cutLow < 0 || cutHigh < 0;
    size = size + cutLow + cutHigh;
    before = cutLow < 0 ? zero : before;
    after = cutHigh < 0 ? zero : after;
  }
  if (!isNeeded)
    return operand;
  RankedTensorType type = getTensorType(sizes, pad.getType().getElementType());
  return tensor::ExtractSliceOp::create(
      builder, pad.getLoc(), getKernelType(type), operand, offsets,
      dims.getSizes(builder, pad.getLoc(), type), strides);
}

static Value padWithConstant(PadOp pad, OpBuilder &builder, ValueRange operands,
                             const KernelDims &dims) {
  Location loc = pad.getLoc();
  RankedTensorType type = getKernelType(pad.getType());
  SmallVector<AffineExpr> low(pad.getLow().getExprs()),
      high(pad.getHigh().getExprs());
  Value operand = cutOff(pad, builder, operands[0], low, high, dims);
  Value value =
      operands.size() > 1
          ? Value(tensor::ExtractOp::create(builder, loc, operands[1]))
          : arith::ConstantOp::create(
                builder, loc, builder.getZeroAttr(type.getElementType()));
  auto evaluate = [&](ArrayRef<AffineExpr> exprs) {
    return llvm::map_to_vector(
        exprs, [&](AffineExpr expr) { return dims.get(builder, loc, expr); });
  };
  return tensor::PadOp::create(builder, loc, type, operand, evaluate(low),
                               evaluate(high), value);
}

namespace {
struct PadLowering
    : LinalgLoweringOpInterface::ExternalModel<PadLowering, PadOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto pad = cast<PadOp>(op);
    return SmallVector<Value>{
        pad.getMode() == PadMode::constant
            ? padWithConstant(pad, builder, operands, dims)
            : padByIndex(pad, builder, operands[0], dims)};
  }
};
} // namespace

void tenon::attachPadLowerings(MLIRContext *context) {
  PadOp::attachInterface<PadLowering>(*context);
}
