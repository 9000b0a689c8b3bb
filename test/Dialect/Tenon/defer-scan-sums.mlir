// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-defer-scan-sums,canonicalize))' | FileCheck %s

// CHECK: affine_map<(d0, d1, d2, d3) -> (d3, d2, d0)>
// CHECK: affine_map<(d0, d1, d2, d3) -> (d3, d2, d1)>
// CHECK: affine_map<(d0, d1, d2, d3) -> (d0, d1)>

// The product of the slices, which are walked from the end, and of what each round computes; the sum of the latter.
// CHECK-LABEL: @products
// CHECK-SAME: (%[[X:.*]]: tensor<3x2x4xf32>, %[[Y:.*]]: tensor<3x2x8xf32>)
// CHECK: %[[ALL:.*]] = tenon.scan inputs(%[[Y]] : tensor<3x2x8xf32>) length <[3]> reverse [true, true] -> tensor<3x2x8xf32>
// CHECK-NEXT: ^bb0(%[[SLICE:.*]]: tensor<2x8xf32>):
// CHECK-NEXT: %[[D:.*]] = tenon.tanh %[[SLICE]]
// CHECK-NEXT: tenon.yield %[[D]] :
// CHECK: %[[DW:.*]] = tenon.contract %[[X]], %[[ALL]] {indexing_maps = [#[[ROWS:.*]], #[[COLUMNS:.*]], #[[RESULT:.*]]]}
// CHECK: %[[SUM:.*]] = tenon.reduce sum %[[ALL]] axes [0, 1] : tensor<3x2x8xf32> -> tensor<8xf32>
// CHECK: %[[DB:.*]] = tenon.reshape %[[SUM]] : tensor<8xf32> -> tensor<1x8xf32>
// CHECK: return %[[DW]], %[[DB]]
func.func @products(%x: tensor<3x2x4xf32>, %y: tensor<3x2x8xf32>) -> (tensor<4x8xf32>, tensor<1x8xf32>) {
  %w0 = tenon.constant dense<0.0> : tensor<4x8xf32>
  %b0 = tenon.constant dense<0.0> : tensor<1x8xf32>
  %w, %b = tenon.scan inits(%w0, %b0 : tensor<4x8xf32>, tensor<1x8xf32>) inputs(%x, %y : tensor<3x2x4xf32>, tensor<3x2x8xf32>)
      length <[3]> reverse [true, true] -> tensor<4x8xf32>, tensor<1x8xf32> {
  ^body(%dw: tensor<4x8xf32>, %db: tensor<1x8xf32>, %slice: tensor<2x4xf32>, %other: tensor<2x8xf32>):
    %d = tenon.tanh %other : tensor<2x8xf32> -> tensor<2x8xf32>
    %0 = tenon.contract %slice, %d {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]}
      : (tensor<2x4xf32>, tensor<2x8xf32>) -> tensor<4x8xf32>
    %1 = tenon.add %dw, %0 : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
    %2 = tenon.reduce sum %d axes [0] {keep_dims} : tensor<2x8xf32> -> tensor<1x8xf32>
    %3 = tenon.add %2, %db : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
    tenon.yield %1, %3 : tensor<4x8xf32>, tensor<1x8xf32>
  }
  return %w, %b : tensor<4x8xf32>, tensor<1x8xf32>
}

// What a round adds depends on the sum, or is no sum itself.
// CHECK-LABEL: @carried
// CHECK: tenon.scan inits(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xf32>)
func.func @carried(%x: tensor<3x4xf32>, %h: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %a, %b = tenon.scan inits(%h, %h : tensor<4xf32>, tensor<4xf32>) inputs(%x : tensor<3x4xf32>) length <[3]> reverse [false] -> tensor<4xf32>, tensor<4xf32> {
  ^body(%previous: tensor<4xf32>, %sum: tensor<4xf32>, %slice: tensor<4xf32>):
    %0 = tenon.tanh %previous : tensor<4xf32> -> tensor<4xf32>
    %1 = tenon.add %previous, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %2 = tenon.add %sum, %slice : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    tenon.yield %1, %2 : tensor<4xf32>, tensor<4xf32>
  }
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}
