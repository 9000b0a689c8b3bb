//===- TrainingOps.h - what only training runs ------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_TRAININGOPS_H
#define TENON_DIALECT_TENON_IR_TRAININGOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

namespace tenon {
/// Of a function that is a training step: a StepAttr.
inline constexpr llvm::StringLiteral stepAttrName = "tenon.step";
} // namespace tenon

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/TrainingOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_TRAININGOPS_H
