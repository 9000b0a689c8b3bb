// RUN: tenon-opt --tenon-lower-device-kernel --split-input-file %s | FileCheck %s

// CHECK-LABEL: module @double
module @double attributes {tenon.shared_bytes = 128 : i64, tenon.scratch = affine_map<()[s] -> (s * 4)>} {
  // CHECK:      llvm.mlir.global internal @double.shared() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<128 x i8>
  // CHECK:      llvm.func @double(%[[X:[a-z0-9]+]]: !llvm.ptr {llvm.align = 16 : i64, llvm.noalias}, %[[N:[a-z0-9]+]]: i64,
  // CHECK-SAME:   %[[SCRATCH:[a-z0-9]+]]: !llvm.ptr {{.*}}, %[[BEGIN:[a-z0-9]+]]: i64, %[[END:[a-z0-9]+]]: i64)
  // CHECK-SAME:   nvvm.kernel
  // CHECK-SAME:   nvvm.maxnreg
  // CHECK-SAME:   nvvm.reqntid = array<i32: 256>
  // CHECK:        nvvm.read.ptx.sreg.nctaid.x
  // CHECK:        %[[BLOCK:.*]] = nvvm.read.ptx.sreg.ctaid.x
  // CHECK:        llvm.getelementptr %[[SCRATCH]]
  // CHECK:        llvm.mlir.addressof @double.shared
  // CHECK:        call @double.body(%[[X]],
  // CHECK:      func.func private @double.body
  func.func @kernel(%x: memref<?xf32> {tenon.dims = affine_map<()[s] -> (s)>}, %n: index,
                    %begin: index {tenon.work_item}, %end: index {tenon.work_item},
                    %temporary: memref<?xi8> {tenon.dims = affine_map<()[s] -> (s * 4)>,
                                              tenon.scratch_offset = affine_map<()[s] -> (0)>},
                    %slab: memref<?xi8> {tenon.dims = affine_map<()[s] -> (64)>,
                                         tenon.shared_offset = affine_map<()[s] -> (64)>})
      attributes {tenon.kernel} {
    return
  }
}

// -----

// What may be part of a larger buffer is aligned to less.
// CHECK-LABEL: module @part
module @part attributes {tenon.scratch = affine_map<() -> (0)>} {
  // CHECK: llvm.func @part(%{{.*}}: !llvm.ptr {llvm.align = 4 : i64, llvm.noalias}, %{{.*}}: !llvm.ptr {llvm.align = 16 : i64, llvm.noalias}, %{{.*}}: i64
  func.func @kernel(%x: memref<8xf32> {tenon.alignment = 4 : i64}, %begin: index {tenon.work_item}, %end: index {tenon.work_item})
      attributes {tenon.kernel} {
    return
  }
}
