//===- SelectWinograd.cpp - fewer products for 3x3 convolutions -----------===//

#include "tenon/Dialect/Tenon/IR/ConstantValues.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/IR/Winograd.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Target/MachineModel.h"
#include "tenon/Target/PanelWidth.h"
#include "tenon/Target/TargetPass.h"
#include "llvm/Support/MathExtras.h"

namespace tenon {
#define GEN_PASS_DEF_SELECTWINOGRADPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// Cycles for each vector of a tile, of elements or of results: additions, and
/// a load and a store of what lies between.
constexpr double kTransformCycles = 4;
/// A gain that is less is not worth four times the weights.
constexpr double kLeastGain = 1.2;

struct SelectWinograd
    : TargetPass<tenon::impl::SelectWinogradPassBase<SelectWinograd>> {
  using TargetPass::TargetPass;

  void runOnOperation() override {
    for (ConvOp conv : getLaunched<ConvOp>(getOperation()))
      if (canUseWinograd(conv) && paysOff(conv)) {
        transform(conv);
        ++numSelected;
      }
  }

  bool canUseWinograd(ConvOp conv) const;
  bool paysOff(ConvOp conv) const;
  void transform(ConvOp conv);
};
} // namespace

/// Image size and channels are what the kernel is unrolled for, so they have to
/// be known; vectors of channels and panels are full. The border comes with a
/// copy of the input.
bool SelectWinograd::canUseWinograd(ConvOp conv) const {
  auto input = cast<RankedTensorType>(conv.getInput().getType()),
       weights = cast<RankedTensorType>(conv.getWeights().getType()),
       result = cast<RankedTensorType>(conv.getType());
  auto areOnes = [](ArrayRef<int64_t> values) {
    return llvm::all_of(values, [](int64_t value) { return value == 1; });
  };
  if (!conv.getChannelsLast() || conv.getSpatialRank() != 2 ||
      conv.getGroups() != 1 || !input.getElementType().isF32() ||
      !result.getElementType().isF32() || conv.getResultElement() ||
      !areOnes(conv.getStrides()) || !areOnes(conv.getDilations()) ||
      !areOnes(conv.getInputDilations()) ||
      llvm::all_of(conv.getPads(), [](int64_t pad) { return pad == 0; }) ||
      ShapedType::isDynamicShape(input.getShape().drop_front()) ||
      weights.getDimSize(0) != kWinogradWindow ||
      weights.getDimSize(1) != kWinogradWindow)
    return false;
  int64_t lanes = target->getVectorLanes(32), outputs = weights.getDimSize(3);
  return weights.getDimSize(2) % lanes == 0 &&
         outputs % getPanelWidth(outputs, 32, *target) == 0 &&
         isConstantValue(conv.getWeights());
}

bool SelectWinograd::paysOff(ConvOp conv) const {
  auto weights = cast<RankedTensorType>(conv.getWeights().getType()),
       result = cast<RankedTensorType>(conv.getType());
  double images = result.isDynamicDim(0) ? 1 : result.getDimSize(0),
         height = result.getDimSize(1), width = result.getDimSize(2),
         inputs = weights.getDimSize(2), outputs = weights.getDimSize(3),
         lanes = target->getVectorLanes(32);
  double tiles = images * std::ceil(height / kWinogradResults) *
                 std::ceil(width / kWinogradResults);
  MachineModel machine(*target);
  auto getCycles = [&](double products, double numWeights) {
    return machine.getContractionCycles(products * inputs * outputs,
                                        numWeights * inputs * outputs * 4, 32);
  };
  constexpr double kWindow = kWinogradWindow * kWinogradWindow,
                   kTile = kWinogradTile * kWinogradTile;
  double direct = getCycles(images * height * width * kWindow, kWindow);
  double transforms =
      tiles * kTile * kTransformCycles * (inputs + outputs) / lanes;
  return direct > kLeastGain * (getCycles(tiles * kTile, kTile) + transforms);
}

/// G g G^T for every pair of channels, as two products.
void SelectWinograd::transform(ConvOp conv) {
  OpBuilder builder(conv);
  Location loc = conv.getLoc();
  SmallVector<float> numbers;
  for (const auto &row : getWinogradTransform().weights)
    numbers.append(row.begin(), row.end());
  Value matrix = ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(
          RankedTensorType::get({kWinogradTile, kWinogradWindow},
                                builder.getF32Type()),
          ArrayRef<float>(numbers)));
  // loops: the tile's row or column, the other dimension of the window, c, o,
  // and the sum
  auto map = [&](ArrayRef<unsigned> loops) {
    return AffineMap::getMultiDimMapWithTargets(5, loops, &getContext());
  };
  Value rows = ContractOp::create(
      builder, loc, matrix, conv.getWeights(),
      builder.getAffineMapArrayAttr(
          {map({0, 4}), map({4, 1, 2, 3}), map({0, 1, 2, 3})}),
      TypeAttr());
  Value tile = ContractOp::create(
      builder, loc, matrix, rows,
      builder.getAffineMapArrayAttr(
          {map({0, 4}), map({1, 4, 2, 3}), map({1, 0, 2, 3})}),
      TypeAttr());
  conv.getWeightsMutable().assign(
      WinogradRestoreOp::create(builder, loc, tile));
}

std::unique_ptr<Pass>
tenon::createSelectWinogradPass(const TargetInfo &target) {
  return std::make_unique<SelectWinograd>(target);
}
