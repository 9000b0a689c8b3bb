// RUN: tenon-opt --tenon-place-scratch --split-input-file --verify-diagnostics %s | FileCheck %s

// CHECK: #[[TOTAL:.*]] = affine_map<()[s0] -> ((s0 ceildiv 16) * 64 + (s0 ceildiv 2) * 64)>
// CHECK: module @rows attributes {tenon.scratch = #[[TOTAL]]}
module @rows {
  // CHECK:      func @kernel
  // CHECK-SAME:   %[[A:[a-z0-9]+]]: memref<?xi8> {{{.*}}tenon.scratch_offset = affine_map<()[s0] -> (0)>}
  // CHECK-SAME:   %[[B:[a-z0-9]+]]: memref<?xi8> {{{.*}}tenon.scratch_offset = affine_map<()[s0] -> ((s0 ceildiv 16) * 64)>}
  func.func @kernel(%n: index) attributes {tenon.kernel} {
    // CHECK: memref.alloca() {{.*}}: memref<4xf32>
    // CHECK: memref.view %[[A]]{{.*}} : memref<?xi8> to memref<?xf32>
    // CHECK: memref.view %[[B]]{{.*}} : memref<?xi8> to memref<8x?xf32>
    %a = memref.alloc(%n) : memref<?xf32>
    %b = memref.alloc(%n) : memref<8x?xf32>
    %c = memref.alloc() : memref<4xf32>
    return
  }
}

// -----

module @unbounded {
  func.func @kernel(%n: memref<index>) attributes {tenon.kernel} {
    %size = memref.load %n[] : memref<index>
    // expected-error @below {{expected a size that the kernel's dimension symbols bound}}
    %a = memref.alloc(%size) : memref<?xf32>
    return
  }
}
