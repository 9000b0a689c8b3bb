// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-form-groups))' | FileCheck %s

// A chain of elementwise ops is one kernel; small constants are copied into it, other values are its inputs.
// CHECK-LABEL: @chain
func.func @chain(%x: tensor<4x8xf32>, %bias: tensor<8xf32>) -> tensor<4x8xf32> {
  // CHECK: tenon.group (%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}}) :
  // CHECK-NEXT: tenon.constant dense<2.0
  // CHECK-NEXT: tenon.add %[[A]], %[[B]]
  // CHECK-NEXT: tenon.exp
  // CHECK-NEXT: tenon.maximum
  // CHECK-NEXT: tenon.yield
  %c = tenon.constant dense<2.0> : tensor<8xf32>
  %0 = tenon.add %x, %bias : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %1 = tenon.exp %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = tenon.maximum %1, %c : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// A value with another use is computed once, by a kernel of its own.
// CHECK-LABEL: @two_uses
func.func @two_uses(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[E:.*]] = tenon.group
  // CHECK: tenon.group (%{{.*}} = %[[E]])
  %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32>
  %1 = tenon.exp %0 : tensor<8xf32> -> tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}
