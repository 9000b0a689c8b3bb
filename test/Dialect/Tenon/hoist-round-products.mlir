// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-hoist-round-products,canonicalize))' | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK: #[[ROWS:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d0, d2)>
// CHECK: #[[WEIGHTS:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d1)>
// CHECK: #[[RESULT:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d0, d1)>

// Before the rounds and behind them; what was stacked of the former is there already.
// CHECK-LABEL: @both
// CHECK-SAME: (%[[H:.*]]: tensor<4x32xf32>, %[[X:.*]]: tensor<8x4x16xf32>, %[[W:.*]]: tensor<16x32xf32>, %[[V:.*]]: tensor<32x16xf32>)
// CHECK: %[[XW:.*]] = tenon.contract %[[X]], %[[W]] {indexing_maps = [#[[ROWS]], #[[WEIGHTS]], #[[RESULT]]]} : {{.*}} -> tensor<8x4x32xf32>
// CHECK: %[[ALL:.*]]:2 = tenon.scan inits(%[[H]] : tensor<4x32xf32>) inputs(%[[XW]] : tensor<8x4x32xf32>) length <[8]> reverse [true, false] -> tensor<4x32xf32>, tensor<8x4x32xf32>
// CHECK-NOT: tenon.contract
// CHECK: tenon.yield
// CHECK: %[[Y:.*]] = tenon.contract %[[ALL]]#1, %[[V]] {indexing_maps = [#[[ROWS]], #[[WEIGHTS]], #[[RESULT]]]} : {{.*}} -> tensor<8x4x16xf32>
// CHECK: return %[[Y]], %[[XW]]
func.func @both(%h: tensor<4x32xf32>, %x: tensor<8x4x16xf32>, %w: tensor<16x32xf32>, %v: tensor<32x16xf32>) -> (tensor<8x4x16xf32>, tensor<8x4x32xf32>) {
  %last, %all, %kept = tenon.scan inits(%h : tensor<4x32xf32>) inputs(%x : tensor<8x4x16xf32>) length <[8]> reverse [true, false, true]
      -> tensor<4x32xf32>, tensor<8x4x16xf32>, tensor<8x4x32xf32> {
  ^body(%before: tensor<4x32xf32>, %slice: tensor<4x16xf32>):
    %0 = tenon.contract %slice, %w {indexing_maps = [#mk, #kn, #mn]} : (tensor<4x16xf32>, tensor<16x32xf32>) -> tensor<4x32xf32>
    %1 = tenon.add %before, %0 : (tensor<4x32xf32>, tensor<4x32xf32>) -> tensor<4x32xf32>
    %2 = tenon.contract %1, %v {indexing_maps = [#mk, #kn, #mn]} : (tensor<4x32xf32>, tensor<32x16xf32>) -> tensor<4x16xf32>
    tenon.yield %1, %2, %0 : tensor<4x32xf32>, tensor<4x16xf32>, tensor<4x32xf32>
  }
  return %all, %kept : tensor<8x4x16xf32>, tensor<8x4x32xf32>
}

// What a round carries on, and results that are far smaller than what they were computed from.
// CHECK-LABEL: @left
// CHECK: tenon.scan
// CHECK-COUNT-2: tenon.contract
// CHECK: tenon.yield
// CHECK-NOT: tenon.contract
func.func @left(%h: tensor<4x32xf32>, %w: tensor<32x32xf32>, %v: tensor<32x1xf32>) -> (tensor<4x32xf32>, tensor<8x4x1xf32>) {
  %last, %all = tenon.scan inits(%h : tensor<4x32xf32>) length <[8]> reverse [false] -> tensor<4x32xf32>, tensor<8x4x1xf32> {
  ^body(%before: tensor<4x32xf32>):
    %0 = tenon.contract %before, %w {indexing_maps = [#mk, #kn, #mn]} : (tensor<4x32xf32>, tensor<32x32xf32>) -> tensor<4x32xf32>
    %1 = tenon.contract %0, %v {indexing_maps = [#mk, #kn, #mn]} : (tensor<4x32xf32>, tensor<32x1xf32>) -> tensor<4x1xf32>
    tenon.yield %0, %1 : tensor<4x32xf32>, tensor<4x1xf32>
  }
  return %last, %all : tensor<4x32xf32>, tensor<8x4x1xf32>
}
