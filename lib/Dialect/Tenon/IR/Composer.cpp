//===- Composer.cpp - writes decompositions and derivatives ---------------===//

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

Value Composer::add(Value a, Value b) { return create<AddOp>(a, b); }
Value Composer::sub(Value a, Value b) { return create<SubOp>(a, b); }
Value Composer::mul(Value a, Value b) { return create<MulOp>(a, b); }
Value Composer::div(Value a, Value b) { return create<DivOp>(a, b); }
Value Composer::neg(Value x) { return create<NegOp>(x); }
Value Composer::exp(Value x) { return create<ExpOp>(x); }
Value Composer::log(Value x) { return create<LogOp>(x); }
Value Composer::rsqrt(Value x) { return create<RsqrtOp>(x); }

Value Composer::compare(ComparisonPredicate predicate, Value a, Value b) {
  return create<CompareOp>(predicate, a, b);
}

Value Composer::select(Value condition, Value a, Value b) {
  return create<SelectOp>(condition, a, b);
}

Value Composer::constant(Type element, double number) {
  if (hadError && !element.isIntOrFloat())
    return fail("expected numbers");
  auto type = RankedTensorType::get({}, element);
  if (auto floatType = dyn_cast<FloatType>(element))
    return create<ConstantOp>(DenseElementsAttr::get(
        type, Attribute(getFloatAttr(floatType, number))));
  return create<ConstantOp>(DenseElementsAttr::get(
      type, APInt(element.getIntOrFloatBitWidth(), static_cast<int64_t>(number),
                  /*isSigned=*/true,
                  /*implicitTrunc=*/true)));
}

Value Composer::reduce(ReduceKind kind, Value x, ArrayRef<int64_t> axes) {
  return create<ReduceOp>(kind, x, axes, /*keep_dims=*/true);
}

RankedTensorType Composer::getTypeOf(Value &x) {
  if (!x && hadError)
    x = fail("expected a tensor, got none");
  return getTensorTypeOf(x);
}

Value Composer::fail(const Twine &message) {
  if (!std::exchange(*hadError, true))
    emitError(message);
  return createPoison(*this, getLoc());
}

Value Composer::cast(Value x, Type element) {
  return getTypeOf(x).getElementType() == element ? x
                                                  : create<CastOp>(x, element);
}

Value Composer::reshape(Value x, ArrayRef<AffineExpr> dims) {
  Type type = getTensorType(dims, getTypeOf(x).getElementType());
  return type == x.getType() ? x : create<ReshapeOp>(type, x);
}

Value Composer::broadcastTo(Value x, RankedTensorType type) {
  return getTypeOf(x) == type ? x : create<BroadcastOp>(type, x);
}

Value Composer::sumTo(Value x, RankedTensorType type) {
  RankedTensorType from = getTypeOf(x);
  int64_t added = from.getRank() - type.getRank();
  SmallVector<int64_t> axes;
  for (int64_t i = 0; i < from.getRank(); ++i)
    if (i < added ||
        (type.getDimSize(i - added) == 1 && from.getDimSize(i) != 1))
      axes.push_back(i);
  if (!axes.empty())
    x = reduce(ReduceKind::sum, x, axes);
  return reshape(x, getDims(type));
}

Value Composer::sizeOf(AffineExpr size, Type element) {
  if (std::optional<int64_t> number = getConstantDim(size))
    return constant(element, *number);
  Value integer = create<SymbolicConstantOp>(getTensorType({}, getI64Type()),
                                             DimsAttr::get(getContext(), size));
  return cast(integer, element);
}

Value Composer::countUp(AffineExpr size) {
  return create<IotaOp>(getTensorType(size, getI64Type()), /*axis=*/0);
}

Value Composer::alongAxis(Value x, int64_t axis, int64_t rank) {
  RankedTensorType type = getTypeOf(x);
  if (hadError && type.getRank() != 1)
    return fail("expected a tensor of one dimension");
  SmallVector<AffineExpr> dims(rank - axis, getAffineConstantExpr(1));
  dims[0] = getDim(type, 0);
  return reshape(x, dims);
}
