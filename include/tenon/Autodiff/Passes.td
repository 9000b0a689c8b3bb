//===- Passes.td - derivatives of functions -------------------------------===//
#ifndef TENON_AUTODIFF_PASSES_TD
#define TENON_AUTODIFF_PASSES_TD

include "mlir/Pass/PassBase.td"

def DifferentiatePass : Pass<"tenon-differentiate", "::mlir::ModuleOp"> {
  let summary = "add the derivative of a function";
  let description = [{
    Reverse mode makes `@NAME_vjp`, which takes the function's arguments and a cotangent of each float result, and returns the function's results
    and a cotangent of each float argument; forward mode makes `@NAME_jvp`, which takes a tangent of each float argument and returns the results
    and their tangents. Both consist of tenon ops, so they can be differentiated again.

    ```mlir
    func.func @square(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = tenon.mul %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    // becomes, besides
    func.func @square_vjp(%x: tensor<4xf32>, %v: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    ```
  }];
  let options = [
    Option<"function", "function", "std::string", "\"main\"", "the function to differentiate">,
    Option<"forward", "forward", "bool", "false", "forward mode (JVP) instead of reverse mode (VJP)">];
  let dependentDialects = ["::tenon::TenonDialect", "::mlir::func::FuncDialect"];
}

#endif // TENON_AUTODIFF_PASSES_TD
