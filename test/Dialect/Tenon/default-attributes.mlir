// RUN: tenon-opt %s | FileCheck %s
// RUN: tenon-opt --mlir-print-op-generic %s | FileCheck %s --check-prefix=GENERIC
// RUN: tenon-opt --mlir-print-op-generic %s | tenon-opt | FileCheck %s

// Text says what differs from the defaults, and the op has all.

// CHECK-LABEL: @all
// CHECK-NEXT: tenon.conv %{{.*}}, %{{.*}} : (
// CHECK-NEXT: tenon.conv_transpose %{{.*}}, %{{.*}} : (
// CHECK-NEXT: tenon.pool sum %{{.*}} window [2, 2] : tensor
// CHECK-NEXT: tenon.max_pool_with_indices %{{.*}} window [2, 2] : tensor
// CHECK-NEXT: tenon.slice %{{.*}} starts <[0, 0, 1, 1]> : tensor
// CHECK-NEXT: tenon.top_k %{{.*}} k <[1]> {axis = 3 : i64} :
// GENERIC-LABEL: sym_name = "all"
// GENERIC: "tenon.conv"({{.*}}<{dilations = array<i64: 1, 1>, groups = 1 : i64, input_dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>}>
// GENERIC: "tenon.conv_transpose"({{.*}}<{dilations = array<i64: 1, 1>, groups = 1 : i64, output_pads = array<i64: 0, 0>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>}>
// GENERIC: "tenon.pool"({{.*}}dilations = array<i64: 1, 1>,{{.*}}pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>
// GENERIC: "tenon.max_pool_with_indices"({{.*}}dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>
// GENERIC: "tenon.slice"({{.*}}steps = array<i64: 1, 1, 1, 1>
// GENERIC: "tenon.top_k"({{.*}}largest = true
func.func @all(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x3x3xf32>) {
  %0 = tenon.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<1x2x2x2xf32>
  %1 = tenon.conv_transpose %x, %w {pads = array<i64: 0, 0, 0, 0>} : (tensor<1x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<1x2x6x6xf32>
  %2 = tenon.pool sum %x window [2, 2] : tensor<1x2x4x4xf32> -> tensor<1x2x3x3xf32>
  %3:2 = tenon.max_pool_with_indices %x window [2, 2] : tensor<1x2x4x4xf32> -> tensor<1x2x3x3xf32>, tensor<1x2x3x3xi64>
  %4 = tenon.slice %x starts <[0, 0, 1, 1]> steps [1, 1, 1, 1] : tensor<1x2x4x4xf32> -> tensor<1x2x3x3xf32>
  %5:2 = tenon.top_k %x k <[1]> {axis = 3 : i64, largest = true} : tensor<1x2x4x4xf32> -> tensor<1x2x4x1xf32>, tensor<1x2x4x1xi64>
  return
}

// CHECK-LABEL: @none
// CHECK-NEXT: tenon.conv %{{.*}}, %{{.*}} {dilations = array<i64: 1, 2>, groups = 2 : i64, input_dilations = array<i64: 2, 1>, pads = array<i64: 0, 0, 0, 1>, strides = array<i64: 2, 1>} : (
// CHECK-NEXT: tenon.pool sum %{{.*}} window [2, 2] {channels_last, strides = array<i64: 2, 1>} : tensor
// CHECK-NEXT: tenon.slice %{{.*}} starts <[0, 0, 3, 1]> steps [1, 1, -1, 1] : tensor
func.func @none(%x: tensor<1x2x4x4xf32>, %w: tensor<2x1x3x2xf32>) {
  %0 = tenon.conv %x, %w {dilations = array<i64: 1, 2>, groups = 2 : i64, input_dilations = array<i64: 2, 1>, pads = array<i64: 0, 0, 0, 1>, strides = array<i64: 2, 1>} : (tensor<1x2x4x4xf32>, tensor<2x1x3x2xf32>) -> tensor<1x2x3x3xf32>
  %1 = tenon.pool sum %x window [2, 2] {channels_last, strides = array<i64: 2, 1>} : tensor<1x2x4x4xf32> -> tensor<1x1x3x4xf32>
  %2 = tenon.slice %x starts <[0, 0, 3, 1]> steps [1, 1, -1, 1] : tensor<1x2x4x4xf32> -> tensor<1x2x4x3xf32>
  return
}
