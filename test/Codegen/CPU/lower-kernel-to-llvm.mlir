// RUN: tenon-opt --tenon-lower-kernel-to-llvm %s | FileCheck %s

// CHECK-LABEL: module @double
module @double {
  // CHECK:      func @double(%[[BUFFERS:.*]]: !llvm.ptr, %[[DIMS:.*]]: !llvm.ptr, %[[SCRATCH:.*]]: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64)
  // CHECK:        %[[X:.*]] = llvm.load
  // CHECK:        %[[N:.*]] = arith.index_cast %{{.*}} : i64 to index
  // CHECK:        %[[TEMPORARY:.*]] = llvm.getelementptr %[[SCRATCH]]
  // CHECK:        call @double.body(%[[X]], %[[N]], %{{.*}}, %{{.*}}, %[[TEMPORARY]])
  // CHECK:      func private @double.body
  // CHECK-SAME:   (%{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: index, %{{.*}}: index, %{{.*}}: index,
  // CHECK-SAME:    %{{.*}}: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias})
  func.func @kernel(%x: memref<?xf32> {tenon.dims = affine_map<()[s] -> (s)>}, %n: index,
                    %begin: index {tenon.work_item}, %end: index {tenon.work_item},
                    %temporary: memref<?xi8> {tenon.dims = affine_map<()[s] -> (s * 4)>,
                                              tenon.scratch_offset = affine_map<()[s] -> (64)>})
      attributes {tenon.kernel} {
    return
  }
}
