// RUN: tenon-translate --mlir-to-onnx %s -o %t.onnx && tenon-translate --onnx-to-mlir %t.onnx | FileCheck %s

// A ceil_mode that adds no window is left out: ONNX's own shape inference counts windows that begin behind the input.
// CHECK-LABEL: func.func @main(
func.func @main(%x: tensor<1x2x2x2xf32>, %y: tensor<1x2x3x3xf32>) -> (tensor<1x2x1x1xf32>, tensor<1x2x2x2xf32>) {
  // CHECK: tenon.pool maximum %{{.*}} window [1, 1]
  // CHECK-NOT: ceil_mode
  // CHECK: tenon.pool maximum %{{.*}} window [2, 2] {ceil_mode
  %less = tenon.pool maximum %x window [1, 1] {ceil_mode, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : tensor<1x2x2x2xf32> -> tensor<1x2x1x1xf32>
  %more = tenon.pool maximum %y window [2, 2] {ceil_mode, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : tensor<1x2x3x3xf32> -> tensor<1x2x2x2xf32>
  return %less, %more : tensor<1x2x1x1xf32>, tensor<1x2x2x2xf32>
}
