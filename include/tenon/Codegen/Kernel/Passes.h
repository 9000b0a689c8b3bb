//===- Passes.h - what kernels of all back ends go through ----*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_PASSES_H
#define TENON_CODEGEN_KERNEL_PASSES_H

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/Pass.h"
#include "tenon/Target/MachineModel.h"

namespace tenon {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Codegen/Kernel/Passes.h.inc"

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_PASSES_H
