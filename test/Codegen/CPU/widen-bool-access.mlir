// RUN: tenon-opt --pass-pipeline='builtin.module(llvm.func(tenon-widen-bool-access))' %s | FileCheck %s

// CHECK-LABEL: llvm.func @copy
// CHECK:         %[[BYTE:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i8
// CHECK:         %[[BOOL:.*]] = llvm.trunc %[[BYTE]] : i8 to i1
// CHECK:         %[[WIDE:.*]] = llvm.zext %[[BOOL]] : i1 to i8
// CHECK:         llvm.store %[[WIDE]], %{{.*}} : i8, !llvm.ptr
llvm.func @copy(%from: !llvm.ptr, %to: !llvm.ptr) {
  %b = llvm.load %from : !llvm.ptr -> i1
  llvm.store %b, %to : i1, !llvm.ptr
  llvm.return
}
