//===- Pipeline.h - the passes of one kernel, in order ----------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_PIPELINE_H
#define TENON_CODEGEN_CPU_PIPELINE_H

#include "mlir/Pass/PassManager.h"
#include "tenon/Target/TargetInfo.h"

namespace tenon {

/// From the kernel form on tensors to the LLVM dialect. `manager` runs on the
/// kernel's own module.
void buildKernelPipeline(mlir::OpPassManager &manager,
                         const TargetInfo &target);

/// `tenon-opt --tenon-compile-kernel=cpu=NAME`: the pipeline, for tests.
void registerKernelPipeline();

/// What kernels and the passes above need in a context: dialects, the external
/// models of their interfaces, translation to LLVM IR.
void registerKernelDialects(mlir::DialectRegistry &registry);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_PIPELINE_H
