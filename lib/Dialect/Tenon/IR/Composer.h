//===- Composer.h - writes decompositions -----------------------*- C++ -*-===//
#ifndef TENON_LIB_DIALECT_TENON_IR_COMPOSER_H
#define TENON_LIB_DIALECT_TENON_IR_COMPOSER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"

namespace tenon {

inline mlir::RankedTensorType getTensorTypeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// Short forms for the ops that decompositions are made of; all operands
/// broadcast.
class Composer : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  Value add(Value a, Value b) { return AddOp::create(*this, a, b); }
  Value sub(Value a, Value b) { return SubOp::create(*this, a, b); }
  Value mul(Value a, Value b) { return MulOp::create(*this, a, b); }
  Value div(Value a, Value b) { return DivOp::create(*this, a, b); }
  Value exp(Value x) { return ExpOp::create(*this, x); }
  Value log(Value x) { return LogOp::create(*this, x); }
  Value rsqrt(Value x) { return RsqrtOp::create(*this, x); }

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

#endif // TENON_LIB_DIALECT_TENON_IR_COMPOSER_H
