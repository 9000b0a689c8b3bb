// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-pack-round-weights{cpu=x86-64-v3}))' | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-DAG: #[[ROWS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2)>
// CHECK-DAG: #[[PANELS:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d2, d1)>
// CHECK-DAG: #[[RESULT:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3, d1)>

// CHECK-LABEL: @transposed
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<48x16xf32>
// CHECK: %[[T:.*]] = tenon.transpose %[[W]] [1, 0]
// CHECK: %[[SPLIT:.*]] = tenon.reshape %[[T]] : tensor<16x48xf32> -> tensor<16x3x16xf32>
// CHECK: %[[PACKED:.*]] = tenon.transpose %[[SPLIT]] [1, 0, 2] : tensor<16x3x16xf32> -> tensor<3x16x16xf32>
// CHECK: tenon.scan
// CHECK-NEXT: ^bb0(%[[H:.*]]: tensor<4x16xf32>
// CHECK-NEXT: %[[SUM:.*]] = tenon.contract %[[H]], %[[PACKED]] {indexing_maps = [#[[ROWS]], #[[PANELS]], #[[RESULT]]]}
// CHECK-NEXT: tenon.reshape %[[SUM]] : tensor<4x3x16xf32> -> tensor<4x48xf32>
func.func @transposed(%h: tensor<4x16xf32>, %w: tensor<48x16xf32>) -> (tensor<4x16xf32>, tensor<8x4x48xf32>) {
  %last, %all = tenon.scan inits(%h : tensor<4x16xf32>) length <[8]> reverse [false] -> tensor<4x16xf32>, tensor<8x4x48xf32> {
  ^body(%before: tensor<4x16xf32>):
    %0 = tenon.contract %before, %w {indexing_maps = [#mk, #nk, #mn]} : (tensor<4x16xf32>, tensor<48x16xf32>) -> tensor<4x48xf32>
    %1 = tenon.slice %0 starts <[0, 16]> : tensor<4x48xf32> -> tensor<4x16xf32>
    tenon.yield %1, %0 : tensor<4x16xf32>, tensor<4x48xf32>
  }
  return %last, %all : tensor<4x16xf32>, tensor<8x4x48xf32>
}

// One panel that lies as it is read, and a matrix that each round computes.
// CHECK-LABEL: @unchanged
// CHECK-NOT: tenon.transpose
func.func @unchanged(%h: tensor<4x16xf32>, %w: tensor<16x16xf32>) -> tensor<4x16xf32> {
  %last = tenon.scan inits(%h : tensor<4x16xf32>) length <[8]> reverse [] -> tensor<4x16xf32> {
  ^body(%before: tensor<4x16xf32>):
    %0 = tenon.contract %before, %w {indexing_maps = [#mk, #kn, #mn]} : (tensor<4x16xf32>, tensor<16x16xf32>) -> tensor<4x16xf32>
    %1 = tenon.tanh %w : tensor<16x16xf32> -> tensor<16x16xf32>
    %2 = tenon.contract %0, %1 {indexing_maps = [#mk, #nk, #mn]} : (tensor<4x16xf32>, tensor<16x16xf32>) -> tensor<4x16xf32>
    tenon.yield %2 : tensor<4x16xf32>
  }
  return %last : tensor<4x16xf32>
}
