// RUN: tenon-opt %s --tenon-infer-shapes | FileCheck %s

// CHECK-LABEL: @pool
func.func @pool(%x: tensor<?x8x6x?xf32, #tenon.dims<[b, w]>>) {
  // CHECK: tenon.pool maximum {{.*}} -> tensor<?x8x3x?xf32, #tenon.dims<[b, (w - 1) floordiv 2 + 1]>>
  %0 = tenon.pool maximum %x window [3, 3] {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>}
    : tensor<?x8x6x?xf32, #tenon.dims<[b, w]>> -> tensor<?x8x3x?xf32>
  return
}

// A window that would begin in the padding behind the input does not count.
// CHECK-LABEL: @ceil
func.func @ceil(%x: tensor<1x1x4x4xf32>) {
  // CHECK: -> tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>
  %0, %1 = tenon.max_pool_with_indices %x window [1, 1] {strides = array<i64: 2, 2>, ceil_mode}
    : tensor<1x1x4x4xf32> -> tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>
  return
}
