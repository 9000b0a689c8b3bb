// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @small(%x: tensor<1x8x2x2xf32>) {
  // expected-error @+2 {{expected an input that the window fits into, got 'tensor<1x8x2x2xf32>'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = tenon.pool maximum %x window [5, 5] {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x8x2x2xf32> -> tensor<1x8x1x1xf32>
  return
}

// -----

func.func @kind(%x: tensor<1x8x2x2xf32>) {
  // expected-error @+2 {{expected maximum, sum or mean, got product}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = tenon.pool product %x window [2, 2] {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x8x2x2xf32> -> tensor<1x8x1x1xf32>
  return
}
