//===- Passes.td - contraction kernels in registers -----------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_PASSES
#define TENON_CODEGEN_CPU_CONTRACTION_PASSES

include "tenon/Target/TargetPass.td"

def FuseEpilogueOperandsPass : Pass<"tenon-fuse-epilogue-operands", "mlir::func::FuncOp"> {
  let summary = "compute the operands of an epilogue where it reads them";
  let description = [{
    The tile of a contraction goes through its epilogue in registers if the
    epilogue's other operands are tensors in memory. Those that elementwise
    operations compute from such are computed in the epilogue itself: the
    velocity of a training step, times its decay, is one.
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect"];
}

def PlanTilesPass : TargetPass<"tenon-plan-tiles", "mlir::func::FuncOp"> {
  let summary = "choose the register tile and the work items of a contraction kernel";
  let description = [{
    Records the choice as `tenon.tiles` on a kernel whose root is a matrix
    product, a convolution or another reduction with a contiguous parallel
    dimension. Other kernels are left alone.

    ```mlir
    func.func @kernel(...) attributes {tenon.kernel}
    // becomes, on a machine with 16 registers of 8 floats
    func.func @kernel(...) attributes {tenon.kernel, tenon.tiles = {rows = 6, panel_width = 16, ...}}
    ```
  }];
}

def TileContractionPass : Pass<"tenon-tile-contraction", "mlir::func::FuncOp"> {
  let summary = "compute a contraction kernel tile by tile in vector registers";
  let description = [{
    Takes the kernels that have `tenon.tiles`. The function's tensors become
    memrefs, its results the last arguments; the body becomes an `scf.forall`
    over work items. Inside, the result is computed in tiles that stay in
    vector registers over the whole reduction and through the epilogue; packed
    weights are read panel by panel, other inputs where they lie, padded ones
    from a slab that holds the rows of the item with their border.
  }];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::arith::ArithDialect",
    "mlir::memref::MemRefDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"];
}

def TileRoundProductsPass : TargetPass<"tenon-tile-round-products", "mlir::func::FuncOp"> {
  let summary = "compute the products in a loop's rounds tile by tile in vector registers";
  let description = [{
    A kernel that is a loop, a scan, is no contraction kernel, but what its rounds multiply is: each product of a
    bufferised body is planned and computed as `tile-contraction` does it with a kernel's, one work item after the
    other. What its operands are views of stays where it is; sums are added to what the destination holds.
  }];
  let dependentDialects = [
    "mlir::affine::AffineDialect", "mlir::arith::ArithDialect",
    "mlir::memref::MemRefDialect", "mlir::scf::SCFDialect",
    "mlir::vector::VectorDialect"];
}

#endif // TENON_CODEGEN_CPU_CONTRACTION_PASSES
