//===- TrainingOps.h - what only training runs ------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_TRAININGOPS_H
#define TENON_DIALECT_TENON_IR_TRAININGOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

namespace tenon {
/// Of a function that is a training step: a StepAttr.
inline constexpr llvm::StringLiteral stepAttrName = "tenon.step";
/// Of a training step that all ranks of a run take together.
inline constexpr llvm::StringLiteral sharedStepAttrName = "tenon.shared_step";
/// Of its states, the one that says how much this rank's samples count: its
/// number of samples, divided by the mean of all ranks'.
inline constexpr llvm::StringLiteral rankWeightStateName = "rank_weight";
} // namespace tenon

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/TrainingOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_TRAININGOPS_H
