// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-widen-convs{cpu=x86-64-v3}))' | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-widen-convs{cpu=x86-64-v4}))' | FileCheck %s --check-prefixes=CHECK,AVX512

// Several results of a row at once (as many as a vector holds): their weights stand side by side, each a stride further in the window.
// CHECK-LABEL: @one_channel
// CHECK-SAME: (%[[X:.*]]: tensor<?x34x34x16xf32
func.func @one_channel(%x: tensor<?x34x34x16xf32, #tenon.dims<[b]>>) -> tensor<?x32x32x1xf32, #tenon.dims<[b]>> {
  // CHECK: %[[W:.*]] = tenon.constant
  // CHECK: %[[FIRST:.*]] = tenon.pad %[[W]] low <[0, 0, 0, 0]> high <[0, [[LAST:[0-9]+]], 0, 0]>
  // CHECK: tenon.pad %[[W]] low <[0, 1, 0, 0]> high
  // CHECK: tenon.pad %[[W]] low <[0, [[LAST]], 0, 0]> high <[0, 0, 0, 0]>
  // CHECK: %[[WIDE:.*]] = tenon.concat %[[FIRST]], {{.*}} {axis = 3 : i64}
  // AVX2: %[[Y:.*]] = tenon.conv %[[X]], %[[WIDE]] {{.*}} strides = array<i64: 1, 8>
  // AVX512: %[[Y:.*]] = tenon.conv %[[X]], %[[WIDE]] {{.*}} strides = array<i64: 1, 16>
  // CHECK: %[[R:.*]] = tenon.reshape %[[Y]] : {{.*}} -> tensor<?x32x32x1xf32
  // CHECK: return %[[R]]
  %w = tenon.constant dense<2.5> : tensor<3x3x16x1xf32>
  %0 = tenon.conv %x, %w {channels_last} : (tensor<?x34x34x16xf32, #tenon.dims<[b]>>, tensor<3x3x16x1xf32>) -> tensor<?x32x32x1xf32, #tenon.dims<[b]>>
  return %0 : tensor<?x32x32x1xf32, #tenon.dims<[b]>>
}

// Rows that no number of results divides, and windows of one element, which grow as much as the results: nothing is gained.
// CHECK-LABEL: @left_alone
func.func @left_alone(%x: tensor<1x21x21x16xf32>, %w: tensor<3x3x16x1xf32>) -> (tensor<1x19x19x1xf32>, tensor<1x21x21x1xf32>, tensor<1x21x21x1xf32>) {
  // CHECK-NOT: tenon.reshape
  // CHECK: return
  %w3 = tenon.constant dense<2.5> : tensor<3x3x16x1xf32>
  %w1 = tenon.constant dense<2.5> : tensor<1x1x16x1xf32>
  %0 = tenon.conv %x, %w3 {channels_last} : (tensor<1x21x21x16xf32>, tensor<3x3x16x1xf32>) -> tensor<1x19x19x1xf32>
  %1 = tenon.conv %x, %w1 {channels_last} : (tensor<1x21x21x16xf32>, tensor<1x1x16x1xf32>) -> tensor<1x21x21x1xf32>
  // weights that training changes would be joined in every step
  %2 = tenon.conv %x, %w {channels_last, pads = array<i64: 1, 1, 1, 1>} : (tensor<1x21x21x16xf32>, tensor<3x3x16x1xf32>) -> tensor<1x21x21x1xf32>
  return %0, %1, %2 : tensor<1x19x19x1xf32>, tensor<1x21x21x1xf32>, tensor<1x21x21x1xf32>
}
