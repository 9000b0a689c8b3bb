//===- Composer.cpp - writes decompositions and derivatives ---------------===//

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

Value Composer::add(Value a, Value b) { return AddOp::create(*this, a, b); }
Value Composer::sub(Value a, Value b) { return SubOp::create(*this, a, b); }
Value Composer::mul(Value a, Value b) { return MulOp::create(*this, a, b); }
Value Composer::div(Value a, Value b) { return DivOp::create(*this, a, b); }
Value Composer::neg(Value x) { return NegOp::create(*this, x); }
Value Composer::exp(Value x) { return ExpOp::create(*this, x); }
Value Composer::log(Value x) { return LogOp::create(*this, x); }
Value Composer::rsqrt(Value x) { return RsqrtOp::create(*this, x); }

Value Composer::compare(ComparisonPredicate predicate, Value a, Value b) {
  return CompareOp::create(*this, predicate, a, b);
}

Value Composer::select(Value condition, Value a, Value b) {
  return SelectOp::create(*this, condition, a, b);
}

Value Composer::constant(Type element, double number) {
  auto type = RankedTensorType::get({}, element);
  if (auto floatType = dyn_cast<FloatType>(element))
    return ConstantOp::create(
        *this, DenseElementsAttr::get(
                   type, Attribute(getFloatAttr(floatType, number))));
  return ConstantOp::create(
      *this, DenseElementsAttr::get(type, APInt(element.getIntOrFloatBitWidth(),
                                                static_cast<int64_t>(number),
                                                /*isSigned=*/true,
                                                /*implicitTrunc=*/true)));
}

Value Composer::reduce(ReduceKind kind, Value x, ArrayRef<int64_t> axes) {
  return ReduceOp::create(*this, kind, x, axes, /*keep_dims=*/true);
}

Value Composer::cast(Value x, Type element) {
  return getTensorTypeOf(x).getElementType() == element
             ? x
             : CastOp::create(*this, x, element).getResult();
}

Value Composer::reshape(Value x, ArrayRef<AffineExpr> dims) {
  Type type = getTensorType(dims, getTensorTypeOf(x).getElementType());
  return type == x.getType() ? x
                             : ReshapeOp::create(*this, type, x).getResult();
}

Value Composer::broadcastTo(Value x, RankedTensorType type) {
  return x.getType() == type ? x
                             : BroadcastOp::create(*this, type, x).getResult();
}

Value Composer::sumTo(Value x, RankedTensorType type) {
  RankedTensorType from = getTensorTypeOf(x);
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
  Value integer =
      SymbolicConstantOp::create(*this, getTensorType({}, getI64Type()),
                                 DimsAttr::get(getContext(), size));
  return cast(integer, element);
}

Value Composer::countUp(AffineExpr size) {
  return IotaOp::create(*this, getTensorType(size, getI64Type()), /*axis=*/0);
}

Value Composer::alongAxis(Value x, int64_t axis, int64_t rank) {
  SmallVector<AffineExpr> dims(rank - axis, getAffineConstantExpr(1));
  dims[0] = getDim(getTensorTypeOf(x), 0);
  return reshape(x, dims);
}
