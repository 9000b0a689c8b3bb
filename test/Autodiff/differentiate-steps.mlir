// RUN: tenon-opt %s --split-input-file --tenon-differentiate-steps | FileCheck %s

// A frozen parameter gets no gradient; state of the optimizer is named after the step.
// CHECK-DAG: tenon.state @"fit/momentum/a" kept = dense<0.000000e+00> : tensor<4xf32>
// CHECK-DAG: tenon.state @"fit/learning_rate" kept = dense<1.000000e-01> : tensor<f32>
// CHECK-DAG: tenon.state @"fit/step" kept = dense<0.000000e+00> : tensor<f32>
// CHECK-NOT: fit/momentum/b
tenon.state @a trained = dense<1.0> : tensor<4xf32>
tenon.state @b trained = dense<1.0> : tensor<4xf32>

// CHECK-LABEL: func.func @fit
// CHECK-NOT: tenon.step
// CHECK: %[[A:.*]] = tenon.get_state @a
// CHECK: %[[B:.*]] = tenon.get_state @b
// CHECK: %[[LOSS:.*]] = tenon.reduce sum
// CHECK: %[[VELOCITY:.*]] = tenon.get_state @"fit/momentum/a"
// CHECK: %[[KEPT:.*]] = tenon.mul %[[VELOCITY]]
// CHECK: %[[NEXT:.*]] = tenon.add %[[KEPT]]
// CHECK: tenon.set_state @a
// CHECK-NOT: tenon.set_state @b
// CHECK: tenon.set_state @"fit/momentum/a", %[[NEXT]]
// CHECK: return %[[LOSS]]
func.func @fit(%x: tensor<4xf32>) -> tensor<f32>
    attributes {tenon.step = #tenon.step<"fit", <"sgd", {lr = 1.0e-1 : f64, momentum = 9.0e-1 : f64}>, parameters = ["*"], frozen = ["b"], clip_norm = 0.0 : f64>} {
  %0 = tenon.get_state @a : tensor<4xf32>
  %1 = tenon.get_state @b : tensor<4xf32>
  %2 = tenon.mul %x, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = tenon.mul %2, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %4 = tenon.reduce sum %3 axes [0] : tensor<4xf32> -> tensor<f32>
  return %4 : tensor<f32>
}

// -----

// The loss is a result by name; gradients that are asked for are results, and calls that complete no round leave parameters as they are. `b` has a
// rate of its own and stays in bounds.
// CHECK-DAG: tenon.state @"fit/gradient/a" kept = dense<0.000000e+00> : tensor<4xf32>
// CHECK-DAG: tenon.state @"fit/round" kept
// CHECK-DAG: tenon.state @"fit/samples" kept
tenon.state @a trained = dense<1.0> : tensor<4xf32>
tenon.state @b trained = dense<1.0> : tensor<4xf32>

// CHECK-LABEL: func.func @fit
// CHECK-SAME: tensor<f32> {tenon.name = "total"}, tensor<4xf32> {tenon.name = "gradient/x"})
// CHECK-NOT: tenon.step
// CHECK: %[[DUE:.*]] = tenon.compare ge
// CHECK: tenon.select %[[DUE]]
// CHECK: tenon.set_state @"fit/gradient/a"
// CHECK: tenon.set_state @"fit/step"
// CHECK: %[[A:.*]] = tenon.select %[[DUE]]
// CHECK: tenon.set_state @a, %[[A]]
// CHECK: tenon.maximum
// CHECK: tenon.minimum
// CHECK: %[[B:.*]] = tenon.select %[[DUE]]
// CHECK: tenon.set_state @b, %[[B]]
func.func @fit(%x: tensor<4xf32> {tenon.name = "x"}) -> (tensor<4xf32> {tenon.name = "y"}, tensor<f32> {tenon.name = "total"})
    attributes {tenon.step = #tenon.step<"fit", <"sgd", {lr = 1.0e-1 : f64}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>,
                tenon.step_settings = {loss = "total", accumulate = 2, samples = 8, gradients = ["x"], groups = ["b:lr=0.5,clip=0.01"]}} {
  %0 = tenon.get_state @a : tensor<4xf32>
  %1 = tenon.get_state @b : tensor<4xf32>
  %2 = tenon.mul %x, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = tenon.mul %2, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %4 = tenon.reduce sum %3 axes [0] : tensor<4xf32> -> tensor<f32>
  return %3, %4 : tensor<4xf32>, tensor<f32>
}
