//===- Passes.td - kernels for NVIDIA GPUs --------------------------------===//

#ifndef TENON_CODEGEN_GPU_PASSES
#define TENON_CODEGEN_GPU_PASSES

include "mlir/Pass/PassBase.td"

def InlinePadsPass : Pass<"tenon-inline-pads", "mlir::func::FuncOp"> {
  let summary = "read padded tensors where they are used, within bounds";
  let description = [{
    A kernel's argument that is padded is not copied: what reads the padded
    tensor looks whether the element lies in the border. The reads of a
    convolution become those of implicit im2col.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::affine::AffineDialect",
                           "mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect"];
}

def TileDeviceKernelPass
    : Pass<"tenon-tile-device-kernel", "mlir::func::FuncOp"> {
  let summary = "split a kernel into the tiles that blocks of threads compute";
  let description = [{
    As `tenon-tile-kernel`, with other sizes: a contraction's tile is as many
    rows and columns as the threads of a block hold in registers.
  }];
  let options = [
    Option<"targetCost", "target-cost", "int64_t",
           "DeviceInfo::kAccessesPerTile",
           "element accesses in a tile without contractions">,
  ];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::linalg::LinalgDialect",
                           "mlir::scf::SCFDialect",
                           "mlir::tensor::TensorDialect"];
}

def DistributeToThreadsPass
    : Pass<"tenon-distribute-to-threads", "mlir::ModuleOp"> {
  let summary = "spread a tile's operations over the threads of a block";
  let description = [{
    Each linalg operation on memrefs becomes loops in which neighbouring threads
    touch neighbouring elements, 16 bytes each where they are aligned;
    reductions along contiguous memory are shared by the lanes of a warp or by
    the block. Contractions pass slabs of their operands through shared memory
    and accumulate in registers. Barriers stand between operations. What is no
    linalg operation and writes memory runs in the first thread. Where the factors
    of a contraction of f32 may be rounded (`precision`), a warp multiplies with
    `mma.sync`.
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"f32\"",
           "what factors may be rounded to: f32, tf32, bf16, f16">,
  ];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::gpu::GPUDialect",
                           "mlir::math::MathDialect",
                           "mlir::memref::MemRefDialect",
                           "mlir::scf::SCFDialect",
                           "mlir::LLVM::LLVMDialect",
                           "mlir::NVVM::NVVMDialect",
                           "mlir::vector::VectorDialect"];
}

def LowerDeviceKernelPass
    : Pass<"tenon-lower-device-kernel", "mlir::ModuleOp"> {
  let summary = "give a device kernel its entry";
  let description = [{
    The kernel becomes a private function over pointers, and gets an entry with
    the module's name: a pointer for each buffer, an i64 for each dimension
    symbol, the scratch memory of all blocks, and the first work item and the
    end. A block takes an equal share of the items. The conversion of the body to the
    LLVM dialect follows.
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect",
                           "mlir::NVVM::NVVMDialect",
                           "mlir::affine::AffineDialect"];
}

def LowerThreadsToNVVMPass
    : Pass<"tenon-lower-threads-to-nvvm", "mlir::ModuleOp"> {
  let summary = "turn thread indices, barriers and shuffles into NVVM operations";
  let dependentDialects = ["mlir::LLVM::LLVMDialect",
                           "mlir::NVVM::NVVMDialect"];
}

def EmulateDevicePass : Pass<"tenon-emulate-device", "mlir::ModuleOp"> {
  let summary = "make a kernel for the host of a device kernel";
  let description = [{
    For tests. NVVM operations become calls of the emulator, which runs each
    thread of a block as a fiber; the entry gets the C ABI of kernels for the
    host, of which a call is a launch of one block.
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect"];
}

#endif // TENON_CODEGEN_GPU_PASSES
