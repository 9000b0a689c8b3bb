//===- WidenConvs.cpp - neighbouring results as channels ------------------===//

#include "tenon/Dialect/Tenon/IR/ConstantValues.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Target/TargetPass.h"
#include "llvm/Support/MathExtras.h"

namespace tenon {
#define GEN_PASS_DEF_WIDENCONVSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
struct WidenConvs : TargetPass<tenon::impl::WidenConvsPassBase<WidenConvs>> {
  using TargetPass::TargetPass;

  void runOnOperation() override {
    for (ConvOp conv : getLaunched<ConvOp>(getOperation()))
      if (int64_t count = canWiden(conv) ? chooseCount(conv) : 1; count > 1) {
        widen(conv, count);
        ++numWidened;
      }
  }

  bool canWiden(ConvOp conv) const;
  int64_t chooseCount(ConvOp conv) const;
  void widen(ConvOp conv, int64_t count);
};
} // namespace

bool WidenConvs::canWiden(ConvOp conv) const {
  return conv.getChannelsLast() && conv.getGroups() == 1 &&
         conv.getDilations().back() == 1 &&
         conv.getInputDilations().back() == 1 &&
         isConstantValue(conv.getWeights());
}

/// How many neighbours: a divisor of the row with the fewest vectors of
/// products for each result.
int64_t WidenConvs::chooseCount(ConvOp conv) const {
  auto weights = cast<RankedTensorType>(conv.getWeights().getType()),
       result = cast<RankedTensorType>(conv.getType());
  int64_t window = weights.getShape().end()[-3],
          outputs = weights.getShape().back(),
          stride = conv.getStrides().back(), row = result.getShape().end()[-2];
  int64_t lanes =
      target->getVectorLanes(std::max(32u, result.getElementTypeBitWidth()));
  if (ShapedType::isDynamic(row) || outputs >= lanes)
    return 1;
  auto getCost = [&](int64_t count) {
    return static_cast<double>(window + (count - 1) * stride) *
           static_cast<double>(llvm::divideCeil(count * outputs, lanes)) /
           static_cast<double>(count);
  };
  // a gain that is less is not worth an epilogue of its own
  constexpr double kLeastGain = 1.3;
  int64_t best = 1;
  for (int64_t count = 2; count * outputs <= lanes; ++count)
    if (row % count == 0 && getCost(count) < getCost(best))
      best = count;
  return getCost(best) * kLeastGain < getCost(1) ? best : 1;
}

/// The weights of `count` results side by side, each of which begins `stride`
/// further in a window for all of them.
static Value joinWeights(OpBuilder &builder, Location loc, Value weights,
                         int64_t count, int64_t stride) {
  int64_t rank = cast<RankedTensorType>(weights.getType()).getRank();
  auto getAmounts = [&](int64_t amount) {
    SmallVector<AffineExpr> amounts(rank, builder.getAffineConstantExpr(0));
    amounts[rank - 3] = builder.getAffineConstantExpr(amount);
    return DimsAttr::get(builder.getContext(), amounts);
  };
  SmallVector<Value> shifted;
  for (int64_t i = 0; i < count; ++i)
    shifted.push_back(PadOp::create(
        builder, loc, weights, /*value=*/Value(), getAmounts(i * stride),
        getAmounts((count - 1 - i) * stride), PadMode::constant));
  return ConcatOp::create(builder, loc, shifted,
                          builder.getI64IntegerAttr(rank - 1));
}

void WidenConvs::widen(ConvOp conv, int64_t count) {
  OpBuilder builder(conv);
  Location loc = conv.getLoc();
  int64_t stride = conv.getStrides().back();
  SmallVector<int64_t> strides(conv.getStrides());
  strides.back() = stride * count;
  Value wide = ConvOp::create(
      builder, loc, conv.getInput(),
      joinWeights(builder, loc, conv.getWeights(), count, stride),
      builder.getDenseI64ArrayAttr(strides), conv.getPadsAttr(),
      conv.getDilationsAttr(), conv.getInputDilationsAttr(),
      conv.getGroupsAttr(), conv.getChannelsLastAttr(),
      conv.getResultElementAttr());
  // [.., row / count, count * outputs] lies in memory as [.., row, outputs]
  conv.replaceAllUsesWith(
      ReshapeOp::create(builder, loc, conv.getType(), wide).getResult());
  conv.erase();
}

std::unique_ptr<Pass> tenon::createWidenConvsPass(const TargetInfo &target) {
  return std::make_unique<WidenConvs>(target);
}
