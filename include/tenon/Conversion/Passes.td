//===- Passes.td - from tenon to linalg -----------------------------------===//
#ifndef TENON_CONVERSION_PASSES_TD
#define TENON_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerToLinalgPass : Pass<"tenon-lower-to-linalg", "::mlir::func::FuncOp"> {
  let summary = "turn the ops of a kernel into linalg, tensor, arith and scf";
  let description = [{
    Kernels are the functions marked `tenon.kernel`; the attribute `tenon.dims` names the dimension symbols whose values
    their trailing index arguments are. Each op goes through LinalgLoweringOpInterface, or through its decomposition.
    Types lose their encodings and signs; arguments and results of dynamic type say their sizes in an attribute
    `tenon.dims`, a map from the index arguments.

    ```mlir
    func.func @kernel(%x: tensor<?x8xf32>, %s0: index) -> tensor<?x8xf32>
    ```
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect", "::tenon::TenonDialect"];
}

#endif // TENON_CONVERSION_PASSES_TD
