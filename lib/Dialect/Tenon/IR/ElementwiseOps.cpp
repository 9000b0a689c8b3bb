//===- ElementwiseOps.cpp - shapes and folds of elementwise ops -----------===//

#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "ElementFolding.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/ShapeRules.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Result types
//===----------------------------------------------------------------------===//

LogicalResult tenon::inferElementwise(std::optional<Location> loc,
                                      ValueRange operands,
                                      SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = inferBroadcastType(loc, operands);
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

LogicalResult tenon::inferPredicate(std::optional<Location> loc,
                                    ValueRange operands,
                                    SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = inferBroadcastType(loc, operands);
  if (failed(type))
    return failure();
  types.push_back(
      withElementType(*type, IntegerType::get(type->getContext(), 1)));
  return success();
}

LogicalResult tenon::inferSelect(std::optional<Location> loc,
                                 ValueRange operands,
                                 SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type =
      inferBroadcastType(loc, operands.drop_front());
  if (failed(type))
    return failure();
  auto condition = cast<RankedTensorType>(operands[0].getType());
  FailureOr<SmallVector<AffineExpr>> dims =
      broadcastDims(loc, getDims(condition), getDims(*type));
  if (failed(dims))
    return failure();
  types.push_back(getTensorType(*dims, type->getElementType()));
  return success();
}

LogicalResult CastOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  types.push_back(withElementType(type, adaptor.getTo()));
  return success();
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

/// Whether `attr` holds `number` everywhere.
static bool isSplatOf(Attribute attr, double number) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attr);
  if (!dense || !dense.isSplat())
    return false;
  if (auto floats = dyn_cast<DenseFPElementsAttr>(dense))
    return floats.getSplatValue<APFloat>().convertToDouble() == number;
  return dense.getSplatValue<APInt>() ==
         APInt(dense.getElementType().getIntOrFloatBitWidth(),
               static_cast<int64_t>(number), /*isSigned=*/true,
               /*implicitTrunc=*/true);
}

/// `value` as the result of an op whose other operand is neutral.
static OpFoldResult foldNeutral(Operation *op, Value value, Attribute other,
                                double neutral) {
  return value.getType() == op->getResult(0).getType() &&
                 isSplatOf(other, neutral)
             ? OpFoldResult(value)
             : OpFoldResult();
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + 0 turns -0 into 0, which no network can tell apart
  if (auto folded = foldNeutral(*this, getLhs(), adaptor.getRhs(), 0))
    return folded;
  return foldElements(
      adaptor.getOperands(), getType(),
      [](const APFloat &a, const APFloat &b) { return a + b; },
      [](const APInt &a, const APInt &b) { return a + b; });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (auto folded = foldNeutral(*this, getLhs(), adaptor.getRhs(), 0))
    return folded;
  return foldElements(
      adaptor.getOperands(), getType(),
      [](const APFloat &a, const APFloat &b) { return a - b; },
      [](const APInt &a, const APInt &b) { return a - b; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (auto folded = foldNeutral(*this, getLhs(), adaptor.getRhs(), 1))
    return folded;
  return foldElements(
      adaptor.getOperands(), getType(),
      [](const APFloat &a, const APFloat &b) { return a * b; },
      [](const APInt &a, const APInt &b) { return a * b; });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (auto folded = foldNeutral(*this, getLhs(), adaptor.getRhs(), 1))
    return folded;
  bool isUnsigned = getType().getElementType().isUnsignedInteger();
  return foldElements(
      adaptor.getOperands(), getType(),
      [](const APFloat &a, const APFloat &b) { return a / b; },
      [&](const APInt &a, const APInt &b) -> std::optional<APInt> {
        if (b.isZero())
          return std::nullopt;
        return isUnsigned ? a.udiv(b) : a.sdiv(b);
      });
}

OpFoldResult MaximumOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  bool isUnsigned = getType().getElementType().isUnsignedInteger();
  return foldElements(
      adaptor.getOperands(), getType(),
      [](const APFloat &a, const APFloat &b) { return maximum(a, b); },
      [&](const APInt &a, const APInt &b) {
        return (isUnsigned ? a.ugt(b) : a.sgt(b)) ? a : b;
      });
}

OpFoldResult MinimumOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  bool isUnsigned = getType().getElementType().isUnsignedInteger();
  return foldElements(
      adaptor.getOperands(), getType(),
      [](const APFloat &a, const APFloat &b) { return minimum(a, b); },
      [&](const APInt &a, const APInt &b) {
        return (isUnsigned ? a.ult(b) : a.slt(b)) ? a : b;
      });
}

OpFoldResult NegOp::fold(FoldAdaptor) {
  if (auto inner = getOperand().getDefiningOp<NegOp>())
    return inner.getOperand();
  return {};
}

OpFoldResult ReluOp::fold(FoldAdaptor) {
  if (getOperand().getDefiningOp<ReluOp>())
    return getOperand();
  return {};
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  return castElements(adaptor.getOperand(),
                      cast<RankedTensorType>(getOperand().getType()), getTo());
}

//===----------------------------------------------------------------------===//
// Canonicalization
//===----------------------------------------------------------------------===//

namespace {
/// x ** 2, x ** 0.5 and x ** -0.5 without the general power: layer norms that
/// were exported as primitives are full of them.
struct SimplifyPow : OpRewritePattern<PowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PowOp op,
                                PatternRewriter &rewriter) const override {
    DenseElementsAttr exponent;
    if (!matchPattern(op.getRhs(), m_Constant(&exponent)) ||
        op.getLhs().getType() != op.getType())
      return failure();
    if (isSplatOf(exponent, 1))
      rewriter.replaceOp(op, op.getLhs());
    else if (isSplatOf(exponent, 2))
      rewriter.replaceOpWithNewOp<MulOp>(op, op.getLhs(), op.getLhs());
    else if (!isa<FloatType>(exponent.getElementType()))
      return failure();
    else if (isSplatOf(exponent, 0.5))
      rewriter.replaceOpWithNewOp<SqrtOp>(op, op.getLhs());
    else if (isSplatOf(exponent, -0.5))
      rewriter.replaceOpWithNewOp<RsqrtOp>(op, op.getLhs());
    else if (isSplatOf(exponent, -1))
      rewriter.replaceOpWithNewOp<ReciprocalOp>(op, op.getLhs());
    else
      return failure();
    return success();
  }
};
} // namespace

void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<SimplifyPow>(context);
}

AffineExpr CastOp::getFlops() { return getNumElements(getResult()); }
