//===- Logarithm.cpp - log, log2, log10, log1p, pow, rsqrt ----------------===//
//
// The polynomial is that of Cephes' logf (S. Moshier, 1989).
//
//===----------------------------------------------------------------------===//

#include "tenon/Codegen/Kernel/Math/Functions.h"
#include <limits>

using namespace mlir;

namespace tenon {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kLn2High = 0.693359375f;
constexpr float kLn2Low = -2.12194440e-4f;

/// log(1 + f) - f for 1 + f in [sqrt(1/2), sqrt(2)).
Value buildLogTail(FloatBuilder &b, Value f) {
  Value p =
      b.polynomial(f, {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
                       -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
                       2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f});
  Value square = b.mul(f, f);
  Value cubic = b.mul(b.mul(f, square), p);
  return b.fma(square, b.f32(-0.5f), cubic);
}

/// `y` where x is positive and finite, else the limit or NaN.
Value handleSpecialCases(FloatBuilder &b, Value x, Value y) {
  y = b.select(b.equal(x, b.f32(kInfinity)), x, y);
  y = b.select(b.equal(x, b.f32(0.0f)), b.f32(-kInfinity), y);
  y = b.select(b.less(x, b.f32(0.0f)), b.f32(kNaN), y);
  return b.select(b.isNaN(x), x, y);
}

/// log2 of a positive finite float to 2^-34, in f64: log(m) = 2 atanh(s) with
/// s = (m - 1) / (m + 1), |s| < 0.172.
Value buildLog2InDouble(FloatBuilder &b, Value x) {
  ExponentAndMantissa split = buildSplit(b, x);
  Value mantissa = b.toDouble(split.mantissa);
  Value s = b.div(b.sub(mantissa, b.f64(1.0)), b.add(mantissa, b.f64(1.0)));
  Value square = b.mul(s, s);
  Value series = b.polynomial64(square, {1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                                         1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0});
  constexpr double kTwoLog2E = 2.8853900817779268;
  return b.fma(b.mul(s, b.f64(kTwoLog2E)), series, b.toDouble(split.exponent));
}

/// 2^t rounded once to f32.
Value buildExp2FromDouble(FloatBuilder &b, Value t) {
  t = b.select(b.less(t, b.f64(-200)), b.f64(-200), t);
  t = b.select(b.greater(t, b.f64(200)), b.f64(200), t);
  constexpr double kRounder = 0x1.8p52; // see Exponential.cpp
  Value shifted = b.add(t, b.f64(kRounder));
  Value n = b.sub(shifted, b.f64(kRounder));
  constexpr double kLn2 = 0.69314718055994531;
  Value r = b.mul(b.sub(t, n), b.f64(kLn2));
  Value y =
      b.polynomial64(r, {1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
                         1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1.0, 1.0});
  Value exponent = b.add(b.bitsOfDouble(shifted), b.i64(1023));
  Value power = b.doubleOf(b.shiftLeft(exponent, b.i64(52)));
  return b.toFloat(b.mul(y, power));
}

} // namespace

ExponentAndMantissa buildSplit(FloatBuilder &b, Value x) {
  constexpr float kSmallestNormal = 0x1p-126f;
  constexpr uint32_t kSqrtHalfBits = 0x3f3504f3;
  Value isDenormal = b.less(x, b.f32(kSmallestNormal));
  Value normal = b.select(isDenormal, b.mul(x, b.f32(0x1p23f)), x);
  Value bits = b.sub(b.bitsOf(normal), b.i32(kSqrtHalfBits));
  Value exponent = b.intToFloat(b.shiftRightSigned(bits, b.i32(23)));
  exponent = b.select(isDenormal, b.sub(exponent, b.f32(23.0f)), exponent);
  Value mantissa = b.floatOf(
      b.add(b.andBits(bits, b.i32(0x007fffff)), b.i32(kSqrtHalfBits)));
  return {exponent, mantissa};
}

Value buildLog(FloatBuilder &b, Value x) {
  ExponentAndMantissa split = buildSplit(b, x);
  Value f = b.sub(split.mantissa, b.f32(1.0f));
  Value tail = b.fma(split.exponent, b.f32(kLn2Low), buildLogTail(b, f));
  Value y = b.fma(split.exponent, b.f32(kLn2High), b.add(f, tail));
  return handleSpecialCases(b, x, y);
}

Value buildLog2(FloatBuilder &b, Value x) {
  constexpr float kLog2E = 1.44269504f, kLog2ELow = 1.92596303e-8f;
  ExponentAndMantissa split = buildSplit(b, x);
  Value f = b.sub(split.mantissa, b.f32(1.0f));
  Value tail = buildLogTail(b, f);
  // f log2(e) in two parts, since it is most of the result
  Value low = b.fma(tail, b.f32(kLog2E), b.mul(f, b.f32(kLog2ELow)));
  Value high = b.mul(f, b.f32(kLog2E));
  low = b.add(low, b.fma(f, b.f32(kLog2E), b.neg(high)));
  Value y = b.add(b.add(split.exponent, high),
                  b.add(low, b.sub(high, b.sub(b.add(split.exponent, high),
                                               split.exponent))));
  return handleSpecialCases(b, x, y);
}

Value buildLog10(FloatBuilder &b, Value x) {
  constexpr double kLog10Of2 = 0.30102999566398120;
  Value y = b.toFloat(b.mul(buildLog2InDouble(b, x), b.f64(kLog10Of2)));
  return handleSpecialCases(b, x, y);
}

Value buildLog1p(FloatBuilder &b, Value x) {
  // log(u) corrected by what the rounding of u = 1 + x lost
  Value u = b.add(x, b.f32(1.0f));
  Value lost = b.sub(x, b.sub(u, b.f32(1.0f)));
  Value log = buildLog(b, u);
  Value y = b.add(log, b.div(lost, u));
  Value isLimit =
      b.compare(arith::CmpFPredicate::UEQ, b.abs(log), b.f32(kInfinity));
  y = b.select(isLimit, log, y);
  // the sign of zero, and what 1 + x does not show at all
  return b.select(b.less(b.abs(x), b.f32(0x1p-24f)), x, y);
}

Value buildPow(FloatBuilder &b, Value x, Value y) {
  Value one = b.f32(1.0f), zero = b.f32(0.0f), infinity = b.f32(kInfinity);
  Value magnitude = b.abs(x);
  Value log = buildLog2InDouble(b, magnitude);
  log = b.select(b.equal(magnitude, zero), b.f64(-kInfinity), log);
  log = b.select(b.equal(magnitude, infinity), b.f64(kInfinity), log);
  Value result = buildExp2FromDouble(b, b.mul(log, b.toDouble(y)));
  result = b.select(b.isNaN(x), x, result);

  Value isInteger = b.equal(b.roundEven(y), y);
  Value half = b.mul(y, b.f32(0.5f));
  Value isHalfInteger = b.equal(b.roundEven(half), half);
  Value isOdd = b.select(isHalfInteger, zero, b.select(isInteger, one, zero));
  Value flipsSign = b.greater(isOdd, zero);
  result = b.select(flipsSign, b.copySign(result, x), result);
  Value isNegative = b.less(x, zero);
  Value isNotReal = b.select(isInteger, zero, b.select(isNegative, one, zero));
  Value isFinite = b.less(magnitude, infinity);
  isNotReal = b.select(isFinite, isNotReal, zero);
  result = b.select(b.greater(isNotReal, zero), b.f32(kNaN), result);

  // (-1)^(+-inf), 1^y, x^0
  Value isUnit = b.select(b.equal(b.abs(y), infinity),
                          b.select(b.equal(magnitude, one), one, zero), zero);
  result = b.select(b.greater(isUnit, zero), one, result);
  result = b.select(b.equal(x, one), one, result);
  return b.select(b.equal(y, zero), one, result);
}

Value buildRsqrt(FloatBuilder &b, Value x) {
  return b.div(b.f32(1.0f), b.sqrt(x));
}

} // namespace tenon
