// RUN: tenon-translate --mlir-to-onnx %s -o %t.onnx && tenon-translate --onnx-to-mlir %t.onnx | FileCheck %s

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<1x2x8x8xf32> {{.*}}, %[[N:[a-z0-9]*]]: tensor<4xui8>
func.func @main(%x: tensor<1x2x8x8xf32>, %n: tensor<4xui8>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xi64>, tensor<4xui8>, tensor<4xui8>) {
  // A sum is a mean that counts the zeros around the input, times the elements of a window.
  // CHECK: %[[COUNT:.*]] = tenon.constant {{.*}}dense<6.000000e+00>
  // CHECK: %[[MEAN:.*]] = tenon.pool mean %[[X]] window [2, 3] {count_include_pad, pads = array<i64: 0, 1, 0, 1>, strides = array<i64: 2, 2>}
  // CHECK: tenon.mul %[[MEAN]], %[[COUNT]]
  %sum = tenon.pool sum %x window [2, 3] {pads = array<i64: 0, 1, 0, 1>, strides = array<i64: 2, 2>} : tensor<1x2x8x8xf32> -> tensor<1x2x4x4xf32>
  // CHECK: tenon.max_pool_with_indices %[[X]] window [2, 2] {column_major, strides = array<i64: 2, 2>}
  %max, %where = tenon.max_pool_with_indices %x window [2, 2] {column_major, strides = array<i64: 2, 2>} : tensor<1x2x8x8xf32> -> tensor<1x2x4x4xf32>, tensor<1x2x4x4xi64>
  // CHECK: tenon.shift_left %[[N]], %[[N]]
  %left = tenon.shift_left %n, %n : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  // CHECK: tenon.shift_right %[[N]], %[[N]]
  %right = tenon.shift_right %n, %n : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %sum, %max, %where, %left, %right : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xi64>, tensor<4xui8>, tensor<4xui8>
}
