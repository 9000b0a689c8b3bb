// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-select-winograd{cpu=x86-64-v3}))' | FileCheck %s

// CHECK-DAG: #[[ROWS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d4, d1, d2, d3)>
// CHECK-DAG: #[[COLUMNS:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d1, d4, d2, d3)>

// The weights are transformed in both dimensions, and restored for who cannot use them so.
// CHECK-LABEL: @large_image
// CHECK-SAME: (%[[X:.*]]: tensor<?x56x56x64xf32, #tenon.dims<[b]>>)
func.func @large_image(%x: tensor<?x56x56x64xf32, #tenon.dims<[b]>>) -> tensor<?x56x56x64xf32, #tenon.dims<[b]>> {
  // CHECK: %[[W:.*]] = tenon.constant dense<2.5{{.*}}> : tensor<3x3x64x64xf32>
  // CHECK: %[[G:.*]] = tenon.constant dense<{{.*}}> : tensor<6x3xf32>
  // CHECK: %[[R:.*]] = tenon.contract %[[G]], %[[W]] {indexing_maps = [#{{.*}}, #[[ROWS]], #{{.*}}]} : (tensor<6x3xf32>, tensor<3x3x64x64xf32>) -> tensor<6x3x64x64xf32>
  // CHECK: %[[U:.*]] = tenon.contract %[[G]], %[[R]] {indexing_maps = [#{{.*}}, #[[COLUMNS]], #{{.*}}]} : (tensor<6x3xf32>, tensor<6x3x64x64xf32>) -> tensor<6x6x64x64xf32>
  // CHECK: %[[B:.*]] = tenon.winograd_restore %[[U]] : tensor<6x6x64x64xf32> -> tensor<3x3x64x64xf32>
  // CHECK: tenon.conv %[[X]], %[[B]]
  %w = tenon.constant dense<2.5> : tensor<3x3x64x64xf32>
  %0 = tenon.conv %x, %w {channels_last, pads = array<i64: 1, 1, 1, 1>} : (tensor<?x56x56x64xf32, #tenon.dims<[b]>>, tensor<3x3x64x64xf32>) -> tensor<?x56x56x64xf32, #tenon.dims<[b]>>
  return %0 : tensor<?x56x56x64xf32, #tenon.dims<[b]>>
}

// Four times the weights take longer to read than so few results to compute.
// CHECK-LABEL: @small_image
func.func @small_image(%x: tensor<1x7x7x512xf32>) -> tensor<1x7x7x512xf32> {
  // CHECK-NOT: winograd
  // CHECK: return
  %w = tenon.constant dense<2.5> : tensor<3x3x512x512xf32>
  %0 = tenon.conv %x, %w {channels_last, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x7x7x512xf32>, tensor<3x3x512x512xf32>) -> tensor<1x7x7x512xf32>
  return %0 : tensor<1x7x7x512xf32>
}

// Weights that training changes would be transformed in every step.
// CHECK-LABEL: @variable_weights
func.func @variable_weights(%x: tensor<1x56x56x64xf32>, %w: tensor<3x3x64x64xf32>) -> tensor<1x56x56x64xf32> {
  // CHECK-NOT: winograd
  // CHECK: return
  %0 = tenon.conv %x, %w {channels_last, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x56x56x64xf32>, tensor<3x3x64x64xf32>) -> tensor<1x56x56x64xf32>
  return %0 : tensor<1x56x56x64xf32>
}

// CHECK-LABEL: @strided
func.func @strided(%x: tensor<1x56x56x64xf32>) -> tensor<1x28x28x64xf32> {
  // CHECK-NOT: winograd
  // CHECK: return
  %w = tenon.constant dense<2.5> : tensor<3x3x64x64xf32>
  %0 = tenon.conv %x, %w {channels_last, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x56x56x64xf32>, tensor<3x3x64x64xf32>) -> tensor<1x28x28x64xf32>
  return %0 : tensor<1x28x28x64xf32>
}
