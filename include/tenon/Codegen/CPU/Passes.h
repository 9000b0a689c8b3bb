//===- Passes.h - from the kernel form to the LLVM dialect ------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_PASSES_H
#define TENON_CODEGEN_CPU_PASSES_H

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/Pass.h"

namespace tenon {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Codegen/CPU/Passes.h.inc"

} // namespace tenon

#endif // TENON_CODEGEN_CPU_PASSES_H
