//===- LLVMPasses.h - runs LLVM's passes ------------------------*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_LLVMPASSES_H
#define TENON_CODEGEN_KERNEL_LLVMPASSES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/IR/PassManager.h"

namespace llvm {
class PassBuilder;
class TargetMachine;
} // namespace llvm

namespace tenon {

/// Runs the passes that `build` puts together for the code of `machine`.
void runLLVMPasses(
    llvm::Module &module, llvm::TargetMachine &machine,
    llvm::function_ref<llvm::ModulePassManager(llvm::PassBuilder &)> build);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_LLVMPASSES_H
