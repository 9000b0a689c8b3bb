// RUN: not tenon-translate --mlir-to-onnx --split-input-file %s 2>&1 | FileCheck %s

// CHECK: error: 'tenon.shift_left' op has no ONNX operator
func.func @main(%x: tensor<4xi64>) -> tensor<4xi64> {
  %y = tenon.shift_left %x, %x : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  return %y : tensor<4xi64>
}

// -----

// CHECK: error: expected a function @main
func.func @other() {
  return
}
