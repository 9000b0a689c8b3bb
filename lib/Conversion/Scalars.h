//===- Scalars.h - arithmetic on one number ---------------------*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_SCALARS_H
#define TENON_LIB_CONVERSION_SCALARS_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tenon {

enum class NumberKind { Float, Signed, Unsigned };

/// How a graph's element type reads its bits; booleans are unsigned.
NumberKind getNumberKind(mlir::Type elementType);

/// Emits arithmetic on scalars that are all of one kind: what the element type
/// of a graph's tensor says, while the values in a kernel are signless.
class ScalarBuilder : public mlir::ImplicitLocOpBuilder {
public:
  ScalarBuilder(mlir::OpBuilder &builder, mlir::Location loc, NumberKind kind)
      : ImplicitLocOpBuilder(loc, builder), kind(kind) {}

  bool isFloat() const { return kind == NumberKind::Float; }
  bool isUnsigned() const { return kind == NumberKind::Unsigned; }

  mlir::Value constant(mlir::Type type, double number);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  /// Of integers, rounded towards zero; by zero and overflows: unspecified, but
  /// no trap.
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value remainder(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  /// Comparisons, false with NaN but for `ne`.
  mlir::Value equal(mlir::Value a, mlir::Value b);
  mlir::Value notEqual(mlir::Value a, mlir::Value b);
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value lessEqual(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// The same number as a scalar of type `to`, which has the kind `toKind`.
  mlir::Value cast(mlir::Value value, mlir::Type to, NumberKind toKind);

private:
  mlir::Value compare(mlir::arith::CmpFPredicate onFloats,
                      mlir::arith::CmpIPredicate onSigned,
                      mlir::arith::CmpIPredicate onUnsigned, mlir::Value a,
                      mlir::Value b);
  mlir::Value getSafeDivisor(mlir::Value divisor);
  mlir::Value castFloatToInteger(mlir::Value value, mlir::IntegerType to,
                                 NumberKind toKind);

  NumberKind kind;
};

/// The type in which numbers of type `elementType` are computed: 16-bit floats
/// in f32, which every target has and whose functions are accurate.
mlir::Type getComputeType(mlir::Type elementType);

/// `value` as a float of type `to`.
mlir::Value convertFloat(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value value, mlir::Type to);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_SCALARS_H
