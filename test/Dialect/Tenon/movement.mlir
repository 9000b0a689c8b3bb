// RUN: tenon-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @transpose_of_transpose
// CHECK-NEXT: tenon.transpose %arg0 [2, 1, 0]
// CHECK-NEXT: return
func.func @transpose_of_transpose(%x: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = tenon.transpose %x [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  %1 = tenon.transpose %0 [0, 2, 1] : tensor<4x2x3xf32> -> tensor<4x3x2xf32>
  return %1 : tensor<4x3x2xf32>
}

// CHECK-LABEL: @identities
// CHECK-NEXT: return %arg0
func.func @identities(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = tenon.transpose %x [0, 1] : tensor<2x3xf32> -> tensor<2x3xf32>
  %1 = tenon.slice %0 starts <[0, 0]> : tensor<2x3xf32> -> tensor<2x3xf32>
  %2 = tenon.pad %1 low <[0, 0]> high <[0, 0]> : tensor<2x3xf32> -> tensor<2x3xf32>
  %3 = tenon.broadcast %2 : tensor<2x3xf32> -> tensor<2x3xf32>
  %4 = tenon.concat %3 {axis = 0} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = tenon.tile %4 repeats <[1, 1]> : tensor<2x3xf32> -> tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// CHECK-LABEL: @slice_of_slice
// CHECK-NEXT: tenon.slice %arg0 starts <[s - 3]> steps [-2]
// CHECK-NEXT: return
func.func @slice_of_slice(%x: tensor<?xf32, #tenon.dims<[s]>>) -> tensor<2xf32> {
  %0 = tenon.slice %x starts <[s - 1]> steps [-1] : tensor<?xf32, #tenon.dims<[s]>> -> tensor<8xf32>
  %1 = tenon.slice %0 starts <[2]> steps [2] : tensor<8xf32> -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// CHECK-LABEL: @constants_move
// CHECK-NEXT: %[[T:.*]] = tenon.constant dense<{{\[\[}}5, 4], [7, 6]]> : tensor<2x2xi64>
// CHECK-NEXT: return %[[T]]
func.func @constants_move() -> tensor<2x2xi64> {
  %0 = tenon.constant dense<[[4, 6], [5, 7]]> : tensor<2x2xi64>
  %1 = tenon.transpose %0 [1, 0] : tensor<2x2xi64> -> tensor<2x2xi64>
  %2 = tenon.slice %1 starts <[0, 1]> steps [1, -1] : tensor<2x2xi64> -> tensor<2x2xi64>
  return %2 : tensor<2x2xi64>
}

// CHECK-LABEL: @constants_meet
// CHECK: tenon.constant dense<[1, 1, 2, 3]> : tensor<4xi64>
func.func @constants_meet() -> tensor<4xi64> {
  %0 = tenon.constant dense<1> : tensor<1xi64>
  %1 = tenon.constant dense<[2, 3]> : tensor<2xi64>
  %2 = tenon.broadcast %0 : tensor<1xi64> -> tensor<2xi64>
  %3 = tenon.concat %2, %1 {axis = 0} : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
  return %3 : tensor<4xi64>
}

// CHECK-LABEL: @dynamic_slice
// CHECK-NEXT: tenon.slice %arg0 starts <[0, 3]>
func.func @dynamic_slice(%x: tensor<2x8xf32>) -> tensor<2x5xf32> {
  %starts = tenon.constant dense<[-2, 7]> : tensor<2xi64>
  %0 = tenon.dynamic_slice %x starts %starts : (tensor<2x8xf32>, tensor<2xi64>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}
