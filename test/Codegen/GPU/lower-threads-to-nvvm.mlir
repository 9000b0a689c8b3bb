// RUN: tenon-opt --tenon-lower-threads-to-nvvm %s | FileCheck %s

// CHECK-LABEL: func.func @body
func.func @body(%x: f32) -> (index, f32) {
  // CHECK: nvvm.read.ptx.sreg.tid.x
  %thread = gpu.thread_id x
  // CHECK: nvvm.barrier
  gpu.barrier
  %distance = arith.constant 16 : i32
  %width = arith.constant 32 : i32
  // CHECK: nvvm.shfl.sync bfly
  %other, %valid = gpu.shuffle xor %x, %distance, %width : f32
  return %thread, %other : index, f32
}
