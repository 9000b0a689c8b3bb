//===- Passes.h - the program that launches kernels -------------*- C++ -*-===//
#ifndef TENON_CODEGEN_PROGRAM_PASSES_H
#define TENON_CODEGEN_PROGRAM_PASSES_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace tenon {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Codegen/Program/Passes.h.inc"
} // namespace tenon

#endif // TENON_CODEGEN_PROGRAM_PASSES_H
