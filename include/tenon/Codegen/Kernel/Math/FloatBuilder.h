//===- FloatBuilder.h - f32 arithmetic on scalars or vectors ----*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_MATH_FLOATBUILDER_H
#define TENON_CODEGEN_KERNEL_MATH_FLOATBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tenon {

/// Writes formulas over values of one shape: f32 and, for their bits and for
/// what needs more precision, i32, i64 and f64 of the same shape.
class FloatBuilder {
public:
  FloatBuilder(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type shape)
      : b(loc, builder), shape(shape) {}

  mlir::Value f32(float value) { return splat(b.getF32FloatAttr(value)); }
  mlir::Value f64(double value) { return splat(b.getF64FloatAttr(value)); }
  mlir::Value i32(uint32_t value) {
    return splat(b.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  mlir::Value i64(uint64_t value) {
    return splat(b.getI64IntegerAttr(static_cast<int64_t>(value)));
  }

  mlir::Value add(mlir::Value x, mlir::Value y) {
    return isFloat(x) ? op<mlir::arith::AddFOp>(x, y)
                      : op<mlir::arith::AddIOp>(x, y);
  }
  mlir::Value sub(mlir::Value x, mlir::Value y) {
    return isFloat(x) ? op<mlir::arith::SubFOp>(x, y)
                      : op<mlir::arith::SubIOp>(x, y);
  }
  mlir::Value mul(mlir::Value x, mlir::Value y) {
    return isFloat(x) ? op<mlir::arith::MulFOp>(x, y)
                      : op<mlir::arith::MulIOp>(x, y);
  }
  mlir::Value div(mlir::Value x, mlir::Value y) {
    return op<mlir::arith::DivFOp>(x, y);
  }
  mlir::Value fma(mlir::Value x, mlir::Value y, mlir::Value z) {
    return op<mlir::math::FmaOp>(x, y, z);
  }
  mlir::Value abs(mlir::Value x) { return op<mlir::math::AbsFOp>(x); }
  mlir::Value neg(mlir::Value x) { return op<mlir::arith::NegFOp>(x); }
  mlir::Value sqrt(mlir::Value x) { return op<mlir::math::SqrtOp>(x); }
  mlir::Value roundEven(mlir::Value x) {
    return op<mlir::math::RoundEvenOp>(x);
  }
  /// `x` with the sign of `y`.
  mlir::Value copySign(mlir::Value x, mlir::Value y) {
    return op<mlir::math::CopySignOp>(x, y);
  }

  mlir::Value andBits(mlir::Value x, mlir::Value y) {
    return op<mlir::arith::AndIOp>(x, y);
  }
  mlir::Value orBits(mlir::Value x, mlir::Value y) {
    return op<mlir::arith::OrIOp>(x, y);
  }
  mlir::Value xorBits(mlir::Value x, mlir::Value y) {
    return op<mlir::arith::XOrIOp>(x, y);
  }
  mlir::Value shiftLeft(mlir::Value x, mlir::Value y) {
    return op<mlir::arith::ShLIOp>(x, y);
  }
  mlir::Value shiftRight(mlir::Value x, mlir::Value y) {
    return op<mlir::arith::ShRUIOp>(x, y);
  }
  mlir::Value shiftRightSigned(mlir::Value x, mlir::Value y) {
    return op<mlir::arith::ShRSIOp>(x, y);
  }

  mlir::Value compare(mlir::arith::CmpFPredicate predicate, mlir::Value x,
                      mlir::Value y) {
    return mlir::arith::CmpFOp::create(b, predicate, x, y);
  }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value x,
                      mlir::Value y) {
    return mlir::arith::CmpIOp::create(b, predicate, x, y);
  }
  /// Ordered: false for NaN.
  mlir::Value less(mlir::Value x, mlir::Value y) {
    return compare(mlir::arith::CmpFPredicate::OLT, x, y);
  }
  mlir::Value greater(mlir::Value x, mlir::Value y) {
    return compare(mlir::arith::CmpFPredicate::OGT, x, y);
  }
  mlir::Value equal(mlir::Value x, mlir::Value y) {
    return compare(mlir::arith::CmpFPredicate::OEQ, x, y);
  }
  mlir::Value isNaN(mlir::Value x) {
    return compare(mlir::arith::CmpFPredicate::UNO, x, x);
  }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) {
    return op<mlir::arith::SelectOp>(condition, x, y);
  }
  /// NaN stays NaN.
  mlir::Value clamp(mlir::Value x, float low, float high) {
    mlir::Value atLeast = select(less(x, f32(low)), f32(low), x);
    return select(greater(atLeast, f32(high)), f32(high), atLeast);
  }

  mlir::Value bitsOf(mlir::Value x) {
    return mlir::arith::BitcastOp::create(b, like(b.getI32Type()), x);
  }
  mlir::Value bitsOfDouble(mlir::Value x) {
    return mlir::arith::BitcastOp::create(b, like(b.getI64Type()), x);
  }
  mlir::Value floatOf(mlir::Value bits) {
    return mlir::arith::BitcastOp::create(b, like(b.getF32Type()), bits);
  }
  mlir::Value doubleOf(mlir::Value bits) {
    return mlir::arith::BitcastOp::create(b, like(b.getF64Type()), bits);
  }
  mlir::Value toDouble(mlir::Value x) {
    return mlir::arith::ExtFOp::create(b, like(b.getF64Type()), x);
  }
  mlir::Value toFloat(mlir::Value x) {
    return mlir::arith::TruncFOp::create(b, like(b.getF32Type()), x);
  }
  mlir::Value intToFloat(mlir::Value x) {
    return mlir::arith::SIToFPOp::create(b, like(b.getF32Type()), x);
  }
  mlir::Value intToDouble(mlir::Value x) {
    return mlir::arith::SIToFPOp::create(b, like(b.getF64Type()), x);
  }
  mlir::Value zeroExtend(mlir::Value x) {
    return mlir::arith::ExtUIOp::create(b, like(b.getI64Type()), x);
  }
  mlir::Value signExtend(mlir::Value x) {
    return mlir::arith::ExtSIOp::create(b, like(b.getI64Type()), x);
  }
  mlir::Value truncate(mlir::Value x) {
    return mlir::arith::TruncIOp::create(b, like(b.getI32Type()), x);
  }

  /// c[0] x^(n-1) + ... + c[n-1], by Horner's rule with FMA.
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<float> coefficients) {
    mlir::Value sum = f32(coefficients.front());
    for (float coefficient : coefficients.drop_front())
      sum = fma(sum, x, f32(coefficient));
    return sum;
  }
  mlir::Value polynomial64(mlir::Value x, llvm::ArrayRef<double> coefficients) {
    mlir::Value sum = f64(coefficients.front());
    for (double coefficient : coefficients.drop_front())
      sum = fma(sum, x, f64(coefficient));
    return sum;
  }

private:
  template <typename Op, typename... Operands>
  mlir::Value op(Operands... operands) {
    return Op::create(b, operands...);
  }
  static bool isFloat(mlir::Value x) {
    return mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(x.getType()));
  }
  mlir::Type like(mlir::Type element) {
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(shape))
      return vector.clone(element);
    return element;
  }
  mlir::Value splat(mlir::TypedAttr value) {
    mlir::Type type = like(value.getType());
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(type))
      return mlir::arith::ConstantOp::create(
          b, mlir::DenseElementsAttr::get(vector, mlir::Attribute(value)));
    return mlir::arith::ConstantOp::create(b, value);
  }

  mlir::ImplicitLocOpBuilder b;
  mlir::Type shape;
};

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_MATH_FLOATBUILDER_H
