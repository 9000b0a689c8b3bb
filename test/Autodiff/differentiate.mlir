// RUN: tenon-opt %s --split-input-file --tenon-differentiate | FileCheck %s
// RUN: tenon-opt %s --split-input-file --tenon-differentiate=forward --canonicalize | FileCheck %s --check-prefix=FORWARD

// The weights' cotangent is a product of the input and the result's cotangent; the constant gets none.
// CHECK-LABEL: func.func @main_vjp
// CHECK-SAME: (%[[X:.*]]: tensor<3x4xf32>, %[[W:.*]]: tensor<4x2xf32>, %[[V:.*]]: tensor<3x2xf32>)
// CHECK-SAME: -> (tensor<3x2xf32>, tensor<3x4xf32>, tensor<4x2xf32>)
// CHECK: %[[Y:.*]] = tenon.contract %[[X]], %[[W]]
// CHECK: %[[T:.*]] = tenon.tanh %[[Y]]
// CHECK: %[[U:.*]] = tenon.mul %[[V]],
// CHECK: %[[DX:.*]] = tenon.contract %[[U]], %[[W]]
// CHECK: %[[DW:.*]] = tenon.contract %[[U]], %[[X]]
// CHECK: return %[[T]], %[[DX]], %[[DW]]

// FORWARD-LABEL: func.func @main_jvp
// FORWARD-SAME: (%[[X:.*]]: tensor<3x4xf32>, %[[W:.*]]: tensor<4x2xf32>, %[[DX:.*]]: tensor<3x4xf32>, %[[DW:.*]]: tensor<4x2xf32>)
// FORWARD-DAG: tenon.contract %[[DX]], %[[W]]
// FORWARD-DAG: tenon.contract %[[X]], %[[DW]]
func.func @main(%x: tensor<3x4xf32>, %w: tensor<4x2xf32>) -> tensor<3x2xf32> {
  %0 = tenon.contract %x, %w {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]}
    : (tensor<3x4xf32>, tensor<4x2xf32>) -> tensor<3x2xf32>
  %1 = tenon.tanh %0 : tensor<3x2xf32> -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}

// -----

// Composites without a rule go through their parts; what no result depends on has the cotangent zero.
// CHECK-LABEL: func.func @main_vjp
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32>, %[[UNUSED:.*]]: tensor<3xf32>,
// CHECK-NOT: tenon.exp %[[UNUSED]]
// CHECK: %[[ZERO:.*]] = tenon.broadcast %{{.*}} : tensor<f32> -> tensor<3xf32>
// CHECK: return %{{.*}}, %{{.*}}, %[[ZERO]], %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>, tensor<3xf32>, tensor<4xf32>
func.func @main(%x: tensor<2x4xf32>, %unused: tensor<3xf32>, %scale: tensor<4xf32>) -> tensor<2x4xf32> {
  %0 = tenon.rms_norm %x, %scale {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}
