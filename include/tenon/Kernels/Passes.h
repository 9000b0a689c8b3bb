//===- Passes.h - which ops form kernels, and where values lie --*- C++ -*-===//
#ifndef TENON_KERNELS_PASSES_H
#define TENON_KERNELS_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/Target/TargetInfo.h"

namespace tenon {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Kernels/Passes.h.inc"

std::unique_ptr<mlir::Pass> createWidenConvsPass(const TargetInfo &target);
std::unique_ptr<mlir::Pass> createSelectWinogradPass(const TargetInfo &target);
std::unique_ptr<mlir::Pass> createPackWeightsPass(const TargetInfo &target);
std::unique_ptr<mlir::Pass>
createPackRoundWeightsPass(const TargetInfo &target);
} // namespace tenon

#endif // TENON_KERNELS_PASSES_H
