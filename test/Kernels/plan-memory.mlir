// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-plan-memory))' | FileCheck %s

module @k {}

// A chain needs two buffers; the result is the caller's memory, also through a reshape.
// CHECK-LABEL: @chain
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[128]>, tenon.live_bytes = 128 : i64
func.func @chain(%x: tensor<16xf32>) -> tensor<4x4xf32> {
  // CHECK: {placement = [#tenon.region<arena at <[0]>>]}
  %0 = tenon.launch @k(%x) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  // CHECK: {placement = [#tenon.region<arena at <[64]>>]}
  %1 = tenon.launch @k(%0) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  // CHECK: {placement = [#tenon.region<arena at <[0]>>]}
  %2 = tenon.launch @k(%1) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  // CHECK: {placement = [#tenon.region<output 0 at <[0]>>]}
  %3 = tenon.launch @k(%2) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  %4 = tenon.reshape %3 : tensor<16xf32> -> tensor<4x4xf32>
  return %4 : tensor<4x4xf32>
}

// -----

module @k {}

// A symbolic size reuses memory that is large enough whatever the symbol is, behind the static part.
// CHECK-LABEL: @symbolic
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[b * 128 + 64]>
func.func @symbolic(%x: tensor<?x16xf32, #tenon.dims<[b]>>) -> tensor<4xf32> {
  // CHECK: placement = [#tenon.region<arena at <[64]>>]
  %0 = tenon.launch @k(%x) dims<[b]> : (tensor<?x16xf32, #tenon.dims<[b]>>) -> tensor<?x16xf32, #tenon.dims<[b]>>
  // CHECK: placement = [#tenon.region<arena at <[b * 64 + 64]>>]
  %1 = tenon.launch @k(%0) dims<[b]> : (tensor<?x16xf32, #tenon.dims<[b]>>) -> tensor<?x16xf32, #tenon.dims<[b]>>
  // CHECK: placement = [#tenon.region<arena at <[64]>>]
  %2 = tenon.launch @k(%1) dims<[b]> : (tensor<?x16xf32, #tenon.dims<[b]>>) -> tensor<?x8xf32, #tenon.dims<[b]>>
  // CHECK: placement = [#tenon.region<arena at <[0]>>]
  %3 = tenon.launch @k(%2) dims<[b]> : (tensor<?x8xf32, #tenon.dims<[b]>>) -> tensor<4xf32>
  %4 = tenon.launch @k(%3) dims<[]> : (tensor<4xf32>) -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

// -----

module @k {}

// The pieces of a concatenation lie in it, 48 elements from row to row; a slice of it is the same memory.
// CHECK-LABEL: @views
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[1536]>
func.func @views(%x: tensor<8x16xf32>) -> tensor<8x16xf32> {
  // CHECK: tenon.launch @k(%arg0) {{.*}}placement = [#tenon.region<arena at <[0]> strides <[48, 1]>>]
  %0 = tenon.launch @k(%x) dims<[]> : (tensor<8x16xf32>) -> tensor<8x16xf32>
  // CHECK: tenon.launch @k(%arg0) {{.*}}placement = [#tenon.region<arena at <[64]> strides <[48, 8, 1]>>]
  %1 = tenon.launch @k(%x) dims<[]> : (tensor<8x16xf32>) -> tensor<8x2x8xf32>
  %3 = tenon.reshape %1 : tensor<8x2x8xf32> -> tensor<8x16xf32>
  %4 = tenon.launch @k(%x) dims<[]> : (tensor<8x16xf32>) -> tensor<8x16xf32>
  // CHECK: tenon.concat {{.*}}placement = [#tenon.region<arena at <[0]>>]
  %5 = tenon.concat %0, %3, %4 {axis = 1 : i64} : (tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x48xf32>
  // CHECK: tenon.slice {{.*}}placement = [#tenon.region<arena at <[456]> strides <[96, 1]>>]
  %6 = tenon.slice %5 starts <[2, 18]> steps [2, 1] : tensor<8x48xf32> -> tensor<3x20xf32>
  // CHECK: tenon.launch {{.*}}placement = [#tenon.region<output 0 at <[0]>>]
  %7 = tenon.launch @k(%6) dims<[]> : (tensor<3x20xf32>) -> tensor<8x16xf32>
  return %7 : tensor<8x16xf32>
}

// -----

module @add {
  func.func @kernel(%x: tensor<64xf32>, %y: tensor<64xf32>) -> tensor<64xf32> {
    %0 = tenon.add %x, %y : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
    return %0 : tensor<64xf32>
  }
}
module @sum {
  func.func @kernel(%x: tensor<64xf32>) -> tensor<64xf32> {
    %0 = tenon.cumsum %x axis 0 : tensor<64xf32> -> tensor<64xf32>
    return %0 : tensor<64xf32>
  }
}

// A result takes the place of an operand that is read element by element for the last time.
// CHECK-LABEL: @in_place
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[512]>
func.func @in_place(%x: tensor<64xf32>) -> tensor<64xf32> {
  // CHECK: @sum(%arg0) {{.*}}at <[0]>
  %0 = tenon.launch @sum(%x) dims<[]> : (tensor<64xf32>) -> tensor<64xf32>
  // CHECK: @add({{.*}}at <[0]>
  %1 = tenon.launch @add(%0, %x) dims<[]> : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  // CHECK: @sum({{.*}}at <[256]>
  %2 = tenon.launch @sum(%1) dims<[]> : (tensor<64xf32>) -> tensor<64xf32>
  // CHECK: @add({{.*}}at <[256]>
  %3 = tenon.launch @add(%2, %1) dims<[]> : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  %4 = tenon.launch @add(%3, %1) dims<[]> : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  return %4 : tensor<64xf32>
}

// -----

module @k {}

// Sizes that a run finds out lie in growable blocks, which values share whose lives do not meet.
// CHECK-LABEL: @late
// CHECK-SAME: tenon.late_bytes = #tenon.dims<[0, 0]>
func.func @late(%count: tensor<i64>) -> tensor<4xf32> {
  tenon.bind_dim <[n]> = %count[0] : tensor<i64>
  // CHECK: {placement = [#tenon.region<late 0 at <[0]>>]}
  %0 = tenon.launch @k(%count) dims<[n]> : (tensor<i64>) -> tensor<?xf32, #tenon.dims<[n]>>
  // CHECK: {placement = [#tenon.region<late 1 at <[0]>>]}
  %1 = tenon.launch @k(%0) dims<[n]> : (tensor<?xf32, #tenon.dims<[n]>>) -> tensor<?xf32, #tenon.dims<[n * 2]>>
  // CHECK: {placement = [#tenon.region<late 0 at <[0]>>]}
  %2 = tenon.launch @k(%1) dims<[n]> : (tensor<?xf32, #tenon.dims<[n * 2]>>) -> tensor<?xf32, #tenon.dims<[n * 3]>>
  %3 = tenon.launch @k(%2) dims<[n]> : (tensor<?xf32, #tenon.dims<[n * 3]>>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

module @k {}

// What is bounded lies in the arena where that is small, as large as it can be; else its block says how large it can be.
// CHECK-LABEL: @bounded
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[192]>
// CHECK-SAME: tenon.late_bytes = #tenon.dims<[s * 4 + 164]>
func.func @bounded(%count: tensor<i64>, %x: tensor<?xf32, #tenon.dims<[s]>>) -> tensor<4xf32> {
  tenon.bind_dim <[n]> = %count[0] at_most <[40]> : tensor<i64>
  tenon.bind_dim <[m]> = %count[0] at_most <[s + n]> : tensor<i64>
  // CHECK: {placement = [#tenon.region<arena at <[0]>>]}
  %0 = tenon.launch @k(%count) dims<[n]> : (tensor<i64>) -> tensor<?xf32, #tenon.dims<[n]>>
  // CHECK: {placement = [#tenon.region<late 0 at <[0]>>]}
  %1 = tenon.launch @k(%0, %x) dims<[m]> : (tensor<?xf32, #tenon.dims<[n]>>, tensor<?xf32, #tenon.dims<[s]>>) -> tensor<?xf32, #tenon.dims<[m + 1]>>
  %2 = tenon.launch @k(%1) dims<[m]> : (tensor<?xf32, #tenon.dims<[m + 1]>>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

module @k {}

// What a capacity bounds lies in the static part where that has room for it.
// CHECK-LABEL: @room
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[320]>
tenon.state @past kept of tensor<?x4xf32, #tenon.dims<[p]>> capacity [16] = dense<> : tensor<0x4xf32>
func.func @room(%past: tensor<?x4xf32, #tenon.dims<[p]>> {tenon.state = "past"}, %x: tensor<64xf32>) -> tensor<4xf32> {
  // CHECK: {placement = [#tenon.region<arena at <[0]>>]}
  %0 = tenon.launch @k(%x) dims<[]> : (tensor<64xf32>) -> tensor<64xf32>
  // CHECK: {placement = [#tenon.region<arena at <[256]>>]}
  %1 = tenon.launch @k(%0) dims<[]> : (tensor<64xf32>) -> tensor<16xf32>
  // CHECK: {placement = [#tenon.region<arena at <[0]>>]}
  %2 = tenon.launch @k(%1, %past) dims<[p]> : (tensor<16xf32>, tensor<?x4xf32, #tenon.dims<[p]>>) -> tensor<?xf32, #tenon.dims<[p]>>
  %3 = tenon.launch @k(%2) dims<[p]> : (tensor<?xf32, #tenon.dims<[p]>>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

module @k {}

// What a round hands on has two places, used in turn; what a branch or loop chooses from lives as long as what it chose.
// CHECK-LABEL: @choices
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[256]>
func.func @choices(%c: tensor<i1>, %n: tensor<i64>, %x: tensor<16xf32>) -> tensor<16xf32> {
  // CHECK: placement = [#tenon.region<arena at <[0]>>]
  %init = tenon.launch @k(%x) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  // CHECK: tenon.loop
  %0 = tenon.loop trip_count(%n : tensor<i64>) inits(%init : tensor<16xf32>) -> tensor<16xf32> {
  ^body(%i: tensor<i64>, %h: tensor<16xf32>):
    // CHECK: placement = [#tenon.region<arena at <[128, 64]>>]
    %1 = tenon.launch @k(%h) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
    tenon.yield %c, %1 : tensor<i1>, tensor<16xf32>
  }
  // CHECK: tenon.round_placement = #tenon.dims<[64]>
  %2 = tenon.if %c : tensor<i1> -> tensor<16xf32> {
    // CHECK: placement = [#tenon.region<arena at <[64]>>]
    %3 = tenon.launch @k(%x) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
    tenon.yield %3 : tensor<16xf32>
  } else {
    tenon.yield %0 : tensor<16xf32>
  }
  %4 = tenon.launch @k(%2) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  return %4 : tensor<16xf32>
}
