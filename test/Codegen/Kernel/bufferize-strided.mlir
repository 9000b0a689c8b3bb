// RUN: tenon-opt --tenon-bufferize-kernel --cse --canonicalize %s | FileCheck %s

// What does not lie densely is a memref with strides; a reshape of it that can look at it so copies nothing, one of the result neither.
// CHECK-LABEL: func @kernel
// CHECK-SAME:    (%[[X:.*]]: memref<2x4x8xf32, strided<[64, 16, 1]>> {tenon.strides = {{[^}]*}}}, %[[N:.*]]: index, %[[OUT:.*]]: memref<2x32xf32, strided<[?, 1]>> {tenon.strides = {{[^}]*}}})
// CHECK-NOT:     alloc
// CHECK-DAG:     %[[ROWS:.*]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [8, 8], strides: [16, 1]
// CHECK-DAG:     %[[RESULT:.*]] = memref.reinterpret_cast %[[OUT]] to offset: [0], sizes: [2, 4, 8], strides: [%[[N]], 8, 1]
// CHECK:         linalg.generic {{.*}} ins(%[[ROWS]], {{.*}} outs(%[[RESULT]]
// CHECK-NOT:     copy
// CHECK:         return{{$}}
func.func @kernel(%x: tensor<2x4x8xf32> {tenon.strides = affine_map<()[s] -> (64, 16, 1)>}, %n: index)
    -> (tensor<2x32xf32> {tenon.strides = affine_map<()[s] -> (s, 1)>}) attributes {tenon.kernel} {
  %rows = tensor.collapse_shape %x [[0, 1], [2]] : tensor<2x4x8xf32> into tensor<8x8xf32>
  %empty = tensor.empty() : tensor<2x4x8xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i * 4 + j, k)>, affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (i, j, k)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%rows, %x : tensor<8x8xf32>, tensor<2x4x8xf32>) outs(%empty : tensor<2x4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %sum = arith.addf %a, %b : f32
    linalg.yield %sum : f32
  } -> tensor<2x4x8xf32>
  %flat = tensor.collapse_shape %y [[0], [1, 2]] : tensor<2x4x8xf32> into tensor<2x32xf32>
  return %flat : tensor<2x32xf32>
}
