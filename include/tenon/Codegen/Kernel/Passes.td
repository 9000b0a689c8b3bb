//===- Passes.td - what kernels of all back ends go through ---------------===//

#ifndef TENON_CODEGEN_KERNEL_PASSES
#define TENON_CODEGEN_KERNEL_PASSES

include "mlir/Pass/PassBase.td"

def ResolveKernelDimsPass
    : Pass<"tenon-resolve-kernel-dims", "mlir::func::FuncOp"> {
  let summary = "express the sizes of a kernel's arguments with its dimension symbols";
  let description = [{
    `tensor.dim` or `memref.dim` of an argument becomes the expression that the argument's
    `tenon.dims` gives for it, over the kernel's index arguments; constant
    dimensions become constants.

    ```mlir
    func.func @kernel(%x: tensor<?x8xf32> {tenon.dims = affine_map<()[s0] -> (s0 + 1, 8)>}, %s0: index)
      %c0 = arith.constant 0 : index
      %d = tensor.dim %x, %c0 : tensor<?x8xf32>
    // becomes
      %d = affine.apply affine_map<()[s0] -> (s0 + 1)>()[%s0]
    ```
  }];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::arith::ArithDialect"];
}

def SimplifyKernelPass : Pass<"tenon-simplify-kernel", "mlir::func::FuncOp"> {
  let summary = "fuse the elementwise operations of a kernel and flatten its loops";
  let description = [{
    A producer is computed inside its consumer where nothing expensive is then
    computed more than once. Dimensions of size one go, and a kernel that is one
    operation gets as few and as long loops as its operands' layouts allow.
  }];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect"];
}

def TileKernelPass : Pass<"tenon-tile-kernel", "mlir::func::FuncOp"> {
  let summary = "split a kernel into tiles that run in parallel";
  let description = [{
    Each operation that computes a result is tiled to an `scf.forall`, with what
    it needs computed inside the tile, so that chains (softmax, norms) pass over
    memory once. Only those dimensions are tiled along which every reduction in
    the chain can be split. A tile is worth `target-cost` element accesses; a
    kernel that is smaller stays whole.
  }];
  let options = [
    Option<"targetCost", "target-cost", "int64_t",
           "MachineModel::kAccessesPerTile",
           "element accesses in a tile">,
  ];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::linalg::LinalgDialect",
                           "mlir::scf::SCFDialect",
                           "mlir::tensor::TensorDialect"];
}

def SplitRoundsPass : Pass<"tenon-split-rounds", "mlir::func::FuncOp"> {
  let summary = "run tiles through all rounds of a loop in parallel";
  let description = [{
    Where no operation of a loop's body mixes elements along one dimension of what the loop carries, tiles along it are
    apart in all rounds: the samples of a recurrent layer. Each tile gets a loop of its own, in an `scf.forall` around
    them, so that a thread keeps what it carries in its cache and waits for no other between the rounds.

    ```mlir
    %h = scf.for %t = %c0 to %c64 step %c1 iter_args(%before = %h0) -> (tensor<32x128xf32>) {
      %product = linalg.generic ... ins(%before, %w : tensor<32x128xf32>, tensor<128x128xf32>) ...
      %next = linalg.generic ... tanh ...
      scf.yield %next : tensor<32x128xf32>
    }
    // becomes
    %h = scf.forall (%i) in (4) shared_outs(%all = %empty) -> (tensor<32x128xf32>) {
      %offset = arith.muli %i, %c8
      %tile0 = tensor.extract_slice %h0[%offset, 0] [8, 128] [1, 1]
      %tile = scf.for %t = %c0 to %c64 step %c1 iter_args(%before = %tile0) -> (tensor<8x128xf32>) {
        ...
      }
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %tile into %all[%offset, 0] [8, 128] [1, 1]
      }
    }
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::scf::SCFDialect",
                           "mlir::tensor::TensorDialect"];
}

def TileCopiesPass : Pass<"tenon-tile-copies", "mlir::func::FuncOp"> {
  let summary = "split what a bufferised kernel does outside of tiles";
  let description = [{
    Copies and fills of whole buffers, which bufferisation made of insertions
    and pads, become `scf.forall` loops over tiles.
  }];
  let options = [
    Option<"targetCost", "target-cost", "int64_t",
           "MachineModel::kAccessesPerTile",
           "element accesses in a tile">,
  ];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::linalg::LinalgDialect",
                           "mlir::memref::MemRefDialect",
                           "mlir::scf::SCFDialect"];
}

def BufferizeKernelPass : Pass<"tenon-bufferize-kernel", "mlir::ModuleOp"> {
  let summary = "give a kernel's tensors memory, its results that of the caller";
  let description = [{
    Arguments become read-only contiguous memrefs, results become memref
    arguments after all others; what is computed for a result is computed in
    its buffer. A kernel that has no tensors is left alone.
  }];
  let dependentDialects = ["mlir::bufferization::BufferizationDialect",
                           "mlir::memref::MemRefDialect",
                           "mlir::linalg::LinalgDialect",
                           "mlir::affine::AffineDialect",
                           "mlir::scf::SCFDialect"];
}

def MapWorkItemsPass : Pass<"tenon-map-work-items", "mlir::ModuleOp"> {
  let summary = "turn a kernel's parallel tiles into work items";
  let description = [{
    The `scf.forall`s at the top of a bufferised kernel become loops over the
    range of work items that a call is given, as two new index arguments; the
    module's `tenon.grid` says how many there are. Several loops that do not
    depend on each other share one range. Where one of them reads what another
    writes, or code outside of them writes a result, the kernel is one item; so it
    is where a loop stands outside of them, which each call would run again for
    its range.
  }];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::scf::SCFDialect"];
}

def PlaceScratchPass : Pass<"tenon-place-scratch", "mlir::ModuleOp"> {
  let summary = "place a kernel's temporary buffers in the worker's scratch memory";
  let description = [{
    A small buffer of constant size goes to the stack. Every other becomes an
    argument of the kernel with its byte offset as `tenon.scratch_offset`; the
    module's `tenon.scratch` is the size of all of them. On a GPU, buffers of
    constant size go to the memory that a block's threads share, as long as there is
    some left, and none to the stack, which each thread has for itself.
  }];
  let options = [
    Option<"sharedBytes", "shared-bytes", "int64_t", "0",
           "shared memory of a block; 0: not on a GPU">,
  ];
  let dependentDialects = ["mlir::affine::AffineDialect",
                           "mlir::memref::MemRefDialect"];
}

def LowerMathPass : Pass<"tenon-lower-math", "mlir::func::FuncOp"> {
  let summary = "compute elementary functions with arithmetic";
  let description = [{
    Within 2 ulp in f32, on scalars and vectors alike; f16 and bf16 through f32.
    What stays (f64) becomes a call to libm. Conversions to and from bf16, for
    which CPUs have no instruction, become integer arithmetic.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::math::MathDialect"];
}

#endif // TENON_CODEGEN_KERNEL_PASSES
