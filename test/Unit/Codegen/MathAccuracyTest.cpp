//===- MathAccuracyTest.cpp - elementary functions against libm in f64 ----===//

#include "KernelRunner.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

using namespace tenon::test;

namespace {

struct Function {
  const char *op;
  double (*reference)(double);
  double maxUlps = 2.0;
};

std::ostream &operator<<(std::ostream &stream, const Function &function) {
  return stream << function.op;
}

/// Every 1021st float of all 2^32, so each exponent and sign, and the special
/// values.
std::vector<float> makeArguments() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> values = {
      0.0f,       -0.0f,     1.0f,      -1.0f,     kInfinity,
      -kInfinity, NAN,       0x1p-149f, 0x1p-126f, 0x1.fffffep127f,
      88.72283f,  88.72284f, -103.97f,  0.5f,      -0.5f};
  for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += 1021)
    values.push_back(llvm::bit_cast<float>(static_cast<uint32_t>(bits)));
  return values;
}

/// The distance of `actual` from the exact `expected`, in units of the last
/// place of the float nearest to it.
double getUlps(float actual, double expected) {
  float rounded = static_cast<float>(expected);
  if (std::isnan(rounded) || std::isnan(actual))
    return std::isnan(rounded) && std::isnan(actual) ? 0 : INFINITY;
  if (std::isinf(rounded) || std::isinf(actual))
    return rounded == actual ? 0 : INFINITY;
  if (rounded == 0 && actual == 0)
    return std::signbit(rounded) == std::signbit(actual) ? 0 : INFINITY;
  int exponent = std::max(std::ilogb(rounded == 0 ? 0x1p-149 : rounded), -126);
  return std::abs(actual - expected) / std::ldexp(1.0, exponent - 23);
}

std::string makeKernel(llvm::StringRef op, unsigned numOperands, size_t size) {
  std::string type = llvm::formatv("tensor<{0}xf32>", size);
  bool isUnary = numOperands == 1;
  return llvm::formatv(
      R"mlir(
    #map = affine_map<(i) -> (i)>
    func.func @kernel(%x: {0}, %y: {0}) -> {0} attributes {{tenon.kernel} {{
      %empty = tensor.empty() : {0}
      %r = linalg.generic {{indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]}
          ins(%x, %y : {0}, {0}) outs(%empty : {0}) {{
      ^bb0(%a: f32, %b: f32, %o: f32):
        %c = {1} {2} : f32
        linalg.yield %c : f32
      } -> {0}
      return %r : {0}
    })mlir",
      type, op, isUnary ? "%a" : "%a, %b");
}

class MathAccuracy : public testing::TestWithParam<Function> {};

TEST_P(MathAccuracy, IsNearTheExactValue) {
  std::vector<float> x = makeArguments(), y(x.size());
  KernelRunner runner(makeKernel(GetParam().op, 1, x.size()));
  ASSERT_TRUE(runner.isValid());
  EXPECT_EQ(runner.getKernel().assembly.find("@PLT"), std::string::npos)
      << "expected no calls of libm";
  runner.run({x.data(), x.data(), y.data()});
  double worst = 0;
  float where = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    double ulps = getUlps(y[i], GetParam().reference(x[i]));
    if (ulps > worst) {
      worst = ulps;
      where = x[i];
    }
  }
  RecordProperty("ulps", std::to_string(worst));
  EXPECT_LE(worst, GetParam().maxUlps)
      << GetParam().op << "(" << std::hexfloat << where << ")";
}

double rsqrt(double x) { return 1.0 / std::sqrt(x); }

INSTANTIATE_TEST_SUITE_P(
    Functions, MathAccuracy,
    testing::Values(
        Function{"math.exp", std::exp}, Function{"math.exp2", std::exp2},
        Function{"math.expm1", std::expm1}, Function{"math.log", std::log},
        Function{"math.log2", std::log2}, Function{"math.log10", std::log10},
        Function{"math.log1p", std::log1p}, Function{"math.sqrt", std::sqrt},
        Function{"math.rsqrt", rsqrt}, Function{"math.erf", std::erf},
        Function{"math.tanh", std::tanh}, Function{"math.sinh", std::sinh},
        Function{"math.cosh", std::cosh}, Function{"math.sin", std::sin},
        Function{"math.cos", std::cos}, Function{"math.tan", std::tan, 3.0},
        Function{"math.asin", std::asin}, Function{"math.acos", std::acos},
        Function{"math.atan", std::atan}, Function{"math.asinh", std::asinh},
        Function{"math.acosh", std::acosh}, Function{"math.atanh", std::atanh}),
    [](const testing::TestParamInfo<Function> &info) {
      return std::string(info.param.op).substr(5);
    });

TEST(MathAccuracyOfPow, IsWithinTwoUlps) {
  std::vector<float> special = {
      0.0f,      -0.0f,       1.0f,         -1.0f,     2.0f,
      -2.0f,     3.0f,        0.5f,         -0.5f,     INFINITY,
      -INFINITY, NAN,         0x1p-149f,    0x1p-126f, 0x1.fffffep127f,
      1e9f,      16777216.0f, 0x1.000002p0f};
  std::vector<float> x, y;
  for (float a : special)
    for (float b : special) {
      x.push_back(a);
      y.push_back(b);
    }
  for (uint32_t i = 1; i < 400000; ++i) {
    x.push_back(llvm::bit_cast<float>(i * 2654435761u));
    y.push_back(static_cast<float>(static_cast<int32_t>(i * 2246822519u)) *
                0x1p-24f);
  }
  std::vector<float> out(x.size());
  KernelRunner runner(makeKernel("math.powf", 2, x.size()));
  ASSERT_TRUE(runner.isValid());
  runner.run({x.data(), y.data(), out.data()});
  for (size_t i = 0; i < x.size(); ++i)
    ASSERT_LE(getUlps(out[i], std::pow(static_cast<double>(x[i]),
                                       static_cast<double>(y[i]))),
              2.0)
        << x[i] << " ^ " << y[i] << " = " << out[i];
}

} // namespace
