//===- CompareTest.cpp - are two tensors equal enough? --------------------===//

#include "tenon/Driver/Compare.h"

#include "gtest/gtest.h"

#include <cmath>
#include <vector>

using namespace tenon;

template <typename T>
static std::optional<std::string> compare(std::vector<T> got,
                                          std::vector<T> want, int32_t dtype,
                                          Tolerance tolerance = {}) {
  int64_t gotSize = got.size(), wantSize = want.size();
  return compareTensors({got.data(), &gotSize, dtype, 1},
                        {want.data(), &wantSize, dtype, 1}, tolerance);
}

TEST(Compare, ToleratesRelativeAndAbsoluteDifferences) {
  EXPECT_FALSE(compare<float>({1.0005f, 5e-6f}, {1, 0}, TENON_FLOAT32));
}

TEST(Compare, MeasuresAgainstTheLargestElement) {
  // Off by half of itself, yet by a thousandth of the largest at most.
  EXPECT_FALSE(compare<float>({100, 0.15f}, {100, 0.1f}, TENON_FLOAT32));
  EXPECT_EQ(compare<float>({100, 0.5f}, {100, 0.1f}, TENON_FLOAT32),
            "1 of 2 elements differ; at [1] expected 0.1, got 0.5; largest "
            "difference 0.4, largest expected value 100");
}

TEST(Compare, TakesNaNAndInfinityForThemselves) {
  EXPECT_FALSE(
      compare<double>({NAN, INFINITY}, {NAN, INFINITY}, TENON_FLOAT64));
  EXPECT_TRUE(compare<double>({0, 1e9}, {NAN, 1e9}, TENON_FLOAT64));
  EXPECT_TRUE(compare<double>({NAN, 1e9}, {0, 1e9}, TENON_FLOAT64));
  EXPECT_TRUE(compare<double>({-INFINITY}, {INFINITY}, TENON_FLOAT64));
}

TEST(Compare, WantsIntegersToTheBit) {
  EXPECT_FALSE(compare<int32_t>({1, -2}, {1, -2}, TENON_INT32));
  EXPECT_EQ(compare<int32_t>({1, -3}, {1, -2}, TENON_INT32),
            "1 of 2 elements differ; number 1: expected -2, got -3");
}

TEST(Compare, ReadsSmallFloats) {
  // 1.0 and 1.0009765625 in half precision.
  EXPECT_FALSE(compare<uint16_t>({0x3c01}, {0x3c00}, TENON_FLOAT16));
  EXPECT_TRUE(compare<uint16_t>({0x3c10}, {0x3c00}, TENON_FLOAT16));
}

TEST(Compare, WantsEqualTypesAndShapes) {
  EXPECT_EQ(compare<float>({1}, {1, 2}, TENON_FLOAT32),
            "expected shape [2], got [1]");
  float value = 1;
  EXPECT_EQ(compareTensors({&value, nullptr, TENON_INT32, 0},
                           {&value, nullptr, TENON_FLOAT32, 0}, {}),
            "expected float32, got int32");
}
