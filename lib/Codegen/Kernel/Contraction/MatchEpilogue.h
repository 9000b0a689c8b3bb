//===- MatchEpilogue.h - what follows the reduction -------------*- C++ -*-===//
#ifndef TENON_LIB_CODEGEN_KERNEL_CONTRACTION_MATCHEPILOGUE_H
#define TENON_LIB_CODEGEN_KERNEL_CONTRACTION_MATCHEPILOGUE_H

#include "tenon/Codegen/Kernel/Contraction/ContractionKernel.h"

namespace tenon {

/// Adds the stages and the stores of `function` to `kernel`, whose root, loops
/// and column loop are known. `resultLoops` are those of the root's result.
/// False where they have another form, with the reason.
bool matchEpilogue(mlir::func::FuncOp function,
                   llvm::ArrayRef<unsigned> resultLoops,
                   ContractionKernel &kernel, std::string &reason);

} // namespace tenon

#endif // TENON_LIB_CODEGEN_KERNEL_CONTRACTION_MATCHEPILOGUE_H
