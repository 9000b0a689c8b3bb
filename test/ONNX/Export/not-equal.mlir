// RUN: tenon-translate --mlir-to-onnx %s -o %t.onnx && tenon-translate --onnx-to-mlir %t.onnx | FileCheck %s

// ONNX has an operator for what is equal alone.
// CHECK: %[[EQUAL:.*]] = tenon.compare eq
// CHECK: tenon.not %[[EQUAL]]
func.func @main(%x: tensor<4xi64>, %y: tensor<4xi64>) -> tensor<4xi1> {
  %0 = tenon.compare ne %x, %y : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi1>
  return %0 : tensor<4xi1>
}
