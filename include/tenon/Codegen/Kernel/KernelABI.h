//===- KernelABI.h - from a bufferised kernel to its entry ------*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_KERNELABI_H
#define TENON_CODEGEN_KERNEL_KERNELABI_H

#include "tenon/Codegen/Kernel/Kernel.h"

namespace tenon {

/// What an argument of the bufferised kernel is.
enum class ArgumentRole { Buffer, Scratch, Shared, Symbol, WorkItem };

struct KernelArgument {
  ArgumentRole role;
  mlir::AffineMap dims;    // of a buffer
  mlir::AffineMap offset;  // of scratch and shared memory, in bytes
  mlir::AffineMap strides; // of memory
  /// Of a buffer: bytes that its address is a multiple of; 0: as buffers are.
  int64_t alignment = 0;
};

mlir::FailureOr<llvm::SmallVector<KernelArgument>>
classifyArguments(mlir::func::FuncOp kernel);

/// Makes the kernel a private function over pointers, NAME.body: bare pointers
/// can be declared not to alias, which the fields of a loaded table cannot. The
/// entry of a back end calls it.
void makeBody(mlir::func::FuncOp kernel,
              llvm::ArrayRef<KernelArgument> arguments, llvm::StringRef name);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_KERNELABI_H
