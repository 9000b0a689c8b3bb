// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @axis(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{expected an axis from 0 to 1, got 2}}
  %0 = tenon.reduce sum %x axes [2] : tensor<4x8xf32> -> tensor<4xf32>
  return
}

// -----

func.func @order(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{expected ascending axes, got 1 before 0}}
  %0 = tenon.reduce sum %x axes [1, 0] : tensor<4x8xf32> -> tensor<f32>
  return
}

// -----

func.func @empty(%x: tensor<4x0xf32>) {
  // expected-error @+1 {{expected elements along dimension 1, got none}}
  %0 = tenon.arg_max %x axis 1 : tensor<4x0xf32> -> tensor<4xi64>
  return
}
