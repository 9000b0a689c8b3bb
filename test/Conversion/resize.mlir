// RUN: tenon-opt %s --tenon-lower-to-linalg --split-input-file | FileCheck %s

// Dimensions one after the other, two neighbours each.
// CHECK-LABEL: func.func @linear
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x1x4x2xf32>)
// CHECK-COUNT-2: tensor.extract %{{.*}} : tensor<1x1x2x2xf32>
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x1x4x4xf32>)
// CHECK-COUNT-2: tensor.extract %{{.*}} : tensor<1x1x4x2xf32>
func.func @linear(%x: tensor<1x1x2x2xf32>) -> tensor<1x1x4x4xf32> attributes {tenon.kernel} {
  %0 = tenon.resize linear half_pixel %x scales [1.0, 1.0, 2.0, 2.0] : tensor<1x1x2x2xf32> -> tensor<1x1x4x4xf32>
  return %0 : tensor<1x1x4x4xf32>
}

// -----

// CHECK-LABEL: func.func @nearest
// CHECK: math.floor
// CHECK: tensor.extract %{{.*}} : tensor<?x2xi8>
func.func @nearest(%x: tensor<?x2xi8, #tenon.dims<[b]>>, %b: index) -> tensor<?x4xi8, #tenon.dims<[b]>> attributes {tenon.kernel, tenon.symbols = #tenon.dims<[b]>} {
  %0 = tenon.resize nearest asymmetric %x scales [0.0, 2.0] {rounding = #tenon.nearest_rounding<floor>} : tensor<?x2xi8, #tenon.dims<[b]>> -> tensor<?x4xi8, #tenon.dims<[b]>>
  return %0 : tensor<?x4xi8, #tenon.dims<[b]>>
}

// -----

// CHECK-LABEL: func.func @upper
// CHECK: linalg.index 0
// CHECK: arith.cmpi sle
func.func @upper(%x: tensor<4x4xf32>) -> tensor<4x4xf32> attributes {tenon.kernel} {
  %0 = tenon.trilu %x {upper} : tensor<4x4xf32> -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
