// RUN: tenon-opt %s --tenon-infer-shapes | FileCheck %s

// CHECK-LABEL: @batched
// CHECK: tenon.contract {{.*}} -> tensor<?x12x?x64xf32, #tenon.dims<[b, s]>>
func.func @batched(%a: tensor<?x12x?x32xf32, #tenon.dims<[b, s]>>, %b: tensor<?x12x32x64xf32, #tenon.dims<[b]>>) -> tensor<?x12x?x64xf32> {
  %0 = tenon.contract %a, %b {indexing_maps = [affine_map<(b, h, m, n, k) -> (b, h, m, k)>, affine_map<(b, h, m, n, k) -> (b, h, k, n)>, affine_map<(b, h, m, n, k) -> (b, h, m, n)>]}
    : (tensor<?x12x?x32xf32, #tenon.dims<[b, s]>>, tensor<?x12x32x64xf32, #tenon.dims<[b]>>) -> tensor<?x12x?x64xf32>
  return %0 : tensor<?x12x?x64xf32>
}

// CHECK-LABEL: @stem
// CHECK: tenon.conv {{.*}} -> tensor<?x64x112x?xf32, #tenon.dims<[b, (w - 1) floordiv 2 + 1]>>
func.func @stem(%x: tensor<?x3x224x?xf32, #tenon.dims<[b, w]>>, %w: tensor<64x3x7x7xf32>) -> tensor<?x64x112x?xf32> {
  %0 = tenon.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 3, 3, 3, 3>}
    : (tensor<?x3x224x?xf32, #tenon.dims<[b, w]>>, tensor<64x3x7x7xf32>) -> tensor<?x64x112x?xf32>
  return %0 : tensor<?x64x112x?xf32>
}

// CHECK-LABEL: @transposed
// CHECK: tenon.conv_transpose {{.*}} -> tensor<1x4x9x9xf32>
func.func @transposed(%x: tensor<1x2x4x4xf32>, %w: tensor<2x4x3x3xf32>) -> tensor<1x4x9x9xf32> {
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 2, 2>}
    : (tensor<1x2x4x4xf32>, tensor<2x4x3x3xf32>) -> tensor<1x4x9x9xf32>
  return %0 : tensor<1x4x9x9xf32>
}
