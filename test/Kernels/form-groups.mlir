// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-form-groups))' | FileCheck %s

// A chain of elementwise ops is one kernel; small constants are copied into it, other values are its inputs.
// CHECK-LABEL: @chain
func.func @chain(%x: tensor<4x8xf32>, %bias: tensor<8xf32>) -> tensor<4x8xf32> {
  // CHECK: tenon.group (%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}}) :
  // CHECK-NEXT: tenon.constant dense<2.0
  // CHECK-NEXT: tenon.add %[[A]], %[[B]]
  // CHECK-NEXT: tenon.exp
  // CHECK-NEXT: tenon.maximum
  // CHECK-NEXT: tenon.yield
  %c = tenon.constant dense<2.0> : tensor<8xf32>
  %0 = tenon.add %x, %bias : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %1 = tenon.exp %0 : tensor<4x8xf32> -> tensor<4x8xf32>
  %2 = tenon.maximum %1, %c : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// A value with another use is computed once, by a kernel of its own.
// CHECK-LABEL: @two_uses
func.func @two_uses(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  // CHECK: %[[E:.*]] = tenon.group
  // CHECK: tenon.group (%{{.*}} = %[[E]])
  %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32>
  %1 = tenon.exp %0 : tensor<8xf32> -> tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

// A norm that its exporter took apart is one kernel: rows, what is reduced to one element of a row, and what follows for either.
// CHECK-LABEL: @layer_norm
func.func @layer_norm(%x: tensor<32x64xf32>, %scale: tensor<64xf32>) -> tensor<32x64xf32> {
  // CHECK-COUNT-1: tenon.group
  // CHECK: tenon.reduce
  // CHECK: tenon.sub
  // CHECK: tenon.mul
  // CHECK: tenon.reduce
  // CHECK: tenon.rsqrt
  // CHECK: tenon.mul
  // CHECK-NOT: tenon.group
  // CHECK: return
  %0 = tenon.reduce mean %x axes [1] {keep_dims} : tensor<32x64xf32> -> tensor<32x1xf32>
  %1 = tenon.sub %x, %0 : (tensor<32x64xf32>, tensor<32x1xf32>) -> tensor<32x64xf32>
  %2 = tenon.mul %1, %1 : (tensor<32x64xf32>, tensor<32x64xf32>) -> tensor<32x64xf32>
  %3 = tenon.reduce mean %2 axes [1] {keep_dims} : tensor<32x64xf32> -> tensor<32x1xf32>
  %4 = tenon.rsqrt %3 : tensor<32x1xf32> -> tensor<32x1xf32>
  %5 = tenon.mul %1, %4 : (tensor<32x64xf32>, tensor<32x1xf32>) -> tensor<32x64xf32>
  %6 = tenon.mul %5, %scale : (tensor<32x64xf32>, tensor<64xf32>) -> tensor<32x64xf32>
  return %6 : tensor<32x64xf32>
}

// The mean of an image, dimension by dimension, in the tile of its channel.
// CHECK-LABEL: @nested_rows
func.func @nested_rows(%x: tensor<2x16x8x8xf32>) -> tensor<2x16x8x8xf32> {
  // CHECK-COUNT-1: tenon.group
  // CHECK-NOT: tenon.group
  // CHECK: return
  %0 = tenon.reduce mean %x axes [3] {keep_dims} : tensor<2x16x8x8xf32> -> tensor<2x16x8x1xf32>
  %1 = tenon.reduce mean %0 axes [2] {keep_dims} : tensor<2x16x8x1xf32> -> tensor<2x16x1x1xf32>
  %2 = tenon.sub %x, %1 : (tensor<2x16x8x8xf32>, tensor<2x16x1x1xf32>) -> tensor<2x16x8x8xf32>
  return %2 : tensor<2x16x8x8xf32>
}

// Before other dimensions are reduced, elementwise ops run on what is read; a cheap one does so in each kernel that reads its result. What
// follows waits for all of it.
// CHECK-LABEL: @channels_last_norm
// CHECK-SAME: (%[[X:.*]]: tensor<2x8x8x16xf32>, %[[M:.*]]: tensor<2x1x1x16xf32>)
func.func @channels_last_norm(%x: tensor<2x8x8x16xf32>, %mean: tensor<2x1x1x16xf32>) -> tensor<2x8x8x16xf32> {
  // CHECK: %[[V:.*]] = tenon.group (%{{.*}} = %[[X]], %{{.*}} = %[[M]])
  // CHECK-NEXT: tenon.sub
  // CHECK-NEXT: tenon.mul
  // CHECK-NEXT: tenon.reduce
  // CHECK: tenon.group (%{{.*}} = %[[X]], %{{.*}} = %[[M]], %{{.*}} = %[[V]])
  // CHECK-NEXT: tenon.sub
  // CHECK-NEXT: tenon.div
  // CHECK-NOT: tenon.group
  // CHECK: return
  %0 = tenon.sub %x, %mean : (tensor<2x8x8x16xf32>, tensor<2x1x1x16xf32>) -> tensor<2x8x8x16xf32>
  %1 = tenon.mul %0, %0 : (tensor<2x8x8x16xf32>, tensor<2x8x8x16xf32>) -> tensor<2x8x8x16xf32>
  %2 = tenon.reduce mean %1 axes [1, 2] {keep_dims} : tensor<2x8x8x16xf32> -> tensor<2x1x1x16xf32>
  %3 = tenon.div %0, %2 : (tensor<2x8x8x16xf32>, tensor<2x1x1x16xf32>) -> tensor<2x8x8x16xf32>
  return %3 : tensor<2x8x8x16xf32>
}

// What is cheap is asked of the scalar functions: a sign takes four simple operations, a root is not repeated.
// CHECK-LABEL: @cheap_sign
// CHECK-COUNT-2: tenon.sign
// CHECK: return
func.func @cheap_sign(%x: tensor<2x8x8x16xf32>) -> (tensor<2x1x1x16xf32>, tensor<2x8x1x16xf32>) {
  %0 = tenon.sign %x : tensor<2x8x8x16xf32> -> tensor<2x8x8x16xf32>
  %1 = tenon.reduce mean %0 axes [1, 2] {keep_dims} : tensor<2x8x8x16xf32> -> tensor<2x1x1x16xf32>
  %2 = tenon.reduce mean %0 axes [2] {keep_dims} : tensor<2x8x8x16xf32> -> tensor<2x8x1x16xf32>
  return %1, %2 : tensor<2x1x1x16xf32>, tensor<2x8x1x16xf32>
}
// CHECK-LABEL: @dear_root
// CHECK-COUNT-1: tenon.sqrt
// CHECK-NOT: tenon.sqrt
// CHECK: return
func.func @dear_root(%x: tensor<2x8x8x16xf32>) -> (tensor<2x1x1x16xf32>, tensor<2x8x1x16xf32>) {
  %0 = tenon.sqrt %x : tensor<2x8x8x16xf32> -> tensor<2x8x8x16xf32>
  %1 = tenon.reduce mean %0 axes [1, 2] {keep_dims} : tensor<2x8x8x16xf32> -> tensor<2x1x1x16xf32>
  %2 = tenon.reduce mean %0 axes [2] {keep_dims} : tensor<2x8x8x16xf32> -> tensor<2x8x1x16xf32>
  return %1, %2 : tensor<2x1x1x16xf32>, tensor<2x8x1x16xf32>
}

// One number from a large tensor is one piece of work: what it is the sum of is computed before, by all threads.
// CHECK-LABEL: @loss
func.func @loss(%x: tensor<1024x512xf32>) -> tensor<f32> {
  // CHECK: tenon.group
  // CHECK-NEXT: tenon.exp
  // CHECK: tenon.group
  // CHECK-NEXT: tenon.reduce
  %0 = tenon.exp %x : tensor<1024x512xf32> -> tensor<1024x512xf32>
  %1 = tenon.reduce sum %0 axes [0, 1] : tensor<1024x512xf32> -> tensor<f32>
  return %1 : tensor<f32>
}

// A concatenation of many is one of concatenations.
// CHECK-LABEL: @many_pieces
// CHECK: %[[A:.*]] = tenon.group {{.*}} -> tensor<32x8xf32>
// CHECK-NEXT: tenon.concat
// CHECK: tenon.group {{.*}}%[[A]],{{.*}} -> tensor<34x8xf32>
// CHECK-NEXT: tenon.concat %{{[a-z0-9]*}}, %{{[a-z0-9]*}} {axis = 0 : i64}
func.func @many_pieces(%x: tensor<1x8xf32>) -> tensor<34x8xf32> {
  %0 = tenon.concat %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x {axis = 0 : i64}
    : (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<34x8xf32>
  return %0 : tensor<34x8xf32>
}
