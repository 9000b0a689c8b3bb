// RUN: tenon-translate --mlir-to-onnx %s -o %t.onnx && tenon-translate --onnx-to-mlir %t.onnx | FileCheck %s

// CHECK: func.func @main(%[[X:.*]]: tensor<?x4xf32, #tenon.dims<[b]>> {tenon.name = "x"}) -> (tensor<?x4xf32, #tenon.dims<[b]>> {tenon.name = "y"}, tensor<?x4xf32, #tenon.dims<[b]>> {tenon.name = "again"}, tensor<?x4xf32, #tenon.dims<[b]>> {tenon.name = "same"})
func.func @main(%x: tensor<?x4xf32, #tenon.dims<[b]>> {tenon.name = "x"})
    -> (tensor<?x4xf32, #tenon.dims<[b]>> {tenon.name = "y"}, tensor<?x4xf32, #tenon.dims<[b]>> {tenon.name = "again"}, tensor<?x4xf32, #tenon.dims<[b]>> {tenon.name = "same"}) {
  // CHECK: tenon.constant {tenon.initializer = "value"} dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]>
  %w = tenon.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  // CHECK: %[[C:.*]] = tenon.compare lt %[[X]]
  %less = tenon.compare lt %x, %w : (tensor<?x4xf32, #tenon.dims<[b]>>, tensor<4xf32>) -> tensor<?x4xi1, #tenon.dims<[b]>>
  // CHECK: %[[Y:.*]] = tenon.select %[[C]]
  %y = tenon.select %less, %x, %w : (tensor<?x4xi1, #tenon.dims<[b]>>, tensor<?x4xf32, #tenon.dims<[b]>>, tensor<4xf32>) -> tensor<?x4xf32, #tenon.dims<[b]>>
  // A value has one name in ONNX: outputs that share it, or are inputs, copy it.
  // CHECK: return %[[Y]], %[[Y]], %[[X]]
  return %y, %y, %x : tensor<?x4xf32, #tenon.dims<[b]>>, tensor<?x4xf32, #tenon.dims<[b]>>, tensor<?x4xf32, #tenon.dims<[b]>>
}
