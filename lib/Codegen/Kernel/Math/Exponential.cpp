//===- Exponential.cpp - exp, exp2, expm1 ---------------------------------===//
//
// Reduction to |r| <= ln(2)/2 and the polynomial of Cephes' expf (S. Moshier,
// Methods and Programs for Mathematical Functions, 1989).
//
//===----------------------------------------------------------------------===//

#include "tenon/Codegen/Kernel/Math/Functions.h"
#include <cmath>

using namespace mlir;

namespace tenon {
namespace {

constexpr float kLn2High =
    0.693359375f; // few bits, so that n * kLn2High is exact
constexpr float kLn2Low = -2.12194440e-4f;
constexpr float kLog2E = 1.44269504f;
/// Added to a small number, it rounds it to an integer and leaves that in the
/// low bits of the sum. A conversion would be undefined for NaN.
constexpr float kRounder = 12582912.0f; // 1.5 * 2^23

struct Rounded {
  Value value;   // f32
  Value integer; // i32
};

Rounded roundToInteger(FloatBuilder &b, Value x, Value scale) {
  Value shifted = b.fma(x, scale, b.f32(kRounder));
  Value bits = b.sub(b.bitsOf(shifted), b.bitsOf(b.f32(kRounder)));
  return {b.sub(shifted, b.f32(kRounder)), bits};
}

/// e^r - 1 for |r| <= ln(2)/2.
Value buildReducedExpM1(FloatBuilder &b, Value r) {
  Value p =
      b.polynomial(r, {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                       4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f});
  return b.fma(b.mul(r, r), p, r);
}

Value powerOfTwo(FloatBuilder &b, Value n) {
  return b.floatOf(b.shiftLeft(b.add(n, b.i32(127)), b.i32(23)));
}

/// y * 2^n in two steps: 2^n alone may be out of range where the product is
/// not, and denormal results are rounded once.
Value scale(FloatBuilder &b, Value y, Value n) {
  Value half = b.shiftRightSigned(n, b.i32(1));
  Value rest = b.sub(n, half);
  return b.mul(b.mul(y, powerOfTwo(b, half)), powerOfTwo(b, rest));
}

Value reduce(FloatBuilder &b, Value x, Value n) {
  Value r = b.fma(n, b.f32(-kLn2High), x);
  return b.fma(n, b.f32(-kLn2Low), r);
}

} // namespace

Value buildExp(FloatBuilder &b, Value x, int32_t shift) {
  Value clamped = b.clamp(x, -105.0f, 90.0f);
  Rounded n = roundToInteger(b, clamped, b.f32(kLog2E));
  Value y =
      b.add(buildReducedExpM1(b, reduce(b, clamped, n.value)), b.f32(1.0f));
  Value exponent = shift == 0
                       ? n.integer
                       : b.add(n.integer, b.i32(static_cast<uint32_t>(shift)));
  return scale(b, y, exponent);
}

Value buildExp2(FloatBuilder &b, Value x) {
  Value clamped = b.clamp(x, -151.0f, 129.0f);
  Rounded n = roundToInteger(b, clamped, b.f32(1.0f));
  Value fraction = b.sub(clamped, n.value); // exact
  // the product's rounding error is put back: the fraction is up to 1/2
  Value high = b.mul(fraction, b.f32(0.693147182f));
  Value low = b.fma(fraction, b.f32(0.693147182f), b.neg(high));
  Value r = b.add(high, b.fma(fraction, b.f32(-1.90465421e-9f), low));
  return scale(b, b.add(buildReducedExpM1(b, r), b.f32(1.0f)), n.integer);
}

Value buildExpM1(FloatBuilder &b, Value x) {
  Value clamped = b.clamp(x, -50.0f, 89.0f);
  Rounded n = roundToInteger(b, clamped, b.f32(kLog2E));
  Value p = buildReducedExpM1(b, reduce(b, clamped, n.value));
  // 2^n p + (2^n - 1), halved since 2^128 is no float
  Value half = powerOfTwo(b, b.sub(n.integer, b.i32(1)));
  Value y = b.fma(p, half, b.sub(half, b.f32(0.5f)));
  y = b.add(y, y);
  // halving a denormal loses its last bit
  return b.select(b.less(b.abs(x), b.f32(0x1p-24f)), x, y);
}

} // namespace tenon
