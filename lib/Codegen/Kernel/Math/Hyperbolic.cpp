//===- Hyperbolic.cpp - tanh, sinh, cosh, their inverses, erf -------------===//
//
// Near zero the polynomials of Cephes (S. Moshier, 1989); erf after N. Juffa,
// who gives 1 ulp for it (stackoverflow.com/questions/35148198).
//
//===----------------------------------------------------------------------===//

#include "tenon/Codegen/Kernel/Math/Functions.h"
#include <limits>

using namespace mlir;

namespace tenon {

Value buildTanh(FloatBuilder &b, Value x) {
  Value magnitude = b.abs(x);
  Value square = b.mul(x, x);
  Value p = b.polynomial(square, {-5.70498872745e-3f, 2.06390887954e-2f,
                                  -5.37397155531e-2f, 1.33314422036e-1f,
                                  -3.33332819422e-1f});
  Value small = b.fma(b.mul(p, square), x, x);
  Value power = buildExp(b, b.add(magnitude, magnitude));
  Value large =
      b.sub(b.f32(1.0f), b.div(b.f32(2.0f), b.add(power, b.f32(1.0f))));
  Value isSmall = b.less(magnitude, b.f32(0.625f));
  return b.copySign(b.select(isSmall, small, large), x);
}

Value buildSinh(FloatBuilder &b, Value x) {
  Value magnitude = b.abs(x);
  Value square = b.mul(x, x);
  Value p = b.polynomial(
      square, {2.03721912945e-4f, 8.33028376239e-3f, 1.66667160211e-1f});
  Value small = b.fma(b.mul(p, square), x, x);
  Value half = buildExp(b, magnitude, /*shift=*/-1); // e^|x| may overflow
  Value large = b.sub(half, b.div(b.f32(0.25f), half));
  Value isSmall = b.less(magnitude, b.f32(1.0f));
  return b.select(isSmall, small, b.copySign(large, x));
}

Value buildCosh(FloatBuilder &b, Value x) {
  Value half = buildExp(b, b.abs(x), /*shift=*/-1);
  return b.add(half, b.div(b.f32(0.25f), half));
}

/// log(2x) for x so large that 2x may overflow.
static Value buildLogOfTwice(FloatBuilder &b, Value x) {
  return b.add(buildLog(b, x), b.f32(0.693147181f));
}

Value buildAsinh(FloatBuilder &b, Value x) {
  Value magnitude = b.abs(x);
  Value square = b.mul(magnitude, magnitude);
  Value root = b.sqrt(b.add(square, b.f32(1.0f)));
  Value middle =
      buildLog1p(b, b.add(magnitude, b.div(square, b.add(root, b.f32(1.0f)))));
  Value p = b.polynomial(square, {2.0122003309e-2f, -4.2699340972e-2f,
                                  7.4847586088e-2f, -1.6666288134e-1f});
  Value small = b.fma(b.mul(p, square), magnitude, magnitude);
  Value isSmall = b.less(magnitude, b.f32(0.5f));
  Value isLarge = b.greater(magnitude, b.f32(0x1p13f));
  Value y = b.select(isLarge, buildLogOfTwice(b, magnitude), middle);
  return b.copySign(b.select(isSmall, small, y), x);
}

Value buildAcosh(FloatBuilder &b, Value x) {
  Value t = b.sub(x, b.f32(1.0f));
  Value root = b.sqrt(b.fma(t, t, b.add(t, t)));
  Value isLarge = b.greater(x, b.f32(0x1p13f));
  Value y =
      b.select(isLarge, buildLogOfTwice(b, x), buildLog1p(b, b.add(t, root)));
  Value isOutside = b.less(x, b.f32(1.0f));
  return b.select(isOutside, b.f32(std::numeric_limits<float>::quiet_NaN()), y);
}

Value buildAtanh(FloatBuilder &b, Value x) {
  Value magnitude = b.abs(x);
  Value ratio =
      b.div(b.add(magnitude, magnitude), b.sub(b.f32(1.0f), magnitude));
  Value large = b.mul(b.f32(0.5f), buildLog1p(b, ratio));
  Value square = b.mul(x, x);
  Value p = b.polynomial(square, {1.81740078349e-1f, 8.24370301058e-2f,
                                  1.46691431730e-1f, 1.99782164500e-1f,
                                  3.33337300303e-1f});
  Value small = b.fma(b.mul(p, square), x, x);
  Value isSmall = b.less(magnitude, b.f32(0.5f));
  return b.select(isSmall, small, b.copySign(large, x));
}

Value buildErf(FloatBuilder &b, Value x) {
  Value magnitude = b.abs(x);
  Value square = b.mul(x, x);
  Value high = b.fma(b.f32(-1.72853470e-5f), magnitude, b.f32(3.83197126e-4f));
  Value low = b.fma(b.f32(-3.88396438e-3f), magnitude, b.f32(2.42546219e-2f));
  Value r = b.fma(high, square, low);
  for (float coefficient : {-1.06777877e-1f, -6.34846687e-1f, -1.28717512e-1f})
    r = b.fma(r, magnitude, b.f32(coefficient));
  r = b.fma(r, magnitude, b.neg(magnitude));
  Value large = b.sub(b.f32(1.0f), buildExp(b, r));

  Value p =
      b.polynomial(square, {-5.96761703e-4f, 4.99119423e-3f, -2.67681349e-2f,
                            1.12819925e-1f, -3.76125336e-1f, 1.28379166e-1f});
  Value small = b.fma(p, x, x);
  Value isLarge = b.greater(magnitude, b.f32(0.927734375f));
  return b.select(isLarge, b.copySign(large, x), small);
}

} // namespace tenon
