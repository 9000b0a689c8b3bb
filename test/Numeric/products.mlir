// RUN: tenon test %s | FileCheck %s
// RUN: tenon test %s --gpu=emulated | FileCheck %s
// CHECK: pass

func.func @matrices(%a: tensor<2x3xf32>, %b: tensor<3x2xf32>) -> tensor<2x2xf32> attributes {
    tenon.inputs = [dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>, dense<[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]> : tensor<3x2xf32>],
    tenon.expected = [dense<[[4.0, 5.0], [10.0, 11.0]]> : tensor<2x2xf32>]} {
  %0 = tenon.contract %a, %b {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]}
    : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// Nine ones under each window, less at the border.
func.func @window(%x: tensor<1x1x3x3xf32>, %w: tensor<1x1x3x3xf32>) -> tensor<1x1x3x3xf32> attributes {
    tenon.inputs = [dense<1.0> : tensor<1x1x3x3xf32>, dense<1.0> : tensor<1x1x3x3xf32>],
    tenon.expected = [dense<[[[[4.0, 6.0, 4.0], [6.0, 9.0, 6.0], [4.0, 6.0, 4.0]]]]> : tensor<1x1x3x3xf32>]} {
  %0 = tenon.conv %x, %w {pads = array<i64: 1, 1, 1, 1>}
    : (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x3x3xf32>
  return %0 : tensor<1x1x3x3xf32>
}
