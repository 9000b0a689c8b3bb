// RUN: tenon-opt %s --split-input-file --tenon-emit-program=name=net | FileCheck %s

module @k attributes {tenon.grid = affine_map<()[s0] -> (s0)>} {}

// A size is read when the run has it; then there is memory for what it decides.
// CHECK-LABEL: llvm.func @net__run
// CHECK: %[[READ:.*]] = llvm.call @tenon_rt_read_size(%[[FRAME:[a-z0-9]+]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[PLACE:[0-9]+]])
// CHECK: %[[N:.*]] = llvm.load %[[PLACE]] : !llvm.ptr -> i64
// CHECK: %[[BYTES:.*]] = llvm.mul %[[N]]
// CHECK: llvm.call @tenon_rt_reserve(%[[FRAME]], %{{.*}}, %[[BYTES]], %[[PLACE]])
// CHECK: llvm.call @tenon_rt_launch(%[[FRAME]], %{{.*}}, %{{.*}}, %{{.*}}, %[[N]])
// A guard over it is checked here.
// CHECK: llvm.icmp "sge" %{{.*}}, %[[N]]
// CHECK: llvm.call @tenon_rt_refuse
// CHECK: llvm.call @tenon_rt_lend
func.func @main(%count: tensor<i64>) -> tensor<?xf32, #tenon.dims<[n]>> attributes {tenon.arena_bytes = #tenon.dims<[0]>} {
  tenon.bind_dim <[n]> = %count[0] : tensor<i64>
  %0 = tenon.launch @k(%count) dims<[n]> {placement = [#tenon.region<late 0 at <[0]>>]} : (tensor<i64>) -> tensor<?xf32, #tenon.dims<[n]>>
  tenon.dim_guard ge <[8, n]>
  %1 = tenon.launch @k(%0) dims<[n]> {placement = [#tenon.region<output 0 at <[0]>>]} : (tensor<?xf32, #tenon.dims<[n]>>) -> tensor<?xf32, #tenon.dims<[n]>>
  return %1 : tensor<?xf32, #tenon.dims<[n]>>
}

// -----

module @k attributes {tenon.grid = affine_map<() -> (1)>} {}

// The places of carried values go round; each round writes to the other of its two.
// CHECK-LABEL: llvm.func @net__run
// CHECK: llvm.br ^[[HEADER:bb[0-9]+]](%{{.*}}, %{{.*}}, %{{.*}} : i64, i64, !llvm.ptr)
// CHECK: ^[[HEADER]](%[[I:.*]]: i64, %{{.*}}: i64, %[[H:.*]]: !llvm.ptr):
// CHECK: llvm.icmp "slt" %[[I]]
// CHECK: llvm.cond_br %{{.*}}, ^{{.*}}, ^[[END:bb[0-9]+]]
// CHECK: %[[TURN:.*]] = llvm.and %[[I]]
// CHECK: llvm.call @tenon_rt_ask
// CHECK: %[[OFFSET:.*]] = llvm.mul %[[TURN]]
// CHECK: %[[NEXT:.*]] = llvm.getelementptr %{{.*}}[%[[OFFSET]]]
// CHECK: llvm.call @tenon_rt_append
// CHECK: llvm.br ^[[HEADER]](%{{.*}}, %{{.*}}, %[[NEXT]] : i64, i64, !llvm.ptr)
func.func @main(%n: tensor<i64>, %x: tensor<4xf32>) -> tensor<4xf32> attributes {tenon.arena_bytes = #tenon.dims<[192]>} {
  %yes = tenon.constant {placement = [#tenon.region<weights at <[0]>>]} dense<true> : tensor<i1>
  %0:2 = tenon.loop trip_count(%n : tensor<i64>) inits(%x : tensor<4xf32>) -> tensor<4xf32>, tensor<?x4xf32> {
  ^body(%i: tensor<i64>, %h: tensor<4xf32>):
    %1 = tenon.launch @k(%h) dims<[]> {placement = [#tenon.region<arena at <[0, 64]>>]} : (tensor<4xf32>) -> tensor<4xf32>
    tenon.yield %yes, %1, %1 : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  } {placement = [unit, #tenon.region<late 0 at <[0]>>], tenon.round_placement = #tenon.dims<[128]>}
  %2 = tenon.launch @k(%0#0) dims<[]> {placement = [#tenon.region<output 0 at <[0]>>]} : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
