// RUN: tenon-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @shape
// CHECK-NEXT: tenon.symbolic_constant <[8, s + 1]> : tensor<2xi64>
func.func @shape(%x: tensor<?x8x?xf32, #tenon.dims<[b, s + 1]>>) -> tensor<2xi64> {
  %0 = tenon.shape %x {start = 1, end = 3} : tensor<?x8x?xf32, #tenon.dims<[b, s + 1]>> -> tensor<2xi64>
  return %0 : tensor<2xi64>
}

// CHECK-LABEL: @static_shape
// CHECK-NEXT: tenon.constant dense<[2, 3]> : tensor<2xi64>
func.func @static_shape(%x: tensor<2x3xf32>) -> tensor<2xi64> {
  %0 = tenon.shape %x {start = 0, end = 2} : tensor<2x3xf32> -> tensor<2xi64>
  return %0 : tensor<2xi64>
}
