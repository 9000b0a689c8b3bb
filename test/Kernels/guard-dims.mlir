// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-guard-dims))' | FileCheck %s

// What a slice reads lies inside of its operand; what the formulas say anyway is not asked.
// CHECK-LABEL: @slices
// CHECK-NEXT: tenon.dim_guard ge <[s, 5]>
// CHECK-NEXT: tenon.dim_guard ge <[16, s]>
// CHECK-NEXT: tenon.slice
func.func @slices(%x: tensor<?xf32, #tenon.dims<[s]>>, %table: tensor<16xf32>) -> (tensor<5xf32>, tensor<?xf32, #tenon.dims<[s]>>, tensor<?xf32, #tenon.dims<[s]>>) {
  %0 = tenon.slice %x starts <[0]> : tensor<?xf32, #tenon.dims<[s]>> -> tensor<5xf32>
  %1 = tenon.slice %table starts <[0]> : tensor<16xf32> -> tensor<?xf32, #tenon.dims<[s]>>
  %2 = tenon.slice %x starts <[s - 1]> steps [-1] : tensor<?xf32, #tenon.dims<[s]>> -> tensor<?xf32, #tenon.dims<[s]>>
  return %0, %1, %2 : tensor<5xf32>, tensor<?xf32, #tenon.dims<[s]>>, tensor<?xf32, #tenon.dims<[s]>>
}

// -----

// CHECK-LABEL: @equal
// CHECK-NEXT: tenon.dim_guard eq <[t, s]>
// CHECK-NEXT: tenon.dim_guard eq <[s mod 4, 0]>
// CHECK-NOT: tenon.dim_guard
func.func @equal(%x: tensor<?x1xf32, #tenon.dims<[s]>>, %y: tensor<?x8xf32, #tenon.dims<[t]>>) -> tensor<?x4xf32, #tenon.dims<[s floordiv 4]>> {
  %0 = tenon.add %x, %y : (tensor<?x1xf32, #tenon.dims<[s]>>, tensor<?x8xf32, #tenon.dims<[t]>>) -> tensor<?x8xf32, #tenon.dims<[s]>>
  %1 = tenon.reshape %x : tensor<?x1xf32, #tenon.dims<[s]>> -> tensor<?x4xf32, #tenon.dims<[s floordiv 4]>>
  return %1 : tensor<?x4xf32, #tenon.dims<[s floordiv 4]>>
}

// -----

// A window that fits: division in formulas truncates.
// CHECK-LABEL: @window
// CHECK-NEXT: tenon.dim_guard ge <[h, 3]>
// CHECK-NOT: tenon.dim_guard
func.func @window(%x: tensor<1x8x?xf32, #tenon.dims<[h]>>) -> tensor<1x8x?xf32, #tenon.dims<[(h - 3) floordiv 2 + 1]>> {
  %0 = tenon.pool maximum %x window [3] {strides = array<i64: 2>}
    : tensor<1x8x?xf32, #tenon.dims<[h]>> -> tensor<1x8x?xf32, #tenon.dims<[(h - 3) floordiv 2 + 1]>>
  return %0 : tensor<1x8x?xf32, #tenon.dims<[(h - 3) floordiv 2 + 1]>>
}

// -----

// CHECK-LABEL: @branches
// CHECK-NOT: tenon.dim_guard
func.func @branches(%c: tensor<i1>, %x: tensor<?xf32, #tenon.dims<[s]>>, %y: tensor<5xf32>) -> tensor<5xf32> {
  %0 = tenon.if %c : tensor<i1> -> tensor<5xf32> {
    %1 = tenon.slice %x starts <[0]> : tensor<?xf32, #tenon.dims<[s]>> -> tensor<5xf32>
    tenon.yield %1 : tensor<5xf32>
  } else {
    tenon.yield %y : tensor<5xf32>
  }
  return %0 : tensor<5xf32>
}

// -----

// CHECK-LABEL: @largest
// CHECK-NEXT: tenon.dim_guard ge <[s, 5]>
func.func @largest(%x: tensor<?xf32, #tenon.dims<[s]>>) -> tensor<5xf32> {
  %0, %1 = tenon.top_k %x k <[5]> {axis = 0 : i64, largest = true} : tensor<?xf32, #tenon.dims<[s]>> -> tensor<5xf32>, tensor<5xi64>
  return %0 : tensor<5xf32>
}
