// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-plan-memory))' | FileCheck %s

module @k {}

// A chain needs two buffers; the result is the caller's memory, also through a reshape.
// CHECK-LABEL: @chain
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[128]>
func.func @chain(%x: tensor<16xf32>) -> tensor<4x4xf32> {
  // CHECK: {placement = [#tenon.dims<[0]>]}
  %0 = tenon.launch @k(%x) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  // CHECK: {placement = [#tenon.dims<[64]>]}
  %1 = tenon.launch @k(%0) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  // CHECK: {placement = [#tenon.dims<[0]>]}
  %2 = tenon.launch @k(%1) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  // CHECK: {placement = [0]}
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
  // CHECK: placement = [#tenon.dims<[64]>]
  %0 = tenon.launch @k(%x) dims<[b]> : (tensor<?x16xf32, #tenon.dims<[b]>>) -> tensor<?x16xf32, #tenon.dims<[b]>>
  // CHECK: placement = [#tenon.dims<[b * 64 + 64]>]
  %1 = tenon.launch @k(%0) dims<[b]> : (tensor<?x16xf32, #tenon.dims<[b]>>) -> tensor<?x16xf32, #tenon.dims<[b]>>
  // CHECK: placement = [#tenon.dims<[64]>]
  %2 = tenon.launch @k(%1) dims<[b]> : (tensor<?x16xf32, #tenon.dims<[b]>>) -> tensor<?x8xf32, #tenon.dims<[b]>>
  // CHECK: placement = [#tenon.dims<[0]>]
  %3 = tenon.launch @k(%2) dims<[b]> : (tensor<?x8xf32, #tenon.dims<[b]>>) -> tensor<4xf32>
  %4 = tenon.launch @k(%3) dims<[]> : (tensor<4xf32>) -> tensor<4xf32>
  return %4 : tensor<4xf32>
}

// -----

// Equal constants are stored once.
// CHECK-LABEL: @weights
func.func @weights() {
  // CHECK: tenon.constant {placement = 0 : i64} dense<[1.0
  %0 = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: tenon.constant {placement = 64 : i64} dense<[3.0
  %1 = tenon.constant dense<[3.0, 2.0]> : tensor<2xf32>
  // CHECK: tenon.constant {placement = 0 : i64} dense<[1.0
  %2 = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return
}

// -----

module @k {}

// Sizes that a run finds out lie in growable blocks, which values share whose lives do not meet.
// CHECK-LABEL: @late
// CHECK-SAME: tenon.num_late_blocks = 2 : i64
func.func @late(%count: tensor<i64>) -> tensor<4xf32> {
  tenon.bind_dim <[n]> = %count[0] : tensor<i64>
  // CHECK: {placement = [#tenon.late<0, false>]}
  %0 = tenon.launch @k(%count) dims<[n]> : (tensor<i64>) -> tensor<?xf32, #tenon.dims<[n]>>
  // CHECK: {placement = [#tenon.late<1, false>]}
  %1 = tenon.launch @k(%0) dims<[n]> : (tensor<?xf32, #tenon.dims<[n]>>) -> tensor<?xf32, #tenon.dims<[n * 2]>>
  // CHECK: {placement = [#tenon.late<0, false>]}
  %2 = tenon.launch @k(%1) dims<[n]> : (tensor<?xf32, #tenon.dims<[n * 2]>>) -> tensor<?xf32, #tenon.dims<[n * 3]>>
  %3 = tenon.launch @k(%2) dims<[n]> : (tensor<?xf32, #tenon.dims<[n * 3]>>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// -----

module @k {}

// What a round hands on has two places, used in turn; what a branch or loop chooses from lives as long as what it chose.
// CHECK-LABEL: @choices
// CHECK-SAME: tenon.arena_bytes = #tenon.dims<[256]>
func.func @choices(%c: tensor<i1>, %n: tensor<i64>, %x: tensor<16xf32>) -> tensor<16xf32> {
  // CHECK: placement = [#tenon.dims<[128]>]
  %init = tenon.launch @k(%x) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  // CHECK: tenon.loop
  %0 = tenon.loop trip_count(%n : tensor<i64>) inits(%init : tensor<16xf32>) -> tensor<16xf32> {
  ^body(%i: tensor<i64>, %h: tensor<16xf32>):
    // CHECK: placement = [#tenon.dims<[0, 64]>]
    %1 = tenon.launch @k(%h) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
    tenon.yield %c, %1 : tensor<i1>, tensor<16xf32>
  }
  // CHECK: tenon.round_placement = #tenon.dims<[192]>
  %2 = tenon.if %c : tensor<i1> -> tensor<16xf32> {
    // CHECK: placement = [#tenon.dims<[192]>]
    %3 = tenon.launch @k(%x) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
    tenon.yield %3 : tensor<16xf32>
  } else {
    tenon.yield %0 : tensor<16xf32>
  }
  %4 = tenon.launch @k(%2) dims<[]> : (tensor<16xf32>) -> tensor<16xf32>
  return %4 : tensor<16xf32>
}
