//===- PlanTiles.cpp - choose the tiles of a contraction kernel -----------===//

#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/CPU/Contraction/TilePlan.h"
#include "tenon/Codegen/CPU/Contraction/WinogradTiles.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Target/TargetPass.h"

namespace tenon {
#define GEN_PASS_DEF_PLANTILESPASS
#include "tenon/Codegen/CPU/Contraction/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
struct PlanTiles : TargetPass<tenon::impl::PlanTilesPassBase<PlanTiles>> {
  using TargetPass::TargetPass;

  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (!kernel->hasAttr(kKernelAttr))
      return;
    std::string reason;
    std::optional<ContractionKernel> model =
        matchContractionKernel(kernel, reason);
    if (!model)
      return;
    std::optional<TilePlan> plan = model->decoding == WeightDecoding::Winograd
                                       ? planWinogradTiles(*model, *target)
                                       : planTiles(*model, *target);
    if (plan)
      kernel->setAttr(kTilesAttr, plan->toAttribute(&getContext()));
  }
};
} // namespace

std::unique_ptr<Pass> tenon::createPlanTilesPass(const TargetInfo &target) {
  return std::make_unique<PlanTiles>(target);
}
