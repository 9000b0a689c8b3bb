//===- EmitKernels.h - kernels to object code -------------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_EMITKERNELS_H
#define TENON_CODEGEN_CPU_EMITKERNELS_H

#include "mlir/IR/BuiltinOps.h"
#include "tenon/Target/TargetInfo.h"
#include "llvm/ADT/SmallVector.h"

namespace tenon {

struct CompiledKernel {
  /// The one global symbol of `object`, hidden; the name of the module.
  std::string name;
  /// A relocatable object file. Undefined symbols: mem*, libm.
  llvm::SmallVector<char, 0> object;
  /// Optimised LLVM IR and assembly, where they were asked for.
  std::string llvmIR;
  std::string assembly;
};

struct EmitKernelsOptions {
  bool emitObject = true;
  bool emitLLVMIR = false;
  bool emitAssembly = false;
};

/// Makes code of every kernel, that is every builtin.module directly inside
/// `parent`, in parallel on the context's threads. The modules hold the LLVM
/// dialect and the attributes `tenon.grid` and `tenon.scratch`. The order is
/// that of the modules. Fails after a diagnostic for each kernel that cannot be
/// translated.
mlir::FailureOr<std::vector<CompiledKernel>>
emitKernels(mlir::ModuleOp parent, const TargetInfo &target,
            const EmitKernelsOptions &options = {});

} // namespace tenon

#endif // TENON_CODEGEN_CPU_EMITKERNELS_H
