// RUN: tenon-opt %s --tenon-lower-to-linalg --split-input-file | FileCheck %s

// CHECK-DAG: #[[IN:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 * 2 + d5, d6)>
// CHECK-DAG: #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-DAG: #[[OUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @channels_last
// CHECK: tensor.pad %{{.*}} low[0, 1, 1, 0] high[0, 1, 1, 0]
// CHECK: linalg.generic {indexing_maps = [#[[IN]], #[[W]], #[[OUT]]]
func.func @channels_last(%x: tensor<?x8x8x3xf32, #tenon.dims<[b]>>, %w: tensor<3x3x3x16xf32>, %b: index) -> tensor<?x4x4x16xf32, #tenon.dims<[b]>>
    attributes {tenon.kernel, tenon.symbols = #tenon.dims<[b]>} {
  %0 = tenon.conv %x, %w {channels_last, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>}
    : (tensor<?x8x8x3xf32, #tenon.dims<[b]>>, tensor<3x3x3x16xf32>) -> tensor<?x4x4x16xf32, #tenon.dims<[b]>>
  return %0 : tensor<?x4x4x16xf32, #tenon.dims<[b]>>
}

// -----

// Depthwise: the channel is one parallel loop.
// CHECK-DAG: #[[IN:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2, d1 + d3 * 2)>
// CHECK-LABEL: func.func @depthwise
func.func @depthwise(%x: tensor<1x4x9xf32>, %w: tensor<4x1x3xf32>) -> tensor<1x4x5xf32> attributes {tenon.kernel} {
  // CHECK: tensor.collapse_shape {{.*}} tensor<4x1x3xf32> into tensor<4x3xf32>
  // CHECK: iterator_types = ["parallel", "parallel", "parallel", "reduction"]
  %0 = tenon.conv %x, %w {dilations = array<i64: 2>, groups = 4 : i64}
    : (tensor<1x4x9xf32>, tensor<4x1x3xf32>) -> tensor<1x4x5xf32>
  return %0 : tensor<1x4x5xf32>
}

// -----

// CHECK-LABEL: func.func @grouped
// CHECK: tensor.expand_shape %{{.*}} : tensor<1x4x9xf32> into tensor<1x2x2x9xf32>
// CHECK: tensor.expand_shape %{{.*}} : tensor<6x2x3xf32> into tensor<2x3x2x3xf32>
// CHECK: tensor.collapse_shape %{{.*}} : tensor<1x2x3x7xf32> into tensor<1x6x7xf32>
func.func @grouped(%x: tensor<1x4x9xf32>, %w: tensor<6x2x3xf32>) -> tensor<1x6x7xf32> attributes {tenon.kernel} {
  %0 = tenon.conv %x, %w {groups = 2 : i64}
    : (tensor<1x4x9xf32>, tensor<6x2x3xf32>) -> tensor<1x6x7xf32>
  return %0 : tensor<1x6x7xf32>
}

// -----

// CHECK-LABEL: func.func @dilated
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 0, 2] [1, 1, 4] [1, 1, 2] : tensor<1x1x4xf32> into tensor<1x1x11xf32>
func.func @dilated(%x: tensor<1x1x4xf32>, %w: tensor<1x1x3xf32>) -> tensor<1x1x9xf32> attributes {tenon.kernel} {
  %0 = tenon.conv %x, %w {pads = array<i64: 2, 2>, input_dilations = array<i64: 2>}
    : (tensor<1x1x4xf32>, tensor<1x1x3xf32>) -> tensor<1x1x9xf32>
  return %0 : tensor<1x1x9xf32>
}
