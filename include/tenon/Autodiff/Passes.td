//===- Passes.td - derivatives of functions -------------------------------===//
#ifndef TENON_AUTODIFF_PASSES_TD
#define TENON_AUTODIFF_PASSES_TD

include "mlir/Pass/PassBase.td"

def DifferentiatePass : Pass<"tenon-differentiate", "::mlir::ModuleOp"> {
  string whyUnlisted = "differentiate-steps differentiates what a program trains; this one is for tests of single functions";
  let summary = "add the derivative of a function";
  let description = [{
    Reverse mode makes `@NAME_vjp`, which takes the function's arguments and a cotangent of each float result, and
    returns the function's results and a cotangent of each float argument; forward mode makes `@NAME_jvp`, which takes a
    tangent of each float argument and returns the results and their tangents. Both consist of tenon ops, so they can be
    differentiated again.

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

def DifferentiateStepsPass : Pass<"tenon-differentiate-steps", "::mlir::ModuleOp"> {
  let summary = "make a training step of every function with a loss and an optimizer";
  let description = [{
    A function with the attribute `tenon.step` gets the gradients of its loss, its first result, with respect to the
    parameters that the step trains, and their updates by the step's optimizer. What the optimizer keeps becomes `kept`
    states, named after the step's name; so do the learning rate and the number of steps, so that an application can set
    them.

    ```mlir
    tenon.state @w trained = dense<0.0> : tensor<4xf32>
    func.func @fit(%x: tensor<4xf32>) -> tensor<f32>
        attributes {tenon.step = #tenon.step<"fit", <"sgd", {lr = 1.0e-1 : f64}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>} {
      %w = tenon.get_state @w : tensor<4xf32>
      %0 = tenon.mul %x, %w : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      %1 = tenon.reduce sum %0 axes [0] : tensor<4xf32> -> tensor<f32>
      return %1 : tensor<f32>
    }
    // gets, before its return
    tenon.set_state @w, %next : tensor<4xf32>
    ```

    Of a function that has `tenon.shared_step` too, every rank of a run takes the step with samples of its own: the loss
    and the gradients are means over the ranks, weighted by the state `rank_weight`, and the updates are the same
    everywhere.
  }];
  let dependentDialects = ["::tenon::TenonDialect", "::mlir::func::FuncDialect"];
}

#endif // TENON_AUTODIFF_PASSES_TD
