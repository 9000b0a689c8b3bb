// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-tile-round-products{cpu=x86-64-v3}))' | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The rows are a view of a larger buffer; the sums begin with what the destination holds.
// CHECK-LABEL: func @rows(
// CHECK: scf.for
// CHECK: memref.reinterpret_cast
// CHECK-COUNT-4: vector.load %{{.*}} : memref<2147483647xf32, strided<[1], offset: ?>>, vector<8xf32>
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK-COUNT-4: vector.fma
// CHECK-COUNT-4: vector.store
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @rows(%all: memref<8x2x32xf32>, %w: memref<32x16xf32>, %out: memref<2x16xf32>) attributes {tenon.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  scf.for %t = %c0 to %c8 step %c1 {
    %h = memref.subview %all[%t, 0, 0] [1, 2, 32] [1, 1, 1] : memref<8x2x32xf32> to memref<2x32xf32, strided<[32, 1], offset: ?>>
    linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%h, %w : memref<2x32xf32, strided<[32, 1], offset: ?>>, memref<32x16xf32>) outs(%out : memref<2x16xf32>) {
    ^bb0(%i: f32, %j: f32, %o: f32):
      %m = arith.mulf %i, %j : f32
      %s = arith.addf %o, %m : f32
      linalg.yield %s : f32
    }
  }
  return
}

// What would be transposed in each round stays as it is, and what is outside of rounds.
// CHECK-LABEL: func @left(
// CHECK: linalg.generic
// CHECK: scf.for
// CHECK: linalg.generic
func.func @left(%h: memref<2x32xf32>, %v: memref<32x16xf32>, %w: memref<16x32xf32>, %out: memref<2x16xf32>) attributes {tenon.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%h, %v : memref<2x32xf32>, memref<32x16xf32>) outs(%out : memref<2x16xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %m = arith.mulf %i, %j : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  }
  scf.for %t = %c0 to %c8 step %c1 {
    linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%h, %w : memref<2x32xf32>, memref<16x32xf32>) outs(%out : memref<2x16xf32>) {
    ^bb0(%i: f32, %j: f32, %o: f32):
      %m = arith.mulf %i, %j : f32
      %s = arith.addf %o, %m : f32
      linalg.yield %s : f32
    }
  }
  return
}
