// RUN: tenon-opt %s --tenon-lower-to-linalg --split-input-file | FileCheck %s

// Whatever the order in the graph, the loops are batch, m, n, k; operands are extended in the body.
// CHECK-DAG: #[[LHS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// CHECK-DAG: #[[RHS:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// CHECK-DAG: #[[OUT:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
// CHECK-LABEL: func.func @batched
// CHECK: linalg.generic {indexing_maps = [#[[LHS]], #[[RHS]], #[[OUT]]], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK: arith.extui {{.*}} : i8 to i32
// CHECK: arith.extsi {{.*}} : i8 to i32
// CHECK: arith.muli
// CHECK: arith.addi
func.func @batched(%a: tensor<2x4x8xui8>, %b: tensor<2x16x8xi8>) -> tensor<2x4x16xi32> attributes {tenon.kernel} {
  %0 = tenon.contract %a, %b {indexing_maps = [affine_map<(k, n, b, m) -> (b, m, k)>, affine_map<(k, n, b, m) -> (b, n, k)>, affine_map<(k, n, b, m) -> (b, m, n)>], result_element = i32}
    : (tensor<2x4x8xui8>, tensor<2x16x8xi8>) -> tensor<2x4x16xi32>
  return %0 : tensor<2x4x16xi32>
}
