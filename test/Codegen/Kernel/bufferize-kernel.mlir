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

// What a round hands to the next is put where that one was: one buffer serves all rounds.
// CHECK-LABEL: func @rounds
// CHECK-SAME:    (%[[X:.*]]: memref<4xf32>, %[[OUT:.*]]: memref<4xf32>)
// CHECK:         %[[CARRIED:.*]] = memref.alloc() {alignment = 64 : i64} : memref<4xf32>
// CHECK:         linalg.copy ins(%[[X]] : memref<4xf32>) outs(%[[CARRIED]] : memref<4xf32>)
// CHECK:         scf.while
// CHECK:         linalg.exp ins(%[[CARRIED]] : memref<4xf32>) outs(%[[NEXT:.*]] : memref<4xf32>)
// CHECK:         linalg.copy ins(%[[NEXT]] : memref<4xf32>) outs(%[[CARRIED]] : memref<4xf32>)
// CHECK:         linalg.copy ins(%[[CARRIED]] : memref<4xf32>) outs(%[[OUT]] : memref<4xf32>)
func.func @rounds(%x: tensor<4xf32>) -> tensor<4xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %most = arith.constant 9 : index
  %0:2 = scf.while (%i = %zero, %a = %x) : (index, tensor<4xf32>) -> (index, tensor<4xf32>) {
    %below = arith.cmpi slt, %i, %most : index
    scf.condition(%below) %i, %a : index, tensor<4xf32>
  } do {
  ^body(%i: index, %a: tensor<4xf32>):
    %empty = tensor.empty() : tensor<4xf32>
    %y = linalg.exp ins(%a : tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %next = arith.addi %i, %one : index
    scf.yield %next, %y : index, tensor<4xf32>
  }
  return %0#1 : tensor<4xf32>
}
