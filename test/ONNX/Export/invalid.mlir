// RUN: not tenon-translate --mlir-to-onnx --split-input-file %s 2>&1 | FileCheck %s

// CHECK: error: 'tenon.shift_left' op has an ONNX operator for unsigned integers only, got 'i64'
func.func @main(%x: tensor<4xi64>) -> tensor<4xi64> {
  %y = tenon.shift_left %x, %x : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  return %y : tensor<4xi64>
}

// -----

// CHECK: error: expected a function @main
func.func @other() {
  return
}
