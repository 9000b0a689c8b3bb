// RUN: tenon-opt --pass-pipeline='builtin.module(func.func(tenon-tile-kernel{target-cost=2048}),canonicalize,cse)' \
// RUN:   --split-input-file %s | FileCheck %s

#rows = affine_map<(i, j) -> (i)>
#all = affine_map<(i, j) -> (i, j)>

// The sum of a row is computed in the row's tile; rows are not split.
// CHECK-LABEL: func @kernel
// CHECK:         scf.forall (%{{.*}}) = (0) to (64) step (2)
// CHECK:           linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]{{.*}} ins(%{{.*}} : tensor<2x128xf32>)
// CHECK:           linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
// CHECK:           scf.forall.in_parallel
// CHECK-NOT:     linalg.generic
func.func @kernel(%x: tensor<64x128xf32>) -> tensor<64x128xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %row = tensor.empty() : tensor<64xf32>
  %empty = tensor.empty() : tensor<64x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%row : tensor<64xf32>) -> tensor<64xf32>
  %sum = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<64x128xf32>) outs(%init : tensor<64xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %r = arith.addf %a, %acc : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  %y = linalg.generic {indexing_maps = [#all, #rows, #all], iterator_types = ["parallel", "parallel"]}
      ins(%x, %sum : tensor<64x128xf32>, tensor<64xf32>) outs(%empty : tensor<64x128xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %r = arith.divf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<64x128xf32>
  return %y : tensor<64x128xf32>
}

// -----

// Too small to be split.
// CHECK-LABEL: func @kernel
// CHECK-NOT:     scf.forall
func.func @kernel(%x: tensor<64xf32>) -> tensor<64xf32> attributes {tenon.kernel} {
  %empty = tensor.empty() : tensor<64xf32>
  %y = linalg.exp ins(%x : tensor<64xf32>) outs(%empty : tensor<64xf32>) -> tensor<64xf32>
  return %y : tensor<64xf32>
}

// -----

// A transpose reads whole cache lines: a tile spans 16 of the channels that lie next to each other in memory.
// CHECK-LABEL: func @kernel
// CHECK:         scf.forall (%{{.*}}) = (0, 0) to (64, 4096) step (16, 64)
func.func @kernel(%x: tensor<4096x64xf32>) -> tensor<64x4096xf32> attributes {tenon.kernel} {
  %empty = tensor.empty() : tensor<64x4096xf32>
  %y = linalg.transpose ins(%x : tensor<4096x64xf32>) outs(%empty : tensor<64x4096xf32>) permutation = [1, 0]
  return %y : tensor<64x4096xf32>
}
