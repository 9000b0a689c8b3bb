//===- Passes.h - derivatives of functions ----------------------*- C++ -*-===//
#ifndef TENON_AUTODIFF_PASSES_H
#define TENON_AUTODIFF_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

namespace tenon {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Autodiff/Passes.h.inc"
} // namespace tenon

#endif // TENON_AUTODIFF_PASSES_H
