//===- Passes.td - kernels for the host ---------------===//

#ifndef TENON_CODEGEN_CPU_PASSES
#define TENON_CODEGEN_CPU_PASSES

include "mlir/Pass/PassBase.td"

def LowerLinalgPass : Pass<"tenon-lower-linalg", "mlir::func::FuncOp"> {
  let summary = "turn linalg operations on memrefs into loops that LLVM vectorises";
  let description = [{
    The loops are ordered so that the innermost walks contiguous memory;
    reductions inside it are carried as values, others in the result's memory.
    Reductions of floats may be reassociated.
  }];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::memref::MemRefDialect",
                           "mlir::scf::SCFDialect"];
}

def LowerKernelToLLVMPass
    : Pass<"tenon-lower-kernel-to-llvm", "mlir::ModuleOp"> {
  let summary = "give a kernel its C ABI";
  let description = [{
    The kernel becomes a private function over pointers that do not alias, and
    gets an entry with the module's name:
    `void name(ptr buffers, ptr dims, ptr scratch, i64 begin, i64 end)`. The
    conversion of the body to the LLVM dialect follows.
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect",
                           "mlir::affine::AffineDialect"];
}

def WidenBoolAccessPass : Pass<"tenon-widen-bool-access", "mlir::LLVM::LLVMFuncOp"> {
  let summary = "load and store booleans as bytes";
  let description = [{
    A boolean takes a byte of memory. LLVM does not vectorise accesses of one
    bit, but those of a byte.

    ```mlir
    %b = llvm.load %p : !llvm.ptr -> i1
    // becomes
    %byte = llvm.load %p : !llvm.ptr -> i8
    %b = llvm.trunc %byte : i8 to i1
    ```
  }];
}

#endif // TENON_CODEGEN_CPU_PASSES
