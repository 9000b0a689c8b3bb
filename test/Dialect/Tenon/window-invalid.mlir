// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @small(%x: tensor<1x8x2x2xf32>) {
  // expected-error @+1 {{expected an input that the window fits into, got 'tensor<1x8x2x2xf32>'}}
  %0 = tenon.pool maximum %x window [5, 5] : tensor<1x8x2x2xf32> -> tensor<1x8x1x1xf32>
  return
}

// -----

func.func @kind(%x: tensor<1x8x2x2xf32>) {
  // expected-error @+1 {{expected maximum, sum or mean, got product}}
  %0 = tenon.pool product %x window [2, 2] : tensor<1x8x2x2xf32> -> tensor<1x8x1x1xf32>
  return
}

// -----

func.func @numbers(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{expected strides from 1 to 2147483648, got 0}}
  %0 = tenon.pool maximum %x window [2, 2] {strides = array<i64: 1, 0>} : tensor<1x8x4x4xf32> -> tensor<1x8x3x3xf32>
  return
}

// -----

func.func @count(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{expected 4 pads, got 2}}
  %0 = tenon.pool maximum %x window [2, 2] {pads = array<i64: 1, 1>} : tensor<1x8x4x4xf32> -> tensor<1x8x3x3xf32>
  return
}

// -----

func.func @result(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{'tenon.pool' op expects results of type 'tensor<1x8x3x3xf32>', got 'tensor<1x8x4x4xf32>'}}
  %0 = tenon.pool maximum %x window [2, 2] : tensor<1x8x4x4xf32> -> tensor<1x8x4x4xf32>
  return
}
