// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-decompose))' | FileCheck %s

// For inference nothing is dropped.
// CHECK-LABEL: @inference
// CHECK-NEXT: tenon.exp %arg0
func.func @inference(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tenon.dropout %x {ratio = 5.0e-1 : f32} : tensor<4xf32> -> tensor<4xf32>
  %1 = tenon.stop_gradient %0 : tensor<4xf32>
  %2 = tenon.exp %1 : tensor<4xf32> -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// Numbers are hashes of the elements' positions.
// CHECK-LABEL: @random
// CHECK: tenon.iota {axis = 0 : i64} : tensor<6xui32>
// CHECK: tenon.cast %{{.*}} to f32
// CHECK: tenon.reshape %{{.*}} : tensor<6xf32> -> tensor<2x3xf32>
func.func @random(%seed: tensor<i64>) -> tensor<2x3xf32> {
  %0 = tenon.random_uniform %seed stream 3 : tensor<i64> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
