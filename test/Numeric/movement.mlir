// RUN: tenon test %s | FileCheck %s
// RUN: tenon test %s --gpu=emulated | FileCheck %s
// CHECK: pass

func.func @trilu(%x: tensor<2x3xi32>) -> (tensor<2x3xi32>, tensor<2x3xi32>) attributes {
    tenon.inputs = [dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>],
    tenon.expected = [dense<[[1, 2, 3], [0, 5, 6]]> : tensor<2x3xi32>, dense<[[1, 2, 0], [4, 5, 6]]> : tensor<2x3xi32>]} {
  %0 = tenon.trilu %x {upper} : tensor<2x3xi32> -> tensor<2x3xi32>
  %1 = tenon.trilu %x {diagonal = 1 : i64} : tensor<2x3xi32> -> tensor<2x3xi32>
  return %0, %1 : tensor<2x3xi32>, tensor<2x3xi32>
}

func.func @transpose(%x: tensor<2x3xi1>) -> tensor<3x2xi1> attributes {
    tenon.inputs = [dense<[[true, false, true], [false, false, true]]> : tensor<2x3xi1>],
    tenon.expected = [dense<[[true, false], [false, false], [true, true]]> : tensor<3x2xi1>]} {
  %0 = tenon.transpose %x [1, 0] : tensor<2x3xi1> -> tensor<3x2xi1>
  return %0 : tensor<3x2xi1>
}
