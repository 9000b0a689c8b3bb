//===- Passes.h - passes from graphs to graphs ------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_TRANSFORMS_PASSES_H
#define TENON_DIALECT_TENON_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

namespace tenon {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

#endif // TENON_DIALECT_TENON_TRANSFORMS_PASSES_H
