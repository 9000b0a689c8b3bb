// RUN: tenon-opt --tenon-bufferize-kernel --cse --canonicalize %s | FileCheck %s

// The result is computed in its buffer: nothing is allocated or copied.
// CHECK-LABEL: func @kernel
// CHECK-SAME:    (%[[X:.*]]: memref<4x8xf32>, %[[OUT:.*]]: memref<4x8xf32>)
// CHECK-NOT:     alloc
// CHECK:         linalg.exp ins(%[[X]] : memref<4x8xf32>) outs(%[[OUT]] : memref<4x8xf32>)
// CHECK-NOT:     copy
// CHECK:         return{{$}}
func.func @kernel(%x: tensor<4x8xf32>) -> tensor<4x8xf32> attributes {tenon.kernel} {
  %empty = tensor.empty() : tensor<4x8xf32>
  %y = linalg.exp ins(%x : tensor<4x8xf32>) outs(%empty : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
