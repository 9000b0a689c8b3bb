// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-split-conv-phases))' | FileCheck %s

// A window as large as the stride: the phases meet the same elements, and become channels. Two rows of the result are one of the input.
// CHECK-LABEL: @window_of_stride
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x4x8xf32>, %[[W:.*]]: tensor<2x2x8x6xf32>)
func.func @window_of_stride(%x: tensor<1x4x4x8xf32>, %w: tensor<2x2x8x6xf32>) -> tensor<1x8x8x6xf32> {
  // CHECK: %[[A:.*]] = tenon.slice %[[W]] starts <[1, 1, 0, 0]> steps [2, 2, 1, 1] : tensor<2x2x8x6xf32> -> tensor<1x1x8x6xf32>
  // CHECK: %[[B:.*]] = tenon.slice %[[W]] starts <[1, 0, 0, 0]>
  // CHECK: %[[C:.*]] = tenon.slice %[[W]] starts <[0, 1, 0, 0]>
  // CHECK: %[[D:.*]] = tenon.slice %[[W]] starts <[0, 0, 0, 0]>
  // CHECK: %[[ALL:.*]] = tenon.concat %[[A]], %[[B]], %[[C]], %[[D]] {axis = 3 : i64}
  // CHECK: %[[Y:.*]] = tenon.conv %[[X]], %[[ALL]] {channels_last} : (tensor<1x4x4x8xf32>, tensor<1x1x8x24xf32>) -> tensor<1x4x4x24xf32>
  // CHECK: %[[P:.*]] = tenon.reshape %[[Y]] : tensor<1x4x4x24xf32> -> tensor<1x4x4x2x2x6xf32>
  // CHECK: %[[T:.*]] = tenon.transpose %[[P]] [0, 1, 3, 2, 4, 5]
  // CHECK: tenon.reshape %[[T]] : tensor<1x4x2x4x2x6xf32> -> tensor<1x8x8x6xf32>
  %0 = tenon.conv %x, %w {channels_last, pads = array<i64: 1, 1, 1, 1>, input_dilations = array<i64: 2, 2>} : (tensor<1x4x4x8xf32>, tensor<2x2x8x6xf32>) -> tensor<1x8x8x6xf32>
  return %0 : tensor<1x8x8x6xf32>
}

// Of three weights the even results meet the middle one, the odd ones the others. The last odd one is too many.
// CHECK-LABEL: @window_of_three
// CHECK-SAME: (%[[X:.*]]: tensor<1x8x?xf32, #tenon.dims<[s]>>, %[[W:.*]]: tensor<6x8x3xf32>)
func.func @window_of_three(%x: tensor<1x8x?xf32, #tenon.dims<[s]>>, %w: tensor<6x8x3xf32>) -> tensor<1x6x?xf32, #tenon.dims<[s * 2 - 1]>> {
  // CHECK: %[[W0:.*]] = tenon.slice %[[W]] starts <[0, 0, 1]> steps [1, 1, 2] : tensor<6x8x3xf32> -> tensor<6x8x1xf32>
  // CHECK: %[[Y0:.*]] = tenon.conv %[[X]], %[[W0]] : {{.*}} -> tensor<1x6x?xf32, #tenon.dims<[s]>>
  // CHECK: %[[E0:.*]] = tenon.reshape %[[Y0]] : {{.*}} -> tensor<1x6x?x1xf32, #tenon.dims<[s]>>
  // CHECK: %[[W1:.*]] = tenon.slice %[[W]] starts <[0, 0, 0]> steps [1, 1, 2] : tensor<6x8x3xf32> -> tensor<6x8x2xf32>
  // CHECK: %[[Y1:.*]] = tenon.conv %[[X]], %[[W1]] {{{.*}}pads = array<i64: 0, 1>{{.*}} -> tensor<1x6x?xf32, #tenon.dims<[s]>>
  // CHECK: %[[E1:.*]] = tenon.reshape %[[Y1]]
  // CHECK: %[[BOTH:.*]] = tenon.concat %[[E0]], %[[E1]] {axis = 3 : i64}
  // CHECK: %[[R:.*]] = tenon.reshape %[[BOTH]] : {{.*}} -> tensor<1x6x?xf32, #tenon.dims<[s * 2]>>
  // CHECK: tenon.slice %[[R]] starts <[0, 0, 0]> : {{.*}} -> tensor<1x6x?xf32, #tenon.dims<[s * 2 - 1]>>
  %0 = tenon.conv %x, %w {pads = array<i64: 1, 1>, input_dilations = array<i64: 2>} : (tensor<1x8x?xf32, #tenon.dims<[s]>>, tensor<6x8x3xf32>) -> tensor<1x6x?xf32, #tenon.dims<[s * 2 - 1]>>
  return %0 : tensor<1x6x?xf32, #tenon.dims<[s * 2 - 1]>>
}

// The gradient of a 1x1 convolution of stride 2: results that meet no element are zeros.
// CHECK-LABEL: @window_of_one
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x8xf32>, %[[W:.*]]: tensor<1x8x6xf32>)
func.func @window_of_one(%x: tensor<1x4x8xf32>, %w: tensor<1x8x6xf32>) -> tensor<1x8x6xf32> {
  // CHECK: %[[Y:.*]] = tenon.conv %[[X]], %{{.*}} -> tensor<1x4x6xf32>
  // CHECK: %[[E:.*]] = tenon.reshape %[[Y]] : tensor<1x4x6xf32> -> tensor<1x4x1x6xf32>
  // CHECK: %[[Z:.*]] = tenon.broadcast %{{.*}} : tensor<f32> -> tensor<1x4x1x6xf32>
  // CHECK: tenon.concat %[[E]], %[[Z]] {axis = 2 : i64}
  %0 = tenon.conv %x, %w {channels_last, pads = array<i64: 0, 1>, input_dilations = array<i64: 2>} : (tensor<1x4x8xf32>, tensor<1x8x6xf32>) -> tensor<1x8x6xf32>
  return %0 : tensor<1x8x6xf32>
}

// A stride that is the dilation of the input skips the zeros by itself. No window reaches the last element.
// CHECK-LABEL: @stride_of_dilation
func.func @stride_of_dilation(%x: tensor<1x4x8xf32>, %w: tensor<4x8x6xf32>) -> tensor<1x2x6xf32> {
  // CHECK: tenon.slice %{{.*}} starts <[0, 0, 0]> steps [2, 1, 1] : tensor<4x8x6xf32> -> tensor<2x8x6xf32>
  // CHECK: tenon.slice %{{.*}} starts <[0, 0, 0]> : tensor<1x4x8xf32> -> tensor<1x3x8xf32>
  // CHECK: tenon.conv %{{.*}}, %{{.*}} {channels_last} : (tensor<1x3x8xf32>, tensor<2x8x6xf32>) -> tensor<1x2x6xf32>
  %0 = tenon.conv %x, %w {channels_last, strides = array<i64: 2>, input_dilations = array<i64: 2>} : (tensor<1x4x8xf32>, tensor<4x8x6xf32>) -> tensor<1x2x6xf32>
  return %0 : tensor<1x2x6xf32>
}

// So many phases are channels in any case; one window of three elements holds the two of each.
// CHECK-LABEL: @many_phases
func.func @many_phases(%x: tensor<1x4x2xf32>, %w: tensor<64x2x3xf32>) -> tensor<1x128x3xf32> {
  // CHECK: tenon.pad {{.*}} low <[0, 0, 0]> high <[1, 0, 0]>
  // CHECK: tenon.pad {{.*}} low <[1, 0, 0]> high <[0, 0, 0]>
  // CHECK: tenon.conv {{.*}} : (tensor<1x4x2xf32>, tensor<3x2x96xf32>) -> tensor<1x4x96xf32>
  // CHECK: tenon.reshape %{{.*}} -> tensor<1x4x32x3xf32>
  %0 = tenon.conv %x, %w {channels_last, pads = array<i64: 47, 47>, input_dilations = array<i64: 32>} : (tensor<1x4x2xf32>, tensor<64x2x3xf32>) -> tensor<1x128x3xf32>
  return %0 : tensor<1x128x3xf32>
}

// CHECK-LABEL: @undilated
func.func @undilated(%x: tensor<1x4x8xf32>, %w: tensor<1x8x6xf32>) -> tensor<1x4x6xf32> {
  // CHECK-NEXT: tenon.conv
  // CHECK-NEXT: return
  %0 = tenon.conv %x, %w {channels_last} : (tensor<1x4x8xf32>, tensor<1x8x6xf32>) -> tensor<1x4x6xf32>
  return %0 : tensor<1x4x6xf32>
}
