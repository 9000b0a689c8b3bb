// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @transpose(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expected a permutation of 2 dimensions, got [0, 0]}}
  %0 = "tenon.transpose"(%x) {permutation = array<i64: 0, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @broadcast(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects dimension 1 to be 2, got 4}}
  %0 = tenon.broadcast %x : tensor<2x3xf32> -> tensor<5x4x3xf32>
  return
}

// -----

func.func @slice(%x: tensor<8xf32>) {
  // expected-error @+1 {{expects elements 7 to 9 to lie in dimension 0 of size 8}}
  %0 = tenon.slice %x starts <[7]> steps [2] : tensor<8xf32> -> tensor<2xf32>
  return
}

// -----

func.func @slice_rank(%x: tensor<8xf32>) {
  // expected-error @+1 {{expects 1 starts, steps and sizes (the operand's rank), got 2, 1 and 1}}
  %0 = tenon.slice %x starts <[7, 1]> steps [2] : tensor<8xf32> -> tensor<1xf32>
  return
}

// -----

func.func @slice_step(%x: tensor<8xf32>) {
  // expected-error @+1 {{expects a step other than 0 in dimension 0}}
  %0 = tenon.slice %x starts <[0]> steps [0] : tensor<8xf32> -> tensor<1xf32>
  return
}

// -----

func.func @dynamic_slice(%x: tensor<8xf32>, %starts: tensor<2xi64>) {
  // expected-error @+1 {{expects 1 starts and sizes (the operand's rank), got 2 and 1}}
  %0 = tenon.dynamic_slice %x starts %starts : (tensor<8xf32>, tensor<2xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @pad(%x: tensor<8xf32>) {
  // expected-error @+1 {{expected at least no element left of dimension 0, got -1}}
  %0 = "tenon.pad"(%x) {low = #tenon.dims<[-9]>, high = #tenon.dims<[0]>} : (tensor<8xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @pad_value(%x: tensor<8xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{expects no value in mode edge}}
  %0 = tenon.pad %x with %v low <[1]> high <[0]> {mode = #tenon.pad_mode<edge>} : tensor<8xf32>, tensor<f32> -> tensor<9xf32>
  return
}

// -----

func.func @concat(%x: tensor<8x2xf32>, %y: tensor<8x3xf32>) {
  // expected-error @+1 {{expected inputs that differ in dimension 0 alone, got 2 in input 0 and 3 in input 1 in dimension 1}}
  %0 = "tenon.concat"(%x, %y) {axis = 0 : i64} : (tensor<8x2xf32>, tensor<8x3xf32>) -> tensor<16x2xf32>
  return
}

// -----

func.func @tile(%x: tensor<8x2xf32>) {
  // expected-error @+1 {{expected 2 repeats (the operand's rank), got 1}}
  %0 = "tenon.tile"(%x) {repeats = #tenon.dims<[2]>} : (tensor<8x2xf32>) -> tensor<16x2xf32>
  return
}
