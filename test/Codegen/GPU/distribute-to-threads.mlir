// RUN: tenon-opt --tenon-distribute-to-threads --split-input-file --verify-diagnostics %s | FileCheck %s
// RUN: tenon-opt --tenon-distribute-to-threads=precision=tf32 --split-input-file --verify-diagnostics %s | FileCheck %s --check-prefix=TF32
// RUN: tenon-opt --tenon-distribute-to-threads=precision=f16 --split-input-file --verify-diagnostics %s | FileCheck %s --check-prefix=F16

// Four elements a thread, in one access of 16 bytes.
// CHECK: module @abs attributes {tenon.block_size = 256 : i64}
module @abs {
  // CHECK:      func.func @kernel
  // CHECK:        %[[THREAD:.*]] = gpu.thread_id
  // CHECK:        scf.for
  // CHECK:          vector.load %{{.*}} {alignment = 16 : i64} : memref<4096xf32>, vector<4xf32>
  // CHECK-COUNT-4:  math.absf
  // CHECK:          vector.store %{{.*}} {alignment = 16 : i64} : memref<4096xf32>, vector<4xf32>
  // CHECK-NOT:    gpu.barrier
  func.func @kernel(%x: memref<4096xf32>, %y: memref<4096xf32>) attributes {tenon.kernel} {
    linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%x : memref<4096xf32>) outs(%y : memref<4096xf32>) {
    ^bb0(%in: f32, %out: f32):
      %r = math.absf %in : f32
      linalg.yield %r : f32
    }
    return
  }
}

// -----

// A warp takes a row; its lanes hand their sums to each other. The results are cleared before.
// CHECK: module @rows
module @rows {
  // CHECK:        scf.for
  // CHECK:        gpu.barrier
  // CHECK:        scf.for
  // CHECK:          vector.load %{{.*}} : memref<64x512xf32>, vector<4xf32>
  // CHECK-COUNT-5:  gpu.shuffle xor
  // CHECK:          scf.if
  // CHECK:            memref.store
  func.func @kernel(%x: memref<64x512xf32>, %y: memref<64xf32>) attributes {tenon.kernel} {
    %zero = arith.constant 0.0 : f32
    linalg.fill ins(%zero : f32) outs(%y : memref<64xf32>)
    linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%x : memref<64x512xf32>) outs(%y : memref<64xf32>) {
    ^bb0(%in: f32, %out: f32):
      %r = arith.addf %out, %in : f32
      linalg.yield %r : f32
    }
    return
  }
}

// -----

// Slabs of both factors in shared memory, between barriers; sums in registers.
// CHECK: module @matmul
// Rounded, a warp multiplies: two steps of 8, four times 8 columns.
// TF32: module @matmul
// TF32:         arith.andi
// TF32:         gpu.barrier
// TF32-COUNT-8: nvvm.mma.sync {{.*}}multiplicandAPtxType = #nvvm.mma_type<tf32>{{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 8>
// TF32-NOT:     nvvm.mma.sync
// F16: module @matmul
// F16:          memref.alloc() : memref<16x64xf16>
// F16:          arith.truncf
// F16-COUNT-4:  nvvm.mma.sync {{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 16>
// F16-NOT:      nvvm.mma.sync
module @matmul {
  // CHECK:        %[[A:.*]] = memref.alloc() : memref<16x64xf32>
  // CHECK:        %[[B:.*]] = memref.alloc() : memref<16x64xf32>
  // CHECK:        scf.for %{{.*}} iter_args
  // CHECK:          memref.store %{{.*}}, %[[A]]
  // CHECK:          memref.store %{{.*}}, %[[B]]
  // CHECK:          gpu.barrier
  // CHECK:          vector.load %[[A]]
  // CHECK:          math.fma
  // CHECK:          gpu.barrier
  // CHECK:          scf.yield
  func.func @kernel(%a: memref<64x128xf32>, %b: memref<128x64xf32>, %c: memref<64x64xf32>) attributes {tenon.kernel} {
    linalg.matmul ins(%a, %b : memref<64x128xf32>, memref<128x64xf32>) outs(%c : memref<64x64xf32>)
    return
  }
}

// -----

// Products of factors in f16 are exact in f32: they are mma.sync's without being asked for.
// CHECK: module @half
// CHECK-COUNT-2: memref.alloc() : memref<16x64xf16>
// CHECK-COUNT-4: nvvm.mma.sync {{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 16>
// TF32: module @half
// TF32-COUNT-4: nvvm.mma.sync {{.*}}shape = #nvvm.shape<m = 16, n = 8, k = 16>
// F16: module @half
module @half {
  func.func @kernel(%a: memref<64x128xf16>, %b: memref<128x64xf16>, %c: memref<64x64xf32>) attributes {tenon.kernel} {
    linalg.matmul ins(%a, %b : memref<64x128xf16>, memref<128x64xf16>) outs(%c : memref<64x64xf32>)
    return
  }
}

// -----

// What is no linalg operation and writes memory runs once.
// CHECK: module @once
module @once {
  // CHECK:        %[[IS_FIRST:.*]] = arith.cmpi eq, %{{.*}}, %{{.*}} : index
  // CHECK:        scf.if %[[IS_FIRST]]
  // CHECK:          memref.store
  func.func @kernel(%x: memref<4xf32>) attributes {tenon.kernel} {
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0.0 : f32
    memref.store %zero, %x[%c0] : memref<4xf32>
    return
  }
}

// -----

module @shared_result {
  func.func @kernel(%x: memref<4xf32>, %y: memref<4xf32>) attributes {tenon.kernel} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %zero = arith.constant 0.0 : f32
    // expected-error @below {{writes memory and has results, which the threads of a block cannot share}}
    %sum = scf.for %i = %c0 to %c4 step %c1 iter_args(%carried = %zero) -> f32 {
      memref.store %carried, %x[%i] : memref<4xf32>
      %next = arith.addf %carried, %carried : f32
      scf.yield %next : f32
    }
    linalg.fill ins(%sum : f32) outs(%y : memref<4xf32>)
    return
  }
}
