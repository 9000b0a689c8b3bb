// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-lower-to-linalg))' | FileCheck %s

// Columns beyond the last one of the weights are zeros.
// CHECK-LABEL: @pack
func.func @pack(%w: tensor<4x20xf32>) -> tensor<3x4x8xf32> attributes {tenon.kernel} {
  // CHECK: linalg.generic
  // CHECK: tensor.extract
  // CHECK: arith.select
  %0 = tenon.pack_panels %w width 8 : tensor<4x20xf32> -> tensor<3x4x8xf32>
  return %0 : tensor<3x4x8xf32>
}

// CHECK-LABEL: @unpack
func.func @unpack(%w: tensor<3x4x8xf32>) -> tensor<4x20xf32> attributes {tenon.kernel} {
  // CHECK: linalg.unpack %{{.*}} outer_dims_perm = [1, 0] inner_dims_pos = [1] inner_tiles = [8]
  %0 = tenon.unpack_panels %w : tensor<3x4x8xf32> -> tensor<4x20xf32>
  return %0 : tensor<4x20xf32>
}

// For those that cannot use transformed weights; code generation for 3x3 convolutions knows the operation by its attribute.
// CHECK-LABEL: @winograd_restore
func.func @winograd_restore(%w: tensor<6x6x16x8xf32>) -> tensor<3x3x16x8xf32> attributes {tenon.kernel} {
  // CHECK: %[[R:.*]] = arith.constant dense<{{.*}}> : tensor<3x6xf32>
  // CHECK: linalg.generic {{.*}} ins(%[[R]], %[[R]], %{{.*}} : tensor<3x6xf32>, tensor<3x6xf32>, tensor<6x6x16x8xf32>) {{.*}} attrs = {tenon.winograd}
  %0 = tenon.winograd_restore %w : tensor<6x6x16x8xf32> -> tensor<3x3x16x8xf32>
  return %0 : tensor<3x3x16x8xf32>
}
