// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @sizes(%a: tensor<4x8xf32>, %b: tensor<9x16xf32>) {
  // expected-error @+1 {{expected dimensions that are summed or shared to be equal, got 8 and 9}}
  %0 = tenon.contract %a, %b {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]}
    : (tensor<4x8xf32>, tensor<9x16xf32>) -> tensor<4x16xf32>
  return
}

// -----

func.func @channels(%x: tensor<1x3x8x8xf32>, %w: tensor<64x4x3x3xf32>) {
  // expected-error @+1 {{expected weight dimension 1 to be 3 (input channels / groups), got 4}}
  %0 = tenon.conv %x, %w
    : (tensor<1x3x8x8xf32>, tensor<64x4x3x3xf32>) -> tensor<1x64x6x6xf32>
  return
}

// -----

func.func @pads(%x: tensor<1x3x8x8xf32>, %w: tensor<64x3x3x3xf32>) {
  // expected-error @+1 {{expected 4 pads, got 2}}
  %0 = tenon.conv %x, %w {pads = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<64x3x3x3xf32>) -> tensor<1x64x6x6xf32>
  return
}

// -----

func.func @loops(%x: tensor<4xf32>, %y: tensor<5xf32>) {
  // expected-error @+1 {{expected each loop to be a dimension of an operand, got none for loop 2}}
  %0 = tenon.contract %x, %y {indexing_maps = [affine_map<(m, n, k) -> (m)>, affine_map<(m, n, k) -> (n)>, affine_map<(m, n, k) -> (m, n)>]}
    : (tensor<4xf32>, tensor<5xf32>) -> tensor<4x5xf32>
  return
}
