// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-im2col))' | FileCheck %s

// CHECK-DAG: #[[ROWS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// CHECK-DAG: #[[WEIGHTS:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d2)>
// CHECK-DAG: #[[RESULT:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// CHECK-DAG: #[[COLUMNS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d4, d2, d3)>
// CHECK-DAG: #[[TRANSPOSED:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d1, d4)>

// CHECK-LABEL: @channels_last
// CHECK-SAME: (%[[X:.*]]: tensor<1x6x4xf32>, %[[W:.*]]: tensor<3x4x8xf32>)
func.func @channels_last(%x: tensor<1x6x4xf32>, %w: tensor<3x4x8xf32>) -> tensor<1x4x8xf32> {
  // CHECK: %[[A:.*]] = tenon.slice %[[X]] starts <[0, 0, 0]>
  // CHECK: %[[B:.*]] = tenon.slice %[[X]] starts <[0, 1, 0]>
  // CHECK: %[[C:.*]] = tenon.slice %[[X]] starts <[0, 2, 0]>
  // CHECK: %[[P:.*]] = tenon.concat %[[A]], %[[B]], %[[C]] {axis = 2 : i64} : {{.*}} -> tensor<1x4x12xf32>
  // CHECK: %[[M:.*]] = tenon.reshape %[[W]] : tensor<3x4x8xf32> -> tensor<12x8xf32>
  // CHECK: tenon.contract %[[P]], %[[M]] {indexing_maps = [#[[ROWS]], #[[WEIGHTS]], #[[RESULT]]]}
  %0 = tenon.conv %x, %w {channels_last} : (tensor<1x6x4xf32>, tensor<3x4x8xf32>) -> tensor<1x4x8xf32>
  return %0 : tensor<1x4x8xf32>
}

// Strides are the slices' steps, dilations the distance of their starts; the sizes may depend on symbols.
// CHECK-LABEL: @channels_first
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x?x9xf32, #tenon.dims<[s]>>, %[[W:.*]]: tensor<5x3x1x2xf32>)
func.func @channels_first(%x: tensor<1x3x?x9xf32, #tenon.dims<[s]>>, %w: tensor<5x3x1x2xf32>) -> tensor<1x5x?x4xf32, #tenon.dims<[s + 1]>> {
  // CHECK: %[[PADDED:.*]] = tenon.pad %[[X]] low <[0, 0, 1, 0]> high <[0, 0, 0, 0]>
  // CHECK: %[[A:.*]] = tenon.slice %[[PADDED]] starts <[0, 0, 0, 0]> steps [1, 1, 1, 2]
  // CHECK: %[[B:.*]] = tenon.slice %[[PADDED]] starts <[0, 0, 0, 2]> steps [1, 1, 1, 2]
  // CHECK: %[[P:.*]] = tenon.concat %[[A]], %[[B]] {axis = 1 : i64} : {{.*}} -> tensor<1x6x?x4xf32, #tenon.dims<[s + 1]>>
  // CHECK: %[[T:.*]] = tenon.transpose %[[W]] [0, 2, 3, 1]
  // CHECK: %[[M:.*]] = tenon.reshape %[[T]] : tensor<5x1x2x3xf32> -> tensor<5x6xf32>
  // CHECK: tenon.contract %[[P]], %[[M]] {indexing_maps = [#[[COLUMNS]], #[[TRANSPOSED]], #{{.*}}]} : {{.*}} -> tensor<1x5x?x4xf32, #tenon.dims<[s + 1]>>
  %0 = tenon.conv %x, %w {strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 0, 0>, dilations = array<i64: 1, 2>} : (tensor<1x3x?x9xf32, #tenon.dims<[s]>>, tensor<5x3x1x2xf32>) -> tensor<1x5x?x4xf32, #tenon.dims<[s + 1]>>
  return %0 : tensor<1x5x?x4xf32, #tenon.dims<[s + 1]>>
}

// CHECK-LABEL: @groups
func.func @groups(%x: tensor<1x4x6xf32>, %w: tensor<4x1x3xf32>) -> tensor<1x4x4xf32> {
  // CHECK: tenon.conv
  %0 = tenon.conv %x, %w {groups = 4 : i64} : (tensor<1x4x6xf32>, tensor<4x1x3xf32>) -> tensor<1x4x4xf32>
  return %0 : tensor<1x4x4xf32>
}
