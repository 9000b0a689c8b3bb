// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-split-rounds))' | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#km = affine_map<(m, n, k) -> (k, m)>

// CHECK-LABEL: func @samples(
// CHECK-SAME: %[[H0:.*]]: tensor<32x64xf32>, %[[X:.*]]: tensor<64x32x64xf32>, %[[W:.*]]: tensor<64x64xf32>
// CHECK: %[[STACK:.*]] = tensor.empty() : tensor<64x32x64xf32>
// CHECK: %[[LAST:.*]] = tensor.empty() : tensor<32x64xf32>
// CHECK: %[[ALL:.*]]:2 = scf.forall (%[[I:.*]]) in (4) shared_outs(%[[L:.*]] = %[[LAST]], %[[S:.*]] = %[[STACK]])
// CHECK: %[[OFFSET:.*]] = arith.muli %[[I]]
// CHECK: %[[XT:.*]] = tensor.extract_slice %[[X]][0, %[[OFFSET]], 0] [64, 8, 64] [1, 1, 1]
// CHECK: %[[HT:.*]] = tensor.extract_slice %[[H0]][%[[OFFSET]], 0] [8, 64] [1, 1]
// CHECK: %[[ST:.*]] = tensor.extract_slice %[[S]][0, %[[OFFSET]], 0] [64, 8, 64] [1, 1, 1]
// CHECK: %[[TILE:.*]]:2 = scf.for %[[T:.*]] = {{.*}} iter_args(%[[H:.*]] = %[[HT]], %[[A:.*]] = %[[ST]]) -> (tensor<8x64xf32>, tensor<64x8x64xf32>)
// CHECK: tensor.extract_slice %[[XT]][%[[T]], 0, 0] [1, 8, 64]
// CHECK: linalg.generic {{.*}} ins(%[[H]], %[[W]] : tensor<8x64xf32>, tensor<64x64xf32>)
// CHECK: tensor.insert_slice %{{.*}} into %[[A]][%[[T]], 0, 0] [1, 8, 64]
// CHECK: scf.forall.in_parallel
// CHECK-NEXT: tensor.parallel_insert_slice %[[TILE]]#0 into %[[L]][%[[OFFSET]], 0] [8, 64]
// CHECK-NEXT: tensor.parallel_insert_slice %[[TILE]]#1 into %[[S]][0, %[[OFFSET]], 0] [64, 8, 64]
// CHECK: return %[[ALL]]#0, %[[ALL]]#1
func.func @samples(%h0: tensor<32x64xf32>, %x: tensor<64x32x64xf32>, %w: tensor<64x64xf32>) -> (tensor<32x64xf32>, tensor<64x32x64xf32>)
    attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %stack = tensor.empty() : tensor<64x32x64xf32>
  %last, %all = scf.for %t = %c0 to %c64 step %c1 iter_args(%h = %h0, %a = %stack) -> (tensor<32x64xf32>, tensor<64x32x64xf32>) {
    %slice = tensor.extract_slice %x[%t, 0, 0] [1, 32, 64] [1, 1, 1] : tensor<64x32x64xf32> to tensor<32x64xf32>
    %e = tensor.empty() : tensor<32x64xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<32x64xf32>) -> tensor<32x64xf32>
    %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%h, %w : tensor<32x64xf32>, tensor<64x64xf32>) outs(%f : tensor<32x64xf32>) {
    ^bb0(%i: f32, %j: f32, %o: f32):
      %m = arith.mulf %i, %j : f32
      %s = arith.addf %o, %m : f32
      linalg.yield %s : f32
    } -> tensor<32x64xf32>
    %n = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%p, %slice : tensor<32x64xf32>, tensor<32x64xf32>) outs(%e : tensor<32x64xf32>) {
    ^bb0(%i: f32, %j: f32, %o: f32):
      %s = arith.addf %i, %j : f32
      linalg.yield %s : f32
    } -> tensor<32x64xf32>
    %stacked = tensor.insert_slice %h into %a[%t, 0, 0] [1, 32, 64] [1, 1, 1] : tensor<32x64xf32> into tensor<64x32x64xf32>
    scf.yield %n, %stacked : tensor<32x64xf32>, tensor<64x32x64xf32>
  }
  return %last, %all : tensor<32x64xf32>, tensor<64x32x64xf32>
}

// Rows are transposed from round to round, so that both dimensions mix.
// CHECK-LABEL: func @mixing(
// CHECK-NOT: scf.forall
func.func @mixing(%h0: tensor<64x64xf32>, %w: tensor<64x64xf32>) -> tensor<64x64xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %last = scf.for %t = %c0 to %c64 step %c1 iter_args(%h = %h0) -> (tensor<64x64xf32>) {
    %e = tensor.empty() : tensor<64x64xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
    %p = linalg.generic {indexing_maps = [#km, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%h, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%f : tensor<64x64xf32>) {
    ^bb0(%i: f32, %j: f32, %o: f32):
      %m = arith.mulf %i, %j : f32
      %s = arith.addf %o, %m : f32
      linalg.yield %s : f32
    } -> tensor<64x64xf32>
    scf.yield %p : tensor<64x64xf32>
  }
  return %last : tensor<64x64xf32>
}
