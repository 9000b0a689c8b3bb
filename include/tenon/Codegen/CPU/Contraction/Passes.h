//===- Passes.h - contraction kernels in registers --------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_PASSES_H
#define TENON_CODEGEN_CPU_CONTRACTION_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "tenon/Target/TargetInfo.h"

namespace tenon {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Codegen/CPU/Contraction/Passes.h.inc"

/// tenon-plan-tiles for a target that is known already.
std::unique_ptr<mlir::Pass> createPlanTilesPass(const TargetInfo &target);

/// The same for tenon-tile-round-products.
std::unique_ptr<mlir::Pass>
createTileRoundProductsPass(const TargetInfo &target);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_PASSES_H
