//===- Object.h - LLVM modules to objects -----------------------*- C++ -*-===//
//
// The last step of code generation. Every function is re-entrant: kernels are
// emitted in parallel, each with an LLVMContext and a TargetMachine of its own.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_OBJECT_H
#define TENON_TARGET_OBJECT_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace tenon {

/// Emits a relocatable object. Functions and globals that `module` defines with
/// external linkage get hidden visibility unless it is set otherwise.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
emitObject(llvm::Module &module, llvm::TargetMachine &tm);

/// Serialises a module, to be merged with others by `mergeModules`.
std::unique_ptr<llvm::MemoryBuffer> emitBitcode(const llvm::Module &module);

/// Links modules, as bitcode or as text, into `destination`, for artefacts that
/// are LLVM IR or assembly.
llvm::Error
mergeModules(llvm::Module &destination,
             llvm::ArrayRef<std::unique_ptr<llvm::MemoryBuffer>> modules);

/// Prints a module as assembly.
llvm::Error emitAssembly(llvm::Module &module, llvm::TargetMachine &tm,
                         llvm::raw_pwrite_stream &os);

} // namespace tenon

#endif // TENON_TARGET_OBJECT_H
