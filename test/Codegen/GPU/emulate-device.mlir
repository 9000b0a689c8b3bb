// RUN: tenon-opt --tenon-emulate-device --split-input-file --verify-diagnostics %s | FileCheck %s

// CHECK-LABEL: module @reverse
module @reverse attributes {tenon.block_size = 256 : i64, tenon.shared_bytes = 1024 : i64} {
  // CHECK-NOT: addr_space
  llvm.mlir.global internal @reverse.shared() {addr_space = 3 : i32} : !llvm.array<1024 x i8>
  // CHECK:     llvm.func internal @reverse.kernel(%{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64)
  llvm.func @reverse(%out: !llvm.ptr, %n: i64, %scratch: !llvm.ptr, %begin: i64, %end: i64) attributes {nvvm.kernel, nvvm.reqntid = array<i32: 256>} {
    // CHECK: %[[THREAD:.*]] = llvm.call @tenon_rt_emulated_register(%{{.*}}) : (i32) -> i32
    %thread = nvvm.read.ptx.sreg.tid.x : i32
    // CHECK: %[[SHARED:.*]] = llvm.call @tenon_rt_emulated_shared() : () -> !llvm.ptr
    %shared = llvm.mlir.addressof @reverse.shared : !llvm.ptr<3>
    %generic = llvm.addrspacecast %shared : !llvm.ptr<3> to !llvm.ptr
    // CHECK: llvm.store %[[THREAD]], %[[SHARED]]
    llvm.store %thread, %generic : i32, !llvm.ptr
    // CHECK: llvm.call @tenon_rt_emulated_barrier()
    nvvm.barrier0
    llvm.return
  }
  // CHECK: llvm.func internal @reverse.thread
  // CHECK:   llvm.call @reverse.kernel
  // CHECK: llvm.func @reverse(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64)
  // CHECK:   llvm.mlir.addressof @reverse.thread
  // CHECK:   llvm.call @tenon_rt_emulate
}

// -----

module @unknown attributes {tenon.block_size = 256 : i64, tenon.shared_bytes = 0 : i64} {
  llvm.func @unknown(%scratch: !llvm.ptr, %begin: i64, %end: i64) attributes {nvvm.kernel} {
    // expected-error @below {{cannot be emulated}}
    %id = nvvm.read.ptx.sreg.laneid : i32
    llvm.return
  }
}
