// RUN: tenon-opt --tenon-tile-device-kernel --split-input-file %s | FileCheck %s

// A block computes 64 x 64 results of a contraction, and what follows on them.
// CHECK-LABEL: func.func @matmul
// CHECK:         scf.forall (%{{.*}}, %{{.*}}) = (0, 0) to (256, 512) step (64, 64)
// CHECK:           linalg.matmul
// CHECK-SAME:        outs(%{{.*}} : tensor<64x64xf32>)
// CHECK:           math.absf
func.func @matmul(%a: tensor<256x128xf32>, %b: tensor<128x512xf32>) -> tensor<256x512xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<256x512xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<256x512xf32>) -> tensor<256x512xf32>
  %c = linalg.matmul ins(%a, %b : tensor<256x128xf32>, tensor<128x512xf32>) outs(%fill : tensor<256x512xf32>) -> tensor<256x512xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%c : tensor<256x512xf32>) outs(%empty : tensor<256x512xf32>) {
  ^bb0(%in: f32, %out: f32):
    %r = math.absf %in : f32
    linalg.yield %r : f32
  } -> tensor<256x512xf32>
  return %y : tensor<256x512xf32>
}

// -----

// Others are split as for the CPU.
// CHECK-LABEL: func.func @abs
// CHECK:         scf.forall
func.func @abs(%x: tensor<100000xf32>) -> tensor<100000xf32> attributes {tenon.kernel} {
  %empty = tensor.empty() : tensor<100000xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<100000xf32>) outs(%empty : tensor<100000xf32>) {
  ^bb0(%in: f32, %out: f32):
    %r = math.absf %in : f32
    linalg.yield %r : f32
  } -> tensor<100000xf32>
  return %y : tensor<100000xf32>
}
