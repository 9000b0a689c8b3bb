// RUN: tenon-opt --tenon-map-work-items --split-input-file %s | FileCheck %s

// CHECK-DAG: #[[GRID:.*]] = affine_map<()[s0] -> ((s0 ceildiv 4) * 2)>
// CHECK: module @rows attributes {tenon.grid = #[[GRID]]}
module @rows {
  // CHECK:      func @kernel
  // CHECK-SAME:   %[[BEGIN:[a-z0-9]+]]: index {tenon.work_item}, %[[END:[a-z0-9]+]]: index {tenon.work_item}
  // CHECK:        scf.for %[[ITEM:[a-z0-9]+]] =
  // CHECK:          arith.remui %[[ITEM]]
  // CHECK:          arith.divui %[[ITEM]]
  // CHECK-NOT:    scf.forall
  func.func @kernel(%n: index, %out: memref<?x64xf32> {tenon.dims = affine_map<()[s0] -> (s0, 64)>})
      attributes {tenon.kernel} {
    %zero = arith.constant 0.0 : f32
    scf.forall (%i, %j) = (0, 0) to (%n, 64) step (4, 32) {
      memref.store %zero, %out[%i, %j] : memref<?x64xf32>
    }
    return
  }
}

// -----

// Two loops that write separate slices share the range.
// CHECK: #[[GRID:.*]] = affine_map<() -> (10)>
// CHECK: module @concat attributes {tenon.grid = #[[GRID]]}
module @concat {
  func.func @kernel(%x: memref<4xf32>, %y: memref<6xf32>, %out: memref<10xf32>) attributes {tenon.kernel} {
    %first = memref.subview %out[0] [4] [1] : memref<10xf32> to memref<4xf32, strided<[1]>>
    %second = memref.subview %out[4] [6] [1] : memref<10xf32> to memref<6xf32, strided<[1], offset: 4>>
    scf.forall (%i) in (4) {
      %v = memref.load %x[%i] : memref<4xf32>
      memref.store %v, %first[%i] : memref<4xf32, strided<[1]>>
    }
    scf.forall (%i) in (6) {
      %v = memref.load %y[%i] : memref<6xf32>
      memref.store %v, %second[%i] : memref<6xf32, strided<[1], offset: 4>>
    }
    return
  }
}

// -----

// The second loop reads what the first one writes: one work item.
// CHECK: #[[GRID:.*]] = affine_map<() -> (1)>
// CHECK: module @dependent attributes {tenon.grid = #[[GRID]]}
// CHECK-NOT: scf.forall
module @dependent {
  func.func @kernel(%x: memref<4xf32>, %out: memref<4xf32>) attributes {tenon.kernel} {
    scf.forall (%i) in (4) {
      %v = memref.load %x[%i] : memref<4xf32>
      memref.store %v, %out[%i] : memref<4xf32>
    }
    scf.forall (%i) in (3) {
      %j = affine.apply affine_map<(d0) -> (d0 + 1)>(%i)
      %v = memref.load %out[%j] : memref<4xf32>
      memref.store %v, %out[%i] : memref<4xf32>
    }
    return
  }
}

// -----

// What a loop leaves in scratch memory would be computed by each call, for its range: one work item.
// CHECK: #[[GRID:.*]] = affine_map<() -> (1)>
// CHECK: module @repeated attributes {tenon.grid = #[[GRID]]}
module @repeated {
  func.func @kernel(%x: memref<64xf32>, %out: memref<64xf32>) attributes {tenon.kernel} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %scratch = memref.alloc() : memref<64xf32>
    scf.for %i = %c0 to %c64 step %c1 {
      %v = memref.load %x[%i] : memref<64xf32>
      memref.store %v, %scratch[%i] : memref<64xf32>
    }
    scf.forall (%i) in (64) {
      %v = memref.load %scratch[%i] : memref<64xf32>
      memref.store %v, %out[%i] : memref<64xf32>
    }
    return
  }
}
