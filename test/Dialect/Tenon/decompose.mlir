// RUN: tenon-opt %s --tenon-decompose | FileCheck %s

// CHECK-LABEL: func.func @conv_transpose
// CHECK: tenon.slice %{{.*}} starts <[0, 0, 2, 2]> steps [1, 1, -1, -1]
// CHECK: tenon.transpose
// CHECK: tenon.conv {{.*}} {input_dilations = array<i64: 2, 2>, pads = array<i64: 2, 2, 2, 2>
func.func @conv_transpose(%x: tensor<1x2x4x4xf32>, %w: tensor<2x4x3x3xf32>) -> tensor<1x4x9x9xf32> {
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 2, 2>}
    : (tensor<1x2x4x4xf32>, tensor<2x4x3x3xf32>) -> tensor<1x4x9x9xf32>
  return %0 : tensor<1x4x9x9xf32>
}

// What one kernel computes as a whole stays.
// CHECK-LABEL: func.func @attention
// CHECK: tenon.contract
// CHECK: tenon.compare le
// CHECK: tenon.softmax
// CHECK: tenon.contract
func.func @attention(%q: tensor<1x4x2x8xf32>, %k: tensor<1x2x3x8xf32>, %v: tensor<1x2x3x8xf32>) -> tensor<1x4x2x8xf32> {
  %0 = tenon.attention %q, %k, %v {scale = 0.125 : f32, causal} : (tensor<1x4x2x8xf32>, tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>) -> tensor<1x4x2x8xf32>
  return %0 : tensor<1x4x2x8xf32>
}

// Statistics are one product and one sum, which fold into weights.
// CHECK-LABEL: func.func @batch_norm
// CHECK: tenon.rsqrt
// CHECK: tenon.mul {{.*}} (tensor<1x4x3x3xf32>, tensor<4x1x1xf32>)
// CHECK: tenon.add {{.*}} (tensor<1x4x3x3xf32>, tensor<4x1x1xf32>)
func.func @batch_norm(%x: tensor<1x4x3x3xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<1x4x3x3xf32> {
  %0 = tenon.batch_norm %x, %s, %b, %m, %v {epsilon = 1.0e-5 : f32} : (tensor<1x4x3x3xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// Groups see the means of channels alone: no reshape ties the image to a layout.
// CHECK-LABEL: func.func @group_norm
// CHECK-SAME: (%[[X:[a-z0-9]*]]: tensor<1x4x3x3xf32>
// CHECK: %[[W:.*]] = tenon.reduce mean %[[X]] axes [3] {keep_dims}
// CHECK: %[[C:.*]] = tenon.reduce mean %[[W]] axes [2] {keep_dims}
// CHECK: %[[G:.*]] = tenon.reshape %[[C]] : tensor<1x4x1x1xf32> -> tensor<1x2x2xf32>
// CHECK: tenon.reduce mean %[[G]] axes [2] {keep_dims}
// CHECK: tenon.broadcast {{.*}} -> tensor<1x2x2xf32>
// CHECK: %[[M:.*]] = tenon.reshape {{.*}} -> tensor<1x4x1x1xf32>
// CHECK: tenon.sub %[[X]], %[[M]]
func.func @group_norm(%x: tensor<1x4x3x3xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<1x4x3x3xf32> {
  %0 = tenon.group_norm %x, %s, %b {groups = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x4x3x3xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// CHECK-LABEL: func.func @lrn
// CHECK: tenon.pool sum
func.func @lrn(%x: tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32> {
  %0 = tenon.lrn %x {size = 3 : i64, alpha = 1.0e-4 : f32, beta = 0.75 : f32, offset = 1.0 : f32} : (tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// CHECK-LABEL: func.func @hardmax
// CHECK: tenon.arg_max
func.func @hardmax(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = tenon.hardmax %x axis 1 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// Blocks of two along dimension 1.
// CHECK-LABEL: func.func @dequantize
// CHECK: tenon.broadcast {{.*}} -> tensor<4x4x2xf32>
// CHECK: tenon.mul
func.func @dequantize(%x: tensor<4x8xui8>, %scale: tensor<4x4xf32>) -> tensor<4x8xf32> {
  %0 = tenon.dequantize_linear %x, %scale axis 1 : (tensor<4x8xui8>, tensor<4x4xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}
