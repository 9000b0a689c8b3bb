//===- Trigonometric.cpp - sin, cos, tan and their inverses ---------------===//
//
// Reduction and polynomials after N. Juffa (stackoverflow.com/questions/
// 30463616), large arguments by M. Payne and R. Hanek, "Radian reduction for
// trigonometric functions", SIGNUM 18, 1983. The inverses' polynomials were
// fitted for this file.
//
//===----------------------------------------------------------------------===//

#include "tenon/Codegen/Kernel/Math/Functions.h"

using namespace mlir;

namespace tenon {
namespace {

/// x = quadrant * pi/2 + remainder, |remainder| <= pi/4.
struct Reduced {
  Value quadrant;  // i32, modulo 4
  Value remainder; // f32
};

/// pi/2 in three parts: good to |x| < 117435.
Reduced reduceSmall(FloatBuilder &b, Value x) {
  constexpr float kRounder = 12582912.0f;
  Value shifted = b.fma(x, b.f32(6.36619747e-1f), b.f32(kRounder));
  Value n = b.sub(shifted, b.f32(kRounder));
  Value r = b.fma(n, b.f32(-1.57079601e+00f), x);
  r = b.fma(n, b.f32(-3.13916473e-07f), r);
  r = b.fma(n, b.f32(-5.39030253e-15f), r);
  return {b.bitsOf(shifted), r};
}

/// The 32 bits of 2/pi that start `shift` bits into words[index].
Value extractWord(FloatBuilder &b, ArrayRef<Value> words, unsigned offset,
                  ArrayRef<Value> isIndex, Value shift) {
  auto pick = [&](unsigned first) {
    Value word = words[first];
    for (unsigned i = 1; i <= isIndex.size(); ++i)
      word = b.select(isIndex[i - 1], words[first + i], word);
    return b.zeroExtend(word);
  };
  Value pair = b.orBits(b.shiftLeft(pick(offset), b.i64(32)), pick(offset + 1));
  return b.truncate(
      b.shiftRight(b.shiftLeft(pair, b.zeroExtend(shift)), b.i64(32)));
}

/// The fraction of x * 2/pi in fixed point, of which only 96 bits of 2/pi
/// matter for a given exponent.
Reduced reduceLarge(FloatBuilder &b, Value x) {
  static constexpr uint32_t kTwoOverPi[] = {0x00000000, 0x28be60db, 0x9391054a,
                                            0x7f09d5f4, 0x7d4d3770, 0x36d8a566,
                                            0x4f10e410, 0x7f9458ea};
  SmallVector<Value> words;
  for (uint32_t word : kTwoOverPi)
    words.push_back(b.i32(word));
  Value bits = b.bitsOf(x);
  Value mantissa = b.orBits(b.shiftLeft(bits, b.i32(8)), b.i32(0x80000000));
  // |x| = mantissa * 2^(exponent - 32)
  Value exponent =
      b.sub(b.andBits(b.shiftRight(bits, b.i32(23)), b.i32(255)), b.i32(126));
  Value index = b.shiftRight(exponent, b.i32(5));
  Value shift = b.andBits(exponent, b.i32(31));
  SmallVector<Value> isIndex;
  for (uint32_t i = 1; i <= 4; ++i)
    isIndex.push_back(b.compare(arith::CmpIPredicate::eq, index, b.i32(i)));

  Value wide = b.zeroExtend(mantissa);
  Value high = extractWord(b, words, 0, isIndex, shift);
  Value middle = extractWord(b, words, 1, isIndex, shift);
  Value low = extractWord(b, words, 2, isIndex, shift);
  Value product = b.shiftRight(b.mul(wide, b.zeroExtend(low)), b.i64(32));
  product = b.add(b.mul(wide, b.zeroExtend(middle)), product);
  Value top = b.shiftLeft(b.zeroExtend(b.mul(mantissa, high)), b.i64(32));
  product = b.add(top, product);

  // round to the nearest quadrant: the rest is a signed 2.62 fraction
  Value rounded = b.add(product, b.i64(uint64_t(1) << 61));
  Value quadrant = b.truncate(b.shiftRight(rounded, b.i64(62)));
  Value fraction =
      b.sub(product, b.shiftLeft(b.zeroExtend(quadrant), b.i64(62)));
  Value upper = b.intToDouble(b.truncate(b.shiftRight(fraction, b.i64(32))));
  // 31 bits keep the lower half positive as a signed number
  Value lower = b.intToDouble(b.truncate(
      b.shiftRight(b.andBits(fraction, b.i64(0xffffffff)), b.i64(1))));
  constexpr double kHalfPi = 1.5707963267948966;
  Value r = b.fma(upper, b.f64(kHalfPi * 0x1p-30),
                  b.mul(lower, b.f64(kHalfPi * 0x1p-61)));
  Value isNegative = b.compare(arith::CmpIPredicate::slt, bits, b.i32(0));
  Value remainder = b.toFloat(r);
  return {b.select(isNegative, b.sub(b.i32(0), quadrant), quadrant),
          b.select(isNegative, b.neg(remainder), remainder)};
}

Reduced reduce(FloatBuilder &b, Value x) {
  Reduced small = reduceSmall(b, x), large = reduceLarge(b, x);
  Value isLarge = b.greater(b.abs(x), b.f32(71476.0f));
  Value remainder = b.select(isLarge, large.remainder, small.remainder);
  // infinity has no angle
  remainder = b.select(b.equal(b.abs(x), b.f32(__builtin_inff())),
                       b.f32(__builtin_nanf("")), remainder);
  return {b.select(isLarge, large.quadrant, small.quadrant), remainder};
}

Value buildReducedSin(FloatBuilder &b, Value r, Value square) {
  Value p = b.polynomial(square, {2.86567956e-6f, -1.98559923e-4f,
                                  8.33338592e-3f, -1.66666672e-1f});
  return b.fma(p, b.mul(r, square), r);
}

Value buildReducedCos(FloatBuilder &b, Value square) {
  return b.polynomial(
      square, {2.44677067e-5f, -1.38877297e-3f, 4.16666567e-2f, -0.5f, 1.0f});
}

/// sin(r + quadrant * pi/2).
Value buildSinInQuadrant(FloatBuilder &b, Value quadrant, Value sine,
                         Value cosine) {
  Value isOdd = b.compare(arith::CmpIPredicate::ne,
                          b.andBits(quadrant, b.i32(1)), b.i32(0));
  Value sign = b.shiftLeft(b.andBits(quadrant, b.i32(2)), b.i32(30));
  Value y = b.select(isOdd, cosine, sine);
  return b.floatOf(b.xorBits(b.bitsOf(y), sign));
}

/// asin for |x| <= 0.57, given its square: a minimax fit to 3e-9.
Value buildReducedAsin(FloatBuilder &b, Value x, Value square) {
  Value p =
      b.polynomial(square, {5.009065568e-2f, 4.439526703e-3f, 3.476338461e-2f,
                            4.412126914e-2f, 7.502806187e-2f, 1.666661650e-1f});
  return b.fma(b.mul(p, square), x, x);
}

constexpr float kHalfPi = 1.57079633f, kHalfPiLow = -4.37113883e-8f;

} // namespace

Value buildSin(FloatBuilder &b, Value x) {
  Reduced reduced = reduce(b, x);
  Value square = b.mul(reduced.remainder, reduced.remainder);
  Value y = buildSinInQuadrant(b, reduced.quadrant,
                               buildReducedSin(b, reduced.remainder, square),
                               buildReducedCos(b, square));
  return b.select(b.equal(x, b.f32(0.0f)), x, y); // -0
}

Value buildCos(FloatBuilder &b, Value x) {
  Reduced reduced = reduce(b, x);
  Value square = b.mul(reduced.remainder, reduced.remainder);
  return buildSinInQuadrant(b, b.add(reduced.quadrant, b.i32(1)),
                            buildReducedSin(b, reduced.remainder, square),
                            buildReducedCos(b, square));
}

Value buildTan(FloatBuilder &b, Value x) {
  Reduced reduced = reduce(b, x);
  Value r = reduced.remainder;
  Value square = b.mul(r, r);
  // Cephes' tanf
  Value p = b.polynomial(square, {9.38540185543e-3f, 3.11992232697e-3f,
                                  2.44301354525e-2f, 5.34112807005e-2f,
                                  1.33387994085e-1f, 3.33331568548e-1f});
  Value tangent = b.fma(b.mul(p, square), r, r);
  Value isOdd = b.compare(arith::CmpIPredicate::ne,
                          b.andBits(reduced.quadrant, b.i32(1)), b.i32(0));
  Value y = b.select(isOdd, b.div(b.f32(-1.0f), tangent), tangent);
  return b.select(b.equal(x, b.f32(0.0f)), x, y);
}

/// Where |x| is large, asin(x) is taken of the square root of (1 - |x|) / 2,
/// elsewhere of `small`.
static std::pair<Value, Value> buildHalvedAsin(FloatBuilder &b, Value x,
                                               Value magnitude, Value small) {
  Value isLarge = b.greater(magnitude, b.f32(0.57f));
  Value half = b.mul(b.f32(0.5f), b.sub(b.f32(1.0f), magnitude));
  Value square = b.select(isLarge, half, b.mul(x, x));
  Value base = b.select(isLarge, b.sqrt(half), small);
  return {isLarge, buildReducedAsin(b, base, square)};
}

Value buildAsin(FloatBuilder &b, Value x) {
  Value magnitude = b.abs(x);
  auto [isLarge, y] = buildHalvedAsin(b, x, magnitude, magnitude);
  Value large =
      b.sub(b.f32(kHalfPi), b.fma(y, b.f32(2.0f), b.f32(-kHalfPiLow)));
  return b.copySign(b.select(isLarge, large, y), x);
}

Value buildAcos(FloatBuilder &b, Value x) {
  auto [isLarge, y] = buildHalvedAsin(b, x, b.abs(x), x);
  Value twice = b.add(y, y);
  Value isNegative = b.less(x, b.f32(0.0f));
  Value large = b.select(
      isNegative,
      b.sub(b.f32(2 * kHalfPi), b.sub(twice, b.f32(2 * kHalfPiLow))), twice);
  Value small = b.sub(b.f32(kHalfPi), b.sub(y, b.f32(kHalfPiLow)));
  return b.select(isLarge, large, small);
}

Value buildAtan(FloatBuilder &b, Value x) {
  Value magnitude = b.abs(x);
  Value isLarge = b.greater(magnitude, b.f32(1.0f));
  Value reduced = b.select(isLarge, b.div(b.f32(1.0f), magnitude), magnitude);
  Value square = b.mul(reduced, reduced);
  // a minimax fit to 3e-9 on [0, 1]
  Value p = b.polynomial(square,
                         {-1.793621806e-3f, 1.091460604e-2f, -3.117784671e-2f,
                          5.795759335e-2f, -8.403450251e-2f, 1.095218584e-1f,
                          -1.426424235e-1f, 1.999854892e-1f, -3.333329856e-1f});
  Value y = b.fma(b.mul(p, square), reduced, reduced);
  Value large = b.sub(b.f32(kHalfPi), b.sub(y, b.f32(kHalfPiLow)));
  return b.copySign(b.select(isLarge, large, y), x);
}

} // namespace tenon
