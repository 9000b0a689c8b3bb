// RUN: tenon-opt %s --split-input-file --tenon-differentiate-steps | FileCheck %s

// A frozen parameter gets no gradient; state of the optimizer is named after the step.
// CHECK-DAG: tenon.parameter @"fit/momentum/a" state = dense<0.000000e+00> : tensor<4xf32>
// CHECK-DAG: tenon.parameter @"fit/learning_rate" state = dense<1.000000e-01> : tensor<f32>
// CHECK-DAG: tenon.parameter @"fit/step" state = dense<0.000000e+00> : tensor<f32>
// CHECK-NOT: fit/momentum/b
tenon.parameter @a = dense<1.0> : tensor<4xf32>
tenon.parameter @b = dense<1.0> : tensor<4xf32>

// CHECK-LABEL: func.func @fit
// CHECK-NOT: tenon.step
// CHECK: %[[A:.*]] = tenon.get_parameter @a
// CHECK: %[[B:.*]] = tenon.get_parameter @b
// CHECK: %[[LOSS:.*]] = tenon.reduce sum
// CHECK: %[[VELOCITY:.*]] = tenon.get_parameter @"fit/momentum/a"
// CHECK: %[[KEPT:.*]] = tenon.mul %[[VELOCITY]]
// CHECK: %[[NEXT:.*]] = tenon.add %[[KEPT]]
// CHECK: tenon.set_parameter @a
// CHECK-NOT: tenon.set_parameter @b
// CHECK: tenon.set_parameter @"fit/momentum/a", %[[NEXT]]
// CHECK: return %[[LOSS]]
func.func @fit(%x: tensor<4xf32>) -> tensor<f32>
    attributes {tenon.step = #tenon.step<"fit", <"sgd", {lr = 1.0e-1 : f64, momentum = 9.0e-1 : f64}>, parameters = ["*"], frozen = ["b"], clip_norm = 0.0 : f64>} {
  %0 = tenon.get_parameter @a : tensor<4xf32>
  %1 = tenon.get_parameter @b : tensor<4xf32>
  %2 = tenon.mul %x, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = tenon.mul %2, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %4 = tenon.reduce sum %3 axes [0] : tensor<4xf32> -> tensor<f32>
  return %4 : tensor<f32>
}
