//===- Composer.h - writes decompositions and derivatives -------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_COMPOSER_H
#define TENON_DIALECT_TENON_IR_COMPOSER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"

namespace tenon {

inline mlir::RankedTensorType getTensorTypeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// Short forms for the ops that decompositions and derivatives are made of; all
/// operands broadcast.
class Composer : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  Value add(Value a, Value b) { return AddOp::create(*this, a, b); }
  Value sub(Value a, Value b) { return SubOp::create(*this, a, b); }
  Value mul(Value a, Value b) { return MulOp::create(*this, a, b); }
  Value div(Value a, Value b) { return DivOp::create(*this, a, b); }
  Value neg(Value x) { return NegOp::create(*this, x); }
  Value exp(Value x) { return ExpOp::create(*this, x); }
  Value log(Value x) { return LogOp::create(*this, x); }
  Value rsqrt(Value x) { return RsqrtOp::create(*this, x); }
  Value square(Value x) { return mul(x, x); }
  Value compare(ComparisonPredicate predicate, Value a, Value b) {
    return CompareOp::create(*this, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return SelectOp::create(*this, condition, a, b);
  }
  /// The sum; a null operand is zero.
  Value addIfAny(Value a, Value b) { return a && b ? add(a, b) : a ? a : b; }

  /// A scalar tensor with the element type of `like`.
  Value constant(Value like, double number) {
    return constant(getTensorTypeOf(like).getElementType(), number);
  }
  Value constant(mlir::Type element, double number) {
    auto type = mlir::RankedTensorType::get({}, element);
    if (auto floatType = llvm::dyn_cast<mlir::FloatType>(element))
      return ConstantOp::create(
          *this, mlir::DenseElementsAttr::get(
                     type, mlir::Attribute(getFloatAttr(floatType, number))));
    return ConstantOp::create(
        *this, mlir::DenseElementsAttr::get(
                   type, llvm::APInt(element.getIntOrFloatBitWidth(),
                                     static_cast<int64_t>(number),
                                     /*isSigned=*/true,
                                     /*implicitTrunc=*/true)));
  }

  /// Along `axes`, which keep size 1.
  Value reduce(ReduceKind kind, Value x, llvm::ArrayRef<int64_t> axes) {
    return ReduceOp::create(*this, kind, x, axes, /*keep_dims=*/true);
  }

  Value cast(Value x, mlir::Type element) {
    return getTensorTypeOf(x).getElementType() == element
               ? x
               : CastOp::create(*this, x, element).getResult();
  }

  Value reshape(Value x, llvm::ArrayRef<mlir::AffineExpr> dims) {
    mlir::Type type = getTensorType(dims, getTensorTypeOf(x).getElementType());
    return type == x.getType() ? x
                               : ReshapeOp::create(*this, type, x).getResult();
  }

  /// `x` repeated to `type`, as NumPy's broadcast_to does.
  Value broadcastTo(Value x, mlir::RankedTensorType type) {
    return x.getType() == type
               ? x
               : BroadcastOp::create(*this, type, x).getResult();
  }

  Value zeros(mlir::RankedTensorType type) {
    return broadcastTo(constant(type.getElementType(), 0), type);
  }

  /// The transpose of broadcastTo: sums what was repeated, down to `type`.
  Value sumTo(Value x, mlir::RankedTensorType type) {
    mlir::RankedTensorType from = getTensorTypeOf(x);
    int64_t added = from.getRank() - type.getRank();
    llvm::SmallVector<int64_t> axes;
    for (int64_t i = 0; i < from.getRank(); ++i)
      if (i < added ||
          (type.getDimSize(i - added) == 1 && from.getDimSize(i) != 1))
        axes.push_back(i);
    if (!axes.empty())
      x = reduce(ReduceKind::sum, x, axes);
    return reshape(x, getDims(type));
  }

  /// The value of a size, as a scalar tensor.
  Value sizeOf(mlir::AffineExpr size, mlir::Type element) {
    if (std::optional<int64_t> number = getConstantDim(size))
      return constant(element, *number);
    Value integer =
        SymbolicConstantOp::create(*this, getTensorType({}, getI64Type()),
                                   DimsAttr::get(getContext(), size));
    return cast(integer, element);
  }

  /// 0, 1, ... below `size`.
  Value countUp(mlir::AffineExpr size) {
    return IotaOp::create(*this, getTensorType(size, getI64Type()),
                          /*axis=*/0);
  }

  /// `x`, which has one dimension, so that it lies along dimension `axis` of
  /// `rank` when broadcast.
  Value alongAxis(Value x, int64_t axis, int64_t rank) {
    llvm::SmallVector<mlir::AffineExpr> dims(rank - axis,
                                             getAffineConstantExpr(1));
    dims[0] = getDim(getTensorTypeOf(x), 0);
    return reshape(x, dims);
  }
};

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_COMPOSER_H
