// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @axis(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{'tenon.softmax' op expects an axis from 0 to 1, got 2}}
  %0 = tenon.softmax %x axis 2 : tensor<4x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @channels(%x: tensor<1x4x3x3xf32>, %s: tensor<5xf32>) {
  // expected-error @+1 {{'tenon.group_norm' op expects operand 1 to have one dimension of size 4 (the input's channels), got 'tensor<5xf32>'}}
  %0 = tenon.group_norm %x, %s, %s {groups = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x4x3x3xf32>, tensor<5xf32>, tensor<5xf32>) -> tensor<1x4x3x3xf32>
  return
}

// -----

func.func @groups(%x: tensor<1x4x3x3xf32>, %s: tensor<4xf32>) {
  // expected-error @+1 {{'tenon.group_norm' op expects a number of groups that divides 4 channels, got 3}}
  %0 = tenon.group_norm %x, %s, %s {groups = 3 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x4x3x3xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x3x3xf32>
  return
}

// -----

func.func @per_axis(%x: tensor<4x8xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{'tenon.quantize_linear' op expects one number or 8 (dimension 1 of the input), got 'tensor<3xf32>'}}
  %0 = tenon.quantize_linear %x, %s to i8 axis 1 : (tensor<4x8xf32>, tensor<3xf32>) -> tensor<4x8xi8>
  return
}

// -----

func.func @scales(%x: tensor<2x2xf32>) {
  // expected-error @+1 {{'tenon.resize' op expects 2 scales, got 1}}
  %0 = tenon.resize linear half_pixel %x scales [2.0] : tensor<2x2xf32> -> tensor<4x4xf32>
  return
}
