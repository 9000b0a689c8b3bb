//===- CompileKernels.h - kernels to object code ----------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_COMPILEKERNELS_H
#define TENON_CODEGEN_CPU_COMPILEKERNELS_H

#include "mlir/IR/BuiltinOps.h"
#include "tenon/Target/TargetInfo.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir {
class PassManager;
} // namespace mlir

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

struct CompileKernelsOptions {
  bool emitObject = true;
  bool emitLLVMIR = false;
  bool emitAssembly = false;
};

/// Compiles every kernel, that is every builtin.module directly inside
/// `parent`, in parallel on the context's threads. On return the modules hold
/// the LLVM dialect and the attributes `tenon.grid` and `tenon.scratch`. The
/// order is that of the modules. Fails after a diagnostic for each kernel that
/// cannot be compiled.
mlir::FailureOr<std::vector<CompiledKernel>>
compileKernels(mlir::ModuleOp parent, const TargetInfo &target,
               const CompileKernelsOptions &options = {});

/// The second half: kernels that are in the LLVM dialect already.
mlir::FailureOr<std::vector<CompiledKernel>>
emitKernels(mlir::ModuleOp parent, const TargetInfo &target,
            const CompileKernelsOptions &options = {});

} // namespace tenon

#endif // TENON_CODEGEN_CPU_COMPILEKERNELS_H
