// RUN: tenon-opt %s --tenon-emit-program=name=net | FileCheck %s

// CHECK: llvm.mlir.global external hidden constant @net__launches() {{.*}} !llvm.array<1 x struct<(ptr, ptr, ptr, i64, i64, i64)>>

func.func @main(%x: tensor<?xf32, #tenon.dims<[b]>>) -> tensor<?xf32, #tenon.dims<[b]>>
    attributes {tenon.arena_bytes = #tenon.dims<[0]>} {
  %0 = tenon.launch @k(%x) dims<[b]> {cost = #tenon.dims<[b * 3, b * 8]>, placement = [#tenon.region<output 0 at <[0]>>]} : (tensor<?xf32, #tenon.dims<[b]>>) -> tensor<?xf32, #tenon.dims<[b]>>
  return %0 : tensor<?xf32, #tenon.dims<[b]>>
}

module @k attributes {tenon.grid = affine_map<()[s0] -> (s0 ceildiv 4)>, tenon.scratch = affine_map<()[s0] -> (s0 * 8)>} {}

// CHECK: llvm.func @net__run(%[[FRAME:.*]]: !llvm.ptr) -> i32
// CHECK: %[[ITEMS:.*]] = llvm.sdiv
// CHECK: %[[STATUS:.*]] = llvm.call @tenon_rt_launch(%[[FRAME]], %{{.*}}, %{{.*}}, %{{.*}}, %[[ITEMS]])
// CHECK: %[[OK:.*]] = llvm.icmp "eq" %[[STATUS]]
// CHECK: llvm.cond_br %[[OK]], ^{{.*}}, ^[[EXIT:.*]](%[[STATUS]] : i32)
// CHECK: ^[[EXIT]](%[[RESULT:.*]]: i32):
// CHECK-NEXT: llvm.return %[[RESULT]]
// CHECK: llvm.func @net__sizes(%[[DIMS:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr)
// CHECK: llvm.select
// the cost of the launch stands behind all sizes
// CHECK-DAG: %[[THREE:.*]] = llvm.mlir.constant(3 : i64)
// CHECK-DAG: %[[FLOPS:.*]] = llvm.mul %{{.*}}, %[[THREE]]
// CHECK: llvm.getelementptr %{{.*}}[4]
// CHECK-NEXT: llvm.store %[[FLOPS]]
// CHECK: llvm.getelementptr %{{.*}}[5]
// CHECK-NEXT: llvm.store
// CHECK-NOT: tenon.
