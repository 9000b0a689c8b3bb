// RUN: tenon-opt --pass-pipeline='builtin.module(func.func(tenon-tile-copies{target-cost=1024}))' %s | FileCheck %s

// CHECK-LABEL: func @kernel
// CHECK:         scf.forall (%{{.*}}) = (0) to (4096) step (512)
// CHECK:           linalg.copy
// CHECK:         scf.forall (%{{.*}}) = (0) to (64) step (64)
// CHECK:           linalg.copy
func.func @kernel(%x: memref<4096xf32>, %y: memref<64xf32>, %out: memref<4160xf32>) attributes {tenon.kernel} {
  %first = memref.subview %out[0] [4096] [1] : memref<4160xf32> to memref<4096xf32, strided<[1]>>
  %second = memref.subview %out[4096] [64] [1] : memref<4160xf32> to memref<64xf32, strided<[1], offset: 4096>>
  linalg.copy ins(%x : memref<4096xf32>) outs(%first : memref<4096xf32, strided<[1]>>)
  linalg.copy ins(%y : memref<64xf32>) outs(%second : memref<64xf32, strided<[1], offset: 4096>>)
  return
}
