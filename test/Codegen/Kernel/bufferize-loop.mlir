// RUN: tenon-opt --tenon-bufferize-kernel --cse --canonicalize %s | FileCheck %s

// A loop that begins with a number everywhere fills the result's buffer with it, and goes on there.
// CHECK-LABEL: func @scatter
// CHECK-SAME:    %[[X:.*]]: memref<4xf32>, %[[OUT:.*]]: memref<64xf32>)
// CHECK-NOT:     memref.get_global
// CHECK-NOT:     alloc
// CHECK:         linalg.fill ins(%{{.*}} : f32) outs(%[[OUT]] : memref<64xf32>)
// CHECK:         scf.for
// CHECK:           memref.store %{{.*}}, %[[OUT]]
// CHECK-NOT:     copy
// CHECK:         return{{$}}
func.func @scatter(%x: tensor<4xf32>) -> tensor<64xf32> attributes {tenon.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zeros = arith.constant dense<0.0> : tensor<64xf32>
  %y = scf.for %i = %c0 to %c4 step %c1 iter_args(%t = %zeros) -> (tensor<64xf32>) {
    %v = tensor.extract %x[%i] : tensor<4xf32>
    %n = tensor.insert %v into %t[%i] : tensor<64xf32>
    scf.yield %n : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
