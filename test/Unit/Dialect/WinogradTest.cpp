//===- WinogradTest.cpp - the matrices of Winograd's algorithm ------------===//

#include "tenon/Dialect/Tenon/IR/Winograd.h"
#include <gtest/gtest.h>

using namespace tenon;

namespace {

template <size_t rows, size_t columns>
std::array<double, rows> multiply(const WinogradMatrix<rows, columns> &matrix,
                                  const std::array<double, columns> &vector) {
  std::array<double, rows> product{};
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < columns; ++j)
      product[i] += matrix[i][j] * vector[j];
  return product;
}

const std::array<double, kWinogradWindow> kWeights = {0.5, -3, 7};

TEST(Winograd, IsAConvolution) {
  const WinogradTransform &transform = getWinogradTransform();
  std::array<double, kWinogradTile> elements = {1, -2, 5, 0.25, 11, -4};
  auto products = multiply(transform.input, elements);
  auto weights = multiply(transform.weights, kWeights);
  for (size_t i = 0; i < products.size(); ++i)
    products[i] *= weights[i];
  auto results = multiply(transform.output, products);
  for (size_t i = 0; i < results.size(); ++i) {
    double expected = 0;
    for (size_t j = 0; j < kWeights.size(); ++j)
      expected += kWeights[j] * elements[i + j];
    EXPECT_NEAR(results[i], expected, 1e-12);
  }
}

TEST(Winograd, RestoresWeights) {
  const WinogradTransform &transform = getWinogradTransform();
  auto restored =
      multiply(transform.restore, multiply(transform.weights, kWeights));
  for (size_t i = 0; i < kWeights.size(); ++i)
    EXPECT_NEAR(restored[i], kWeights[i], 1e-12);
}

} // namespace
