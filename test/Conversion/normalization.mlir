// RUN: tenon-opt %s --tenon-lower-to-linalg --split-input-file | FileCheck %s

// One chain of generics; the kept dimension of a row's maximum is read through.
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @softmax
// CHECK: %[[MAX:.*]] = linalg.generic {indexing_maps = [#[[ALL]], #[[ROW]]], {{.*}}"reduction"]}
// CHECK: linalg.generic {indexing_maps = [#[[ALL]], #[[ROW]], #[[ALL]]], {{.*}} ins(%{{.*}}, %[[MAX]] : tensor<4x8xf32>, tensor<4xf32>)
// CHECK: arith.subf
// CHECK: math.exp
func.func @softmax(%x: tensor<4x8xf32>) -> tensor<4x8xf32> attributes {tenon.kernel} {
  %0 = tenon.softmax %x axis 1 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @layer_norm
// CHECK: math.rsqrt
func.func @layer_norm(%x: tensor<4x8xf32>, %scale: tensor<8xf32>, %bias: tensor<8xf32>) -> tensor<4x8xf32> attributes {tenon.kernel} {
  %0 = tenon.layer_norm %x, %scale, %bias {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// -----

// CHECK-LABEL: func.func @rms_norm
// CHECK: math.rsqrt
func.func @rms_norm(%x: tensor<4x8xf16>, %scale: tensor<8xf16>) -> tensor<4x8xf16> attributes {tenon.kernel} {
  %0 = tenon.rms_norm %x, %scale {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x8xf16>, tensor<8xf16>) -> tensor<4x8xf16>
  return %0 : tensor<4x8xf16>
}

// -----

// CHECK-LABEL: func.func @log_softmax
// CHECK: math.log
func.func @log_softmax(%x: tensor<4x8xf32>) -> tensor<4x8xf32> attributes {tenon.kernel} {
  %0 = tenon.log_softmax %x axis 1 : tensor<4x8xf32> -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}
