//===- OptimizeLLVM.h - LLVM's passes for one kernel ------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_OPTIMIZELLVM_H
#define TENON_CODEGEN_CPU_OPTIMIZELLVM_H

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace tenon {

/// Runs LLVM's function passes. Kernels whose loops are vectors already need
/// none of the vectorisers, which take most of the time.
void optimizeLLVM(llvm::Module &module, llvm::TargetMachine &machine,
                  bool isVectorized);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_OPTIMIZELLVM_H
