// RUN: tenon-opt %s --tenon-lower-to-linalg --split-input-file --verify-diagnostics | FileCheck %s

// An op without a lowering goes through its decomposition.
// CHECK-LABEL: func.func @through_decomposition
// CHECK-NOT: tenon.quantize_linear
// CHECK: math.roundeven
// CHECK: arith.fptosi
func.func @through_decomposition(%x: tensor<8xf32>, %scale: tensor<f32>) -> tensor<8xi8> attributes {tenon.kernel} {
  %0 = tenon.quantize_linear %x, %scale to i8 axis 0 : (tensor<8xf32>, tensor<f32>) -> tensor<8xi8>
  return %0 : tensor<8xi8>
}

// Functions that are no kernels stay.
// CHECK-LABEL: func.func @main
// CHECK: tenon.exp
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

func.func @weights() -> tensor<2xf32> attributes {tenon.kernel} {
  // expected-error @+1 {{expected weights to be arguments of kernels}}
  %0 = tenon.constant dense_resource<w> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

{-# dialect_resources: { builtin: { w: "0x040000000000803F00000040" } } #-}
