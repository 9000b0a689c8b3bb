// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @weights(%x: tensor<1x2x3xf32>, %w: tensor<1x4x5xf32>, %r: tensor<1x4x4xf32>) {
  // expected-error @+1 {{expected weights of type 'tensor<1x4x3xf32>', got 'tensor<1x4x5xf32>'}}
  %y, %h = tenon.rnn %x, %w, %r {activations = ["Tanh"], alphas = array<f32>, betas = array<f32>, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0>}
    : (tensor<1x2x3xf32>, tensor<1x4x5xf32>, tensor<1x4x4xf32>) -> (tensor<1x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----

func.func @activations(%x: tensor<1x2x3xf32>, %w: tensor<1x4x3xf32>, %r: tensor<1x4x4xf32>) {
  // expected-error @+1 {{expected an activation function, got "Sine"}}
  %y, %h = tenon.rnn %x, %w, %r {activations = ["Sine"], alphas = array<f32>, betas = array<f32>, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0>}
    : (tensor<1x2x3xf32>, tensor<1x4x3xf32>, tensor<1x4x4xf32>) -> (tensor<1x1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----

func.func @count(%x: tensor<1x2x3xf32>, %w: tensor<2x4x3xf32>, %r: tensor<2x4x4xf32>) {
  // expected-error @+1 {{expected 2 activations, got 1}}
  %y, %h = tenon.rnn %x, %w, %r {direction = #tenon.direction<bidirectional>, activations = ["Tanh"], alphas = array<f32>, betas = array<f32>,
                                 operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0>}
    : (tensor<1x2x3xf32>, tensor<2x4x3xf32>, tensor<2x4x4xf32>) -> (tensor<1x2x2x4xf32>, tensor<2x2x4xf32>)
  return
}

// -----

func.func @cell_state(%x: tensor<1x2x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>, %c: tensor<1x1x4xf32>) {
  // expected-error @+1 {{expected initial cell state of type 'tensor<1x2x4xf32>', got 'tensor<1x1x4xf32>'}}
  %y, %h, %cell = tenon.lstm %x, %w, %r, %c {activations = ["Sigmoid", "Tanh", "Tanh"], alphas = array<f32>, betas = array<f32>, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 1, 0>}
    : (tensor<1x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>, tensor<1x1x4xf32>) -> (tensor<1x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return
}

// -----

func.func @peepholes(%x: tensor<1x2x3xf32>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>, %p: tensor<1x4xf32>) {
  // expected-error @+1 {{expected peepholes of type 'tensor<1x12xf32>', got 'tensor<1x4xf32>'}}
  %y, %h, %cell = tenon.lstm %x, %w, %r, %p {activations = ["Sigmoid", "Tanh", "Tanh"], alphas = array<f32>, betas = array<f32>, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 1>}
    : (tensor<1x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>, tensor<1x4xf32>) -> (tensor<1x1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return
}
