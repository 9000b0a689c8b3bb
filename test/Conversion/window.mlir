// RUN: tenon-opt %s --tenon-lower-to-linalg --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @maximum
// CHECK: %[[LEAST:.*]] = arith.constant 0xFF800000 : f32
// CHECK: tensor.pad %{{.*}} low[0, 0, 1, 1] high[0, 0, 1, 1]
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x8x6x6xf32>, tensor<3x3xf32>)
// CHECK: arith.maximumf
func.func @maximum(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32> attributes {tenon.kernel} {
  %0 = tenon.pool maximum %x window [3, 3] {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>} : tensor<1x8x4x4xf32> -> tensor<1x8x2x2xf32>
  return %0 : tensor<1x8x2x2xf32>
}

// -----

// Without padding the count is a constant; with it, it depends on the place.
// CHECK-LABEL: func.func @mean
// CHECK: arith.constant 2.000000e+00 : f32
// CHECK: arith.divf
// CHECK: linalg.index 2
// CHECK: arith.divf
func.func @mean(%x: tensor<1x8x4xf32>) -> (tensor<1x8x3xf32>, tensor<1x8x5xf32>) attributes {tenon.kernel} {
  %0 = tenon.pool mean %x window [2] : tensor<1x8x4xf32> -> tensor<1x8x3xf32>
  %1 = tenon.pool mean %x window [2] {pads = array<i64: 1, 1>} : tensor<1x8x4xf32> -> tensor<1x8x5xf32>
  return %0, %1 : tensor<1x8x3xf32>, tensor<1x8x5xf32>
}

// -----

// CHECK-LABEL: func.func @indices
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>)
func.func @indices(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xi64> attributes {tenon.kernel} {
  %0, %1 = tenon.max_pool_with_indices %x window [2, 2] {strides = array<i64: 2, 2>} : tensor<1x1x4x4xf32> -> tensor<1x1x2x2xf32>, tensor<1x1x2x2xi64>
  return %1 : tensor<1x1x2x2xi64>
}

// -----

// What the only window does not reach must not give its loops their size.
// CHECK-LABEL: func.func @one_window
// CHECK: tensor.extract_slice %{{.*}}[0, 0, 0] [1, 8, 2] [1, 1, 1] : tensor<1x8x3xf32> to tensor<1x8x2xf32>
func.func @one_window(%x: tensor<1x8x3xf32>) -> tensor<1x8x1xf32> attributes {tenon.kernel} {
  %0 = tenon.pool maximum %x window [2] {strides = array<i64: 2>} : tensor<1x8x3xf32> -> tensor<1x8x1xf32>
  return %0 : tensor<1x8x1xf32>
}
