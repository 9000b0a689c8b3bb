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
