// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-isolate-results))' | FileCheck %s

// CHECK-LABEL: @main
// CHECK-SAME: (%[[X:.*]]: tensor<8xf32>)
func.func @main(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<2x4xf32>) {
  // CHECK: %[[E:.*]] = tenon.exp %[[X]]
  %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32>
  %1 = tenon.reshape %0 : tensor<8xf32> -> tensor<2x4xf32>
  // CHECK: %[[ARGUMENT:.*]] = tenon.copy %[[X]]
  // CHECK: %[[TWICE:.*]] = tenon.copy %{{.*}} : tensor<2x4xf32>
  // CHECK: return %[[E]], %[[ARGUMENT]], %[[TWICE]]
  return %0, %x, %1 : tensor<8xf32>, tensor<8xf32>, tensor<2x4xf32>
}
