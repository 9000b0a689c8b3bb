// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-form-views),tenon-outline-kernels,func.func(tenon-plan-memory))' 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

tenon.state @cache kept = dense<0.0> : tensor<64x16xf32>

// A scatter writes a part of a state's memory, also a second one behind it.
// CHECK-LABEL: @scatter
// CHECK-SAME: tenon.updated
func.func @scatter(%x: tensor<1x16xf32>, %at: tensor<1x1xi64>, %cache: tensor<64x16xf32> {tenon.state = "cache"})
    -> (tensor<16xf32>, tensor<64x16xf32> {tenon.state = "cache"}) {
  // CHECK: tenon.launch @scatter_nd{{.*}}cost = #tenon.dims<[{{.*}}, 136]>, placement = [#tenon.region<state 2 at <[0]>>], tenon.updates = 0
  %0 = tenon.group (%a = %cache, %b = %at, %c = %x) : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32> {
    %5 = tenon.scatter_nd %a at %b with %c : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32>
    tenon.yield %5 : tensor<64x16xf32>
  }
  // CHECK: tenon.launch @scatter_nd{{.*}}placement = [#tenon.region<state 2 at <[0]>>], tenon.updates = 0
  %1 = tenon.group (%a = %0, %b = %at, %c = %x) : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32> {
    %5 = tenon.scatter_nd %a at %b with %c {combiner = #tenon.combiner<add>} : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32>
    tenon.yield %5 : tensor<64x16xf32>
  }
  %2 = tenon.group (%a = %1) : (tensor<64x16xf32>) -> tensor<16xf32> {
    %5 = tenon.reduce sum %a axes [0] : tensor<64x16xf32> -> tensor<16xf32>
    tenon.yield %5 : tensor<16xf32>
  }
  return %2, %1 : tensor<16xf32>, tensor<64x16xf32>
}

// Not where the present value is read behind the update, nor where the call can still fail.
// CHECK-LABEL: @read_later
// CHECK-NOT: tenon.updated
// CHECK: tenon.launch @scatter_nd{{.*}}placement = [#tenon.region<output 1 at <[0]>>]
func.func @read_later(%x: tensor<1x16xf32>, %at: tensor<1x1xi64>, %cache: tensor<64x16xf32> {tenon.state = "cache"})
    -> (tensor<16xf32>, tensor<64x16xf32> {tenon.state = "cache"}) {
  %0 = tenon.group (%a = %cache, %b = %at, %c = %x) : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32> {
    %5 = tenon.scatter_nd %a at %b with %c : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32>
    tenon.yield %5 : tensor<64x16xf32>
  }
  %2 = tenon.group (%a = %cache) : (tensor<64x16xf32>) -> tensor<16xf32> {
    %5 = tenon.reduce sum %a axes [0] : tensor<64x16xf32> -> tensor<16xf32>
    tenon.yield %5 : tensor<16xf32>
  }
  return %2, %0 : tensor<16xf32>, tensor<64x16xf32>
}

// CHECK-LABEL: @fails_later
// CHECK-NOT: tenon.updated
// CHECK: tenon.launch @scatter_nd{{.*}}placement = [#tenon.region<output 0 at <[0]>>]
// REMARK: remark: state 'cache' is copied by each call: what can still end the call (an index, a size, a loop) is behind its update
func.func @fails_later(%x: tensor<1x16xf32>, %at: tensor<1x1xi64>, %position: tensor<i64>, %cache: tensor<64x16xf32> {tenon.state = "cache"})
    -> (tensor<64x16xf32> {tenon.state = "cache"}) {
  %0 = tenon.group (%a = %cache, %b = %at, %c = %x) : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32> {
    %5 = tenon.scatter_nd %a at %b with %c : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32>
    tenon.yield %5 : tensor<64x16xf32>
  }
  tenon.index_guard %position of %at below <[64]> : tensor<i64>, tensor<1x1xi64>
  return %0 : tensor<64x16xf32>
}

// -----

// An intermediate result that dies is updated where it lies.
// CHECK-LABEL: @intermediate
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[4096]>
func.func @intermediate(%y: tensor<64x16xf32>, %x: tensor<1x16xf32>, %at: tensor<1x1xi64>) -> tensor<16xf32> {
  // CHECK: tenon.launch @exp{{.*}}placement = [#tenon.region<arena at <[0]>>]
  %0 = tenon.group (%a = %y) : (tensor<64x16xf32>) -> tensor<64x16xf32> {
    %5 = tenon.exp %a : tensor<64x16xf32> -> tensor<64x16xf32>
    tenon.yield %5 : tensor<64x16xf32>
  }
  // CHECK: tenon.launch @scatter_nd{{.*}}placement = [#tenon.region<arena at <[0]>>], tenon.updates = 0
  %1 = tenon.group (%a = %0, %b = %at, %c = %x) : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32> {
    %5 = tenon.scatter_nd %a at %b with %c : (tensor<64x16xf32>, tensor<1x1xi64>, tensor<1x16xf32>) -> tensor<64x16xf32>
    tenon.yield %5 : tensor<64x16xf32>
  }
  %2 = tenon.group (%a = %1) : (tensor<64x16xf32>) -> tensor<16xf32> {
    %5 = tenon.reduce sum %a axes [0] : tensor<64x16xf32> -> tensor<16xf32>
    tenon.yield %5 : tensor<16xf32>
  }
  return %2 : tensor<16xf32>
}
