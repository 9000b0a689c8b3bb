// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-join-pads))' | FileCheck %s

// CHECK-LABEL: @parts
// CHECK-SAME: (%[[A:.*]]: tensor<2x4xf32>, %[[B:.*]]: tensor<2x3xf32>, %[[C:.*]]: tensor<2x9xf32>)
// CHECK: %[[GAP:.*]] = tenon.broadcast %{{.*}} : tensor<f32> -> tensor<2x2xf32>
// CHECK: %[[JOINED:.*]] = tenon.concat %[[A]], %[[GAP]], %[[B]] {axis = 1 : i64}
// CHECK: %[[SUM:.*]] = tenon.add %[[JOINED]], %[[C]]
// CHECK: return %[[SUM]]
func.func @parts(%a: tensor<2x4xf32>, %b: tensor<2x3xf32>, %c: tensor<2x9xf32>) -> tensor<2x9xf32> {
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %0 = tenon.pad %b with %zero low <[0, 6]> high <[0, 0]> : tensor<2x3xf32>, tensor<f32> -> tensor<2x9xf32>
  %1 = tenon.add %0, %c : (tensor<2x9xf32>, tensor<2x9xf32>) -> tensor<2x9xf32>
  %2 = tenon.pad %a with %zero low <[0, 0]> high <[0, 5]> : tensor<2x4xf32>, tensor<f32> -> tensor<2x9xf32>
  %3 = tenon.add %1, %2 : (tensor<2x9xf32>, tensor<2x9xf32>) -> tensor<2x9xf32>
  return %3 : tensor<2x9xf32>
}

// Parts that overlap are added.
// CHECK-LABEL: @overlapping
// CHECK-NOT: tenon.concat
func.func @overlapping(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<6xf32> {
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %0 = tenon.pad %a with %zero low <[0]> high <[2]> : tensor<4xf32>, tensor<f32> -> tensor<6xf32>
  %1 = tenon.pad %b with %zero low <[2]> high <[0]> : tensor<4xf32>, tensor<f32> -> tensor<6xf32>
  %2 = tenon.add %0, %1 : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
  return %2 : tensor<6xf32>
}

// What is around is no zero.
// CHECK-LABEL: @ones
// CHECK-NOT: tenon.concat
func.func @ones(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<8xf32> {
  %one = tenon.constant dense<1.0> : tensor<f32>
  %0 = tenon.pad %a with %one low <[0]> high <[4]> : tensor<4xf32>, tensor<f32> -> tensor<8xf32>
  %1 = tenon.pad %b with %one low <[4]> high <[0]> : tensor<4xf32>, tensor<f32> -> tensor<8xf32>
  %2 = tenon.add %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %2 : tensor<8xf32>
}
