//===- Scalars.cpp - arithmetic on one number -----------------------------===//

#include "Scalars.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace tenon;

NumberKind tenon::getNumberKind(Type elementType) {
  if (isa<FloatType>(elementType))
    return NumberKind::Float;
  return elementType.isUnsignedInteger() || elementType.isInteger(1)
             ? NumberKind::Unsigned
             : NumberKind::Signed;
}

Type tenon::getComputeType(Type elementType) {
  auto type = dyn_cast<FloatType>(elementType);
  return type && type.getWidth() < 32 ? Float32Type::get(type.getContext())
                                      : elementType;
}

Value tenon::convertFloat(OpBuilder &builder, Location loc, Value value,
                          Type to) {
  unsigned from = value.getType().getIntOrFloatBitWidth(),
           width = to.getIntOrFloatBitWidth();
  if (value.getType() == to)
    return value;
  if (from == width) // f16 and bf16
    value =
        builder.createOrFold<arith::ExtFOp>(loc, builder.getF32Type(), value);
  if (from < width)
    return builder.createOrFold<arith::ExtFOp>(loc, to, value);
  return arith::TruncFOp::create(builder, loc, to, value);
}

Value ScalarBuilder::constant(Type type, double number) {
  if (auto floatType = dyn_cast<FloatType>(type))
    return arith::ConstantOp::create(*this, getFloatAttr(floatType, number));
  return arith::ConstantOp::create(
      *this, getIntegerAttr(type, static_cast<int64_t>(number)));
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value ScalarBuilder::add(Value a, Value b) {
  if (isFloat())
    return arith::AddFOp::create(*this, a, b);
  return arith::AddIOp::create(*this, a, b);
}

Value ScalarBuilder::sub(Value a, Value b) {
  if (isFloat())
    return arith::SubFOp::create(*this, a, b);
  return arith::SubIOp::create(*this, a, b);
}

Value ScalarBuilder::mul(Value a, Value b) {
  if (isFloat())
    return arith::MulFOp::create(*this, a, b);
  return arith::MulIOp::create(*this, a, b);
}

/// `divisor`, or 1 where the hardware would trap: at 0, and at -1, which
/// overflows for the smallest number.
Value ScalarBuilder::getSafeDivisor(Value divisor) {
  Type type = divisor.getType();
  APInt known;
  if (matchPattern(divisor, m_ConstantInt(&known)) && !known.isZero() &&
      !known.isAllOnes())
    return divisor;
  Value one = constant(type, 1);
  Value traps = equal(divisor, constant(type, 0));
  if (!isUnsigned())
    traps =
        arith::OrIOp::create(*this, traps, equal(divisor, constant(type, -1)));
  return select(traps, one, divisor);
}

Value ScalarBuilder::div(Value a, Value b) {
  if (isFloat())
    return arith::DivFOp::create(*this, a, b);
  Value divisor = getSafeDivisor(b);
  if (isUnsigned())
    return arith::DivUIOp::create(*this, a, divisor);
  Value quotient = arith::DivSIOp::create(*this, a, divisor);
  if (divisor == b)
    return quotient;
  Type type = a.getType();
  return select(equal(b, constant(type, -1)), sub(constant(type, 0), a),
                quotient);
}

Value ScalarBuilder::remainder(Value a, Value b) {
  if (isFloat())
    return arith::RemFOp::create(*this, a, b);
  if (isUnsigned())
    return arith::RemUIOp::create(*this, a, getSafeDivisor(b));
  return arith::RemSIOp::create(*this, a, getSafeDivisor(b));
}

static bool isNumber(Value value) {
  FloatAttr constant;
  return matchPattern(value, m_Constant(&constant)) &&
         !constant.getValue().isNaN();
}

/// Against a constant one comparison does, which targets have as a single
/// instruction, and it keeps NaN.
Value ScalarBuilder::max(Value a, Value b) {
  if (isFloat() && isNumber(b))
    return select(less(a, b), b, a);
  if (isFloat())
    return arith::MaximumFOp::create(*this, a, b);
  if (isUnsigned())
    return arith::MaxUIOp::create(*this, a, b);
  return arith::MaxSIOp::create(*this, a, b);
}

Value ScalarBuilder::min(Value a, Value b) {
  if (isFloat() && isNumber(b))
    return select(less(b, a), b, a);
  if (isFloat())
    return arith::MinimumFOp::create(*this, a, b);
  if (isUnsigned())
    return arith::MinUIOp::create(*this, a, b);
  return arith::MinSIOp::create(*this, a, b);
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

Value ScalarBuilder::compare(arith::CmpFPredicate onFloats,
                             arith::CmpIPredicate onSigned,
                             arith::CmpIPredicate onUnsigned, Value a,
                             Value b) {
  if (isFloat())
    return arith::CmpFOp::create(*this, onFloats, a, b);
  return arith::CmpIOp::create(*this, isUnsigned() ? onUnsigned : onSigned, a,
                               b);
}

Value ScalarBuilder::equal(Value a, Value b) {
  return compare(arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq,
                 arith::CmpIPredicate::eq, a, b);
}

Value ScalarBuilder::notEqual(Value a, Value b) {
  return compare(arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne,
                 arith::CmpIPredicate::ne, a, b);
}

Value ScalarBuilder::less(Value a, Value b) {
  return compare(arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt,
                 arith::CmpIPredicate::ult, a, b);
}

Value ScalarBuilder::lessEqual(Value a, Value b) {
  return compare(arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle,
                 arith::CmpIPredicate::ule, a, b);
}

Value ScalarBuilder::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(*this, condition, a, b);
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

/// Small integers go through wider ones, so that numbers out of range wrap as
/// they do in C on the usual machines.
Value ScalarBuilder::castFloatToInteger(Value value, IntegerType to,
                                        NumberKind toKind) {
  unsigned width = to.getWidth();
  bool isWideUnsigned = toKind == NumberKind::Unsigned && width == 64;
  if (isWideUnsigned)
    return arith::FPToUIOp::create(*this, to, value);
  unsigned through =
      width < 32 ? 32 : (toKind == NumberKind::Unsigned ? 64 : width);
  Value wide = arith::FPToSIOp::create(*this, getIntegerType(through), value);
  if (through == width)
    return wide;
  return arith::TruncIOp::create(*this, to, wide);
}

Value ScalarBuilder::cast(Value value, Type to, NumberKind toKind) {
  Type from = value.getType();
  if (from == to)
    return value;
  if (to.isInteger(1))
    return notEqual(value, constant(from, 0));
  if (isFloat()) {
    if (isa<FloatType>(to))
      return convertFloat(*this, getLoc(), value, to);
    return castFloatToInteger(value, llvm::cast<IntegerType>(to), toKind);
  }
  if (isa<FloatType>(to)) {
    if (isUnsigned())
      return arith::UIToFPOp::create(*this, to, value);
    return arith::SIToFPOp::create(*this, to, value);
  }
  if (to.getIntOrFloatBitWidth() < from.getIntOrFloatBitWidth())
    return arith::TruncIOp::create(*this, to, value);
  if (isUnsigned())
    return arith::ExtUIOp::create(*this, to, value);
  return arith::ExtSIOp::create(*this, to, value);
}
