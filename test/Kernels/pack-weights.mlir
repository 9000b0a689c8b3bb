// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-pack-weights{cpu=x86-64-v3}))' | FileCheck %s

// Constant weights become panels; the transpose of stored weights is part of the packing.
// CHECK-LABEL: @constant_weights
func.func @constant_weights(%x: tensor<4x8xf32>) -> tensor<4x64xf32> {
  // CHECK: %[[W:.*]] = tenon.constant
  // CHECK: %[[T:.*]] = tenon.transpose %[[W]] [1, 0]
  // CHECK: %[[P:.*]] = tenon.pack_panels %[[T]] width 16
  // CHECK: %[[U:.*]] = tenon.unpack_panels %[[P]]
  // CHECK: tenon.contract %{{.*}}, %[[U]]
  %w = tenon.constant dense<1.0> : tensor<64x8xf32>
  %0 = tenon.contract %x, %w {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<4x8xf32>, tensor<64x8xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}

// What is computed at run time is not packed.
// CHECK-LABEL: @activations
func.func @activations(%x: tensor<4x8xf32>, %w: tensor<8x64xf32>) -> tensor<4x64xf32> {
  // CHECK-NOT: tenon.pack_panels
  %0 = tenon.contract %x, %w {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} : (tensor<4x8xf32>, tensor<8x64xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}
