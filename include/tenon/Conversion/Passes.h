//===- Passes.h - from tenon to linalg --------------------------*- C++ -*-===//
#ifndef TENON_CONVERSION_PASSES_H
#define TENON_CONVERSION_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace tenon {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Conversion/Passes.h.inc"
} // namespace tenon

#endif // TENON_CONVERSION_PASSES_H
