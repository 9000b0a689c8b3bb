// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @width(%w: tensor<4x8xf32>) {
  // expected-error @below {{expected a tensor of at least one dimension and a positive width}}
  %0 = tenon.pack_panels %w width 0 : tensor<4x8xf32> -> tensor<1x4x8xf32>
  return
}

// -----

func.func @unpack(%w: tensor<2x4x8xf32>) {
  // expected-error @below {{expects an operand of type 'tensor<3x4x8xf32>', got 'tensor<2x4x8xf32>'}}
  %0 = tenon.unpack_panels %w : tensor<2x4x8xf32> -> tensor<4x20xf32>
  return
}

// -----

func.func @restore(%w: tensor<4x4x16x8xf32>) {
  // expected-error @below {{expected weights of 6x6 tiles, got 'tensor<4x4x16x8xf32>'}}
  %0 = tenon.winograd_restore %w : tensor<4x4x16x8xf32> -> tensor<3x3x16x8xf32>
  return
}
