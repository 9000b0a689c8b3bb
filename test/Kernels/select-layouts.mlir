// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-select-layouts))' | FileCheck %s

// The transposes between two convolutions sink through what is between them, and cancel.
// CHECK-LABEL: @residual_block
// CHECK-SAME: (%[[X:.*]]: tensor<1x16x8x8xf32>, %[[W:.*]]: tensor<16x16x3x3xf32>
func.func @residual_block(%x: tensor<1x16x8x8xf32>, %w: tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32> {
  // CHECK-DAG: %[[LAST:.*]] = tenon.transpose %[[X]] [0, 2, 3, 1]
  // CHECK-DAG: tenon.transpose %[[W]] [2, 3, 1, 0]
  // CHECK: %[[A:.*]] = tenon.conv %[[LAST]], %{{.*}} {channels_last
  // CHECK: %[[R:.*]] = tenon.relu %[[A]] : tensor<1x8x8x16xf32>
  // CHECK: %[[B:.*]] = tenon.conv %[[R]], %{{.*}} {channels_last
  // CHECK: %[[S:.*]] = tenon.add %[[B]], %[[R]]
  // CHECK: %[[Y:.*]] = tenon.transpose %[[S]] [0, 3, 1, 2]
  // CHECK: return %[[Y]]
  %0 = tenon.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32>
  %1 = tenon.relu %0 : tensor<1x16x8x8xf32> -> tensor<1x16x8x8xf32>
  %2 = tenon.conv %1, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32>
  %3 = tenon.add %2, %1 : (tensor<1x16x8x8xf32>, tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  return %3 : tensor<1x16x8x8xf32>
}

// The mean over the image needs no transpose after it.
// CHECK-LABEL: @global_mean
func.func @global_mean(%x: tensor<1x8x8x16xf32>) -> tensor<1x16xf32> {
  // CHECK: tenon.relu %{{.*}} : tensor<1x8x8x16xf32>
  // CHECK: tenon.reduce{{ +}}mean %{{.*}} axes [1, 2] : tensor<1x8x8x16xf32> -> tensor<1x16xf32>
  // CHECK-NOT: tenon.transpose
  // CHECK: return
  %0 = tenon.transpose %x [0, 3, 1, 2] : tensor<1x8x8x16xf32> -> tensor<1x16x8x8xf32>
  %1 = tenon.relu %0 : tensor<1x16x8x8xf32> -> tensor<1x16x8x8xf32>
  %3 = tenon.reduce mean %1 axes [2, 3] : tensor<1x16x8x8xf32> -> tensor<1x16xf32>
  return %3 : tensor<1x16xf32>
}
