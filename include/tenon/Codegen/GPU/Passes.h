//===- Passes.h - kernels for NVIDIA GPUs ---------------------*- C++ -*-===//

#ifndef TENON_CODEGEN_GPU_PASSES_H
#define TENON_CODEGEN_GPU_PASSES_H

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Pass/Pass.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"

namespace tenon {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "tenon/Codegen/GPU/Passes.h.inc"

} // namespace tenon

#endif // TENON_CODEGEN_GPU_PASSES_H
