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

// -----

func.func @mask(%q: tensor<1x4x2x8xf32>, %k: tensor<1x2x3x8xf32>, %mask: tensor<2x4xf32>) {
  // expected-error @+1 {{expected a mask that broadcasts to 'tensor<1x4x2x3xf32>', got 'tensor<2x4xf32>'}}
  %0 = tenon.attention %q, %k, %k, %mask {scale = 0.125 : f32} : (tensor<1x4x2x8xf32>, tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>, tensor<2x4xf32>) -> tensor<1x4x2x8xf32>
  return
}

// -----

func.func @mask_of_more_rows(%q: tensor<1x4x1x8xf32>, %k: tensor<1x2x3x8xf32>, %mask: tensor<2x3xi1>) {
  // expected-error @+1 {{expected a mask that broadcasts to 'tensor<1x4x1x3xi1>', got 'tensor<2x3xi1>'}}
  %0 = tenon.attention %q, %k, %k, %mask {scale = 0.125 : f32} : (tensor<1x4x1x8xf32>, tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>, tensor<2x3xi1>) -> tensor<1x4x1x8xf32>
  return
}

// -----

func.func @mask_of_integers(%q: tensor<1x4x2x8xf32>, %k: tensor<1x2x3x8xf32>, %mask: tensor<2x3xi32>) {
  // expected-error @+1 {{expected a mask of floats or booleans, got 'tensor<2x3xi32>'}}
  %0 = tenon.attention %q, %k, %k, %mask {scale = 0.125 : f32} : (tensor<1x4x2x8xf32>, tensor<1x2x3x8xf32>, tensor<1x2x3x8xf32>, tensor<2x3xi32>) -> tensor<1x4x2x8xf32>
  return
}

// -----

func.func @heads(%q: tensor<1x4x2x8xf32>, %k: tensor<1x0x3x8xf32>) {
  // expected-error @+1 {{expected a number of heads that those of keys and values divide, got 4, 0 and 0}}
  %0 = tenon.attention %q, %k, %k {scale = 0.125 : f32} : (tensor<1x4x2x8xf32>, tensor<1x0x3x8xf32>, tensor<1x0x3x8xf32>) -> tensor<1x4x2x8xf32>
  return
}

// -----

func.func @values(%q: tensor<1x4x2x8xf32>, %k: tensor<1x2x3x8xf32>, %v: tensor<1x2x5x8xf32>) {
  // expected-error @+1 {{expected a value for each key, got 3 and 5}}
  %0 = tenon.attention %q, %k, %v {scale = 0.125 : f32} : (tensor<1x4x2x8xf32>, tensor<1x2x3x8xf32>, tensor<1x2x5x8xf32>) -> tensor<1x4x2x8xf32>
  return
}

// -----

func.func @scale(%x: tensor<2x8xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{'tenon.layer_norm' op expects scale and bias that broadcast to 'tensor<2x8xf32>', got 'tensor<3xf32>'}}
  %0 = tenon.layer_norm %x, %s {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<2x8xf32>, tensor<3xf32>) -> tensor<2x8xf32>
  return
}
