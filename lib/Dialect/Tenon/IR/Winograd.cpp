//===- Winograd.cpp - convolutions of 3x3 in 4x4 results ------------------===//

#include "tenon/Dialect/Tenon/IR/Winograd.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

static constexpr int64_t kNumPoints = kWinogradTile - 1;
static constexpr std::array<double, kNumPoints> kPoints = {0, 5.0 / 7, -5.0 / 7,
                                                           7.0 / 5, -7.0 / 5};

/// The coefficients of the product of (x - point) over all points but number
/// `left`.
static std::array<double, kWinogradTile> getProduct(int64_t left) {
  std::array<double, kWinogradTile> product{1};
  for (int64_t i = 0; i < kNumPoints; ++i) {
    if (i == left)
      continue;
    for (int64_t power = kWinogradTile - 1; power >= 0; --power)
      product[power] =
          (power > 0 ? product[power - 1] : 0) - kPoints[i] * product[power];
  }
  return product;
}

static WinogradTransform computeTransform() {
  WinogradTransform transform;
  std::array<double, kNumPoints> scales;
  for (int64_t i = 0; i < kNumPoints; ++i) {
    scales[i] = 1;
    for (int64_t other = 0; other < kNumPoints; ++other)
      if (other != i)
        scales[i] *= kPoints[i] - kPoints[other];
    double power = 1;
    for (int64_t j = 0; j < kWinogradResults; ++j, power *= kPoints[i]) {
      transform.output[j][i] = power;
      if (j < kWinogradWindow)
        transform.weights[i][j] = power / scales[i];
    }
    transform.input[i] = getProduct(i);
  }
  transform.output[kWinogradResults - 1][kNumPoints] = 1;
  transform.weights[kNumPoints][kWinogradWindow - 1] = 1;
  transform.input[kNumPoints] = getProduct(kNumPoints);

  // g0 from the value at 0, g1 from those at p and -p, g2 from that at infinity
  transform.restore[0][0] = scales[0];
  transform.restore[1][1] = scales[1] / (2 * kPoints[1]);
  transform.restore[1][2] = -scales[2] / (2 * kPoints[1]);
  transform.restore[2][kNumPoints] = 1;
  return transform;
}

const WinogradTransform &tenon::getWinogradTransform() {
  static const WinogradTransform transform = computeTransform();
  return transform;
}

//===----------------------------------------------------------------------===//
// WinogradRestoreOp
//===----------------------------------------------------------------------===//

LogicalResult
WinogradRestoreOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                    Adaptor adaptor,
                                    SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  if (type.getRank() != 4 || type.getDimSize(0) != kWinogradTile ||
      type.getDimSize(1) != kWinogradTile)
    return emitOptionalError(loc, "expected weights of ", kWinogradTile, "x",
                             kWinogradTile, " tiles, got ", type);
  types.push_back(
      RankedTensorType::get({kWinogradWindow, kWinogradWindow,
                             type.getDimSize(2), type.getDimSize(3)},
                            type.getElementType()));
  return success();
}
