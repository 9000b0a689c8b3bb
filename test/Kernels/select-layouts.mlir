// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-select-layouts))' | FileCheck %s

// CHECK-DAG: #[[QMAP:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// CHECK-DAG: #[[KMAP:.*]] = affine_map<(d0, d1, d2, d3) -> (d2, d0, d3)>
// CHECK-DAG: #[[SMAP:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d0, d2)>

// The transposes between two convolutions sink through what is between them, and cancel.
// CHECK-LABEL: @residual_block
// CHECK-SAME: (%[[X:.*]]: tensor<1x16x8x8xf32>, %[[W:.*]]: tensor<16x16x3x3xf32>
func.func @residual_block(%x: tensor<1x16x8x8xf32>, %w: tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32> {
  // CHECK-DAG: %[[LAST:.*]] = tenon.transpose %[[X]] [0, 2, 3, 1]
  // CHECK-DAG: tenon.transpose %[[W]] [2, 3, 1, 0]
  // CHECK: %[[A:.*]] = tenon.conv %[[LAST]], %{{.*}} {channels_last
  // CHECK: %[[R:.*]] = tenon.relu %[[A]] : tensor<1x8x8x16xf32>
  // CHECK: %[[B:.*]] = tenon.conv %[[R]], %{{.*}} {channels_last
  // CHECK: %[[S:.*]] = tenon.add %[[B]], %[[R]]
  // CHECK: %[[Y:.*]] = tenon.transpose %[[S]] [0, 3, 1, 2]
  // CHECK: return %[[Y]]
  %0 = tenon.conv %x, %w {pads = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32>
  %1 = tenon.relu %0 : tensor<1x16x8x8xf32> -> tensor<1x16x8x8xf32>
  %2 = tenon.conv %1, %w {pads = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<1x16x8x8xf32>
  %3 = tenon.add %2, %1 : (tensor<1x16x8x8xf32>, tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  return %3 : tensor<1x16x8x8xf32>
}

// The mean over the image needs no transpose after it.
// CHECK-LABEL: @global_mean
func.func @global_mean(%x: tensor<1x8x8x16xf32>) -> tensor<1x16xf32> {
  // CHECK: tenon.relu %{{.*}} : tensor<1x8x8x16xf32>
  // CHECK: tenon.reduce{{ +}}mean %{{.*}} axes [1, 2] : tensor<1x8x8x16xf32> -> tensor<1x16xf32>
  // CHECK-NOT: tenon.transpose
  // CHECK: return
  %0 = tenon.transpose %x [0, 3, 1, 2] : tensor<1x8x8x16xf32> -> tensor<1x16x8x8xf32>
  %1 = tenon.relu %0 : tensor<1x16x8x8xf32> -> tensor<1x16x8x8xf32>
  %3 = tenon.reduce mean %1 axes [2, 3] : tensor<1x16x8x8xf32> -> tensor<1x16xf32>
  return %3 : tensor<1x16xf32>
}

// Transposes around a product are other indexing maps: keys of [sequence, heads, width] are read where they lie, and so are results stored.
// CHECK-LABEL: @scores
// CHECK-SAME: (%[[Q:.*]]: tensor<12x5x64xf32>, %[[K:.*]]: tensor<9x12x64xf32>)
func.func @scores(%q: tensor<12x5x64xf32>, %k: tensor<9x12x64xf32>) -> tensor<5x12x9xf32> {
  // CHECK-NEXT: %[[S:.*]] = tenon.contract %[[Q]], %[[K]] {indexing_maps = [#[[QMAP]], #[[KMAP]], #[[SMAP]]]} : (tensor<12x5x64xf32>, tensor<9x12x64xf32>) -> tensor<5x12x9xf32>
  // CHECK-NEXT: return %[[S]]
  %0 = tenon.transpose %k [1, 2, 0] : tensor<9x12x64xf32> -> tensor<12x64x9xf32>
  %1 = tenon.contract %q, %0 {indexing_maps = [affine_map<(h, m, n, k) -> (h, m, k)>, affine_map<(h, m, n, k) -> (h, k, n)>, affine_map<(h, m, n, k) -> (h, m, n)>]} : (tensor<12x5x64xf32>, tensor<12x64x9xf32>) -> tensor<12x5x9xf32>
  %2 = tenon.transpose %1 [1, 0, 2] : tensor<12x5x9xf32> -> tensor<5x12x9xf32>
  return %2 : tensor<5x12x9xf32>
}

// Neither columns nor terms lie side by side in the heads, nor would results be stored as vectors.
// CHECK-LABEL: @torn
func.func @torn(%a: tensor<12x5x64xf32>, %b: tensor<64x9x12xf32>) -> tensor<12x9x5xf32> {
  // CHECK-NEXT: tenon.transpose
  // CHECK-NEXT: tenon.contract
  // CHECK-NEXT: tenon.transpose
  %0 = tenon.transpose %b [2, 0, 1] : tensor<64x9x12xf32> -> tensor<12x64x9xf32>
  %1 = tenon.contract %a, %0 {indexing_maps = [affine_map<(h, m, n, k) -> (h, m, k)>, affine_map<(h, m, n, k) -> (h, k, n)>, affine_map<(h, m, n, k) -> (h, m, n)>]} : (tensor<12x5x64xf32>, tensor<12x64x9xf32>) -> tensor<12x5x9xf32>
  %2 = tenon.transpose %1 [0, 2, 1] : tensor<12x5x9xf32> -> tensor<12x9x5xf32>
  return %2 : tensor<12x9x5xf32>
}

// A crop moves no element of a row: what it leaves is transposed, not what it reads.
// CHECK-LABEL: @crop
// CHECK-SAME: (%[[X:.*]]: tensor<2x8x8x16xf32>)
// CHECK: %[[C:.*]] = tenon.slice %[[X]] starts <[0, 1, 1, 0]> : tensor<2x8x8x16xf32> -> tensor<2x6x6x16xf32>
// CHECK-NEXT: tenon.transpose %[[C]] [0, 3, 1, 2]
// CHECK-NOT: tenon.transpose
// CHECK: return
func.func @crop(%x: tensor<2x8x8x16xf32>) -> tensor<2x16x6x6xf32> {
  %0 = tenon.transpose %x [0, 3, 1, 2] : tensor<2x8x8x16xf32> -> tensor<2x16x8x8xf32>
  %1 = tenon.slice %0 starts <[0, 0, 1, 1]> : tensor<2x16x8x8xf32> -> tensor<2x16x6x6xf32>
  %2 = tenon.reduce mean %1 axes [2, 3] {keep_dims} : tensor<2x16x6x6xf32> -> tensor<2x16x1x1xf32>
  %3 = tenon.sub %1, %2 : (tensor<2x16x6x6xf32>, tensor<2x16x1x1xf32>) -> tensor<2x16x6x6xf32>
  return %3 : tensor<2x16x6x6xf32>
}

// Resizing takes images with the channels behind, as pooling does.
// CHECK-LABEL: @resize
// CHECK: tenon.conv {{.*}} -> tensor<1x4x4x16xf32>
// CHECK-NEXT: tenon.resize linear half_pixel %{{.*}} scales [0.000000e+00, 2.000000e+00, 2.000000e+00, 0.000000e+00] : tensor<1x4x4x16xf32> -> tensor<1x8x8x16xf32>
// CHECK-NEXT: tenon.conv
func.func @resize(%x: tensor<1x16x4x4xf32>, %w: tensor<16x16x1x1xf32>) -> tensor<1x16x8x8xf32> {
  %0 = tenon.conv %x, %w : (tensor<1x16x4x4xf32>, tensor<16x16x1x1xf32>) -> tensor<1x16x4x4xf32>
  %1 = tenon.resize linear half_pixel %0 scales [0.0, 0.0, 2.0, 2.0] : tensor<1x16x4x4xf32> -> tensor<1x16x8x8xf32>
  %2 = tenon.conv %1, %w : (tensor<1x16x8x8xf32>, tensor<16x16x1x1xf32>) -> tensor<1x16x8x8xf32>
  return %2 : tensor<1x16x8x8xf32>
}

// What is transposed is the image before it is enlarged, not after.
// CHECK-LABEL: @transpose_where_it_is_small
// CHECK: tenon.conv
// CHECK-NEXT: %[[SMALL:.*]] = tenon.transpose %{{.*}} [0, 3, 1, 2] : tensor<1x4x4x16xf32>
// CHECK-NEXT: tenon.resize {{.*}} %[[SMALL]]
// CHECK-NEXT: return
func.func @transpose_where_it_is_small(%x: tensor<1x16x4x4xf32>, %w: tensor<16x16x1x1xf32>) -> tensor<1x16x8x8xf32> {
  %0 = tenon.conv %x, %w : (tensor<1x16x4x4xf32>, tensor<16x16x1x1xf32>) -> tensor<1x16x4x4xf32>
  %1 = tenon.resize linear half_pixel %0 scales [0.0, 0.0, 2.0, 2.0] : tensor<1x16x4x4xf32> -> tensor<1x16x8x8xf32>
  return %1 : tensor<1x16x8x8xf32>
}

// A block of DenseNet: channels are appended where they lie side by side. The input is transposed once for both that read it.
// CHECK-LABEL: @dense_block
// CHECK-SAME: (%[[X:.*]]: tensor<1x16x8x8xf32>
// CHECK: %[[LAST:.*]] = tenon.transpose %[[X]] [0, 2, 3, 1]
// CHECK: %[[A:.*]] = tenon.conv %[[LAST]]
// CHECK-NEXT: tenon.concat %[[LAST]], %[[A]] {axis = 3 : i64}
// CHECK: tenon.conv
// CHECK-NEXT: tenon.reduce{{ +}}mean {{.*}} axes [1, 2]
// CHECK-NEXT: return
func.func @dense_block(%x: tensor<1x16x8x8xf32>, %w: tensor<8x16x3x3xf32>, %v: tensor<8x24x3x3xf32>) -> tensor<1x8xf32> {
  %0 = tenon.conv %x, %w {pads = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf32>, tensor<8x16x3x3xf32>) -> tensor<1x8x8x8xf32>
  %1 = tenon.concat %x, %0 {axis = 1 : i64} : (tensor<1x16x8x8xf32>, tensor<1x8x8x8xf32>) -> tensor<1x24x8x8xf32>
  %2 = tenon.conv %1, %v {pads = array<i64: 1, 1, 1, 1>} : (tensor<1x24x8x8xf32>, tensor<8x24x3x3xf32>) -> tensor<1x8x8x8xf32>
  %3 = tenon.reduce mean %2 axes [2, 3] : tensor<1x8x8x8xf32> -> tensor<1x8xf32>
  return %3 : tensor<1x8xf32>
}

// Channels that are split stay side by side; neighbours that a reshape joins have to be.
// CHECK-LABEL: @shuffle
// CHECK-NEXT: tenon.reshape %{{.*}} : tensor<2x8x8x6xf32> -> tensor<2x8x8x2x3xf32>
// CHECK-NEXT: tenon.transpose %{{.*}} [0, 1, 2, 4, 3]
// CHECK-NEXT: tenon.reshape %{{.*}} : tensor<2x8x8x3x2xf32> -> tensor<2x8x8x6xf32>
// CHECK-NEXT: return
func.func @shuffle(%x: tensor<2x8x8x6xf32>) -> tensor<2x8x8x6xf32> {
  %0 = tenon.transpose %x [0, 3, 1, 2] : tensor<2x8x8x6xf32> -> tensor<2x6x8x8xf32>
  %1 = tenon.reshape %0 : tensor<2x6x8x8xf32> -> tensor<2x2x3x8x8xf32>
  %2 = tenon.transpose %1 [0, 2, 1, 3, 4] : tensor<2x2x3x8x8xf32> -> tensor<2x3x2x8x8xf32>
  %3 = tenon.reshape %2 : tensor<2x3x2x8x8xf32> -> tensor<2x6x8x8xf32>
  %4 = tenon.transpose %3 [0, 2, 3, 1] : tensor<2x6x8x8xf32> -> tensor<2x8x8x6xf32>
  return %4 : tensor<2x8x8x6xf32>
}

// Rows that a softmax keeps in cache stay rows.
// CHECK-LABEL: @rows
// CHECK-NEXT: tenon.transpose
// CHECK-NEXT: tenon.softmax %{{.*}} axis 1
// CHECK-NEXT: tenon.transpose
func.func @rows(%x: tensor<64x8xf32>) -> tensor<64x8xf32> {
  %0 = tenon.transpose %x [1, 0] : tensor<64x8xf32> -> tensor<8x64xf32>
  %1 = tenon.softmax %0 axis 1 : tensor<8x64xf32> -> tensor<8x64xf32>
  %2 = tenon.transpose %1 [1, 0] : tensor<8x64xf32> -> tensor<64x8xf32>
  return %2 : tensor<64x8xf32>
}

// What a branch alone reads is transposed there, what a loop reads before it.
// CHECK-LABEL: @control
// CHECK: tenon.if
// CHECK-NEXT: %[[T:.*]] = tenon.transpose
// CHECK-NEXT: tenon.reshape %[[T]]
// CHECK: %[[U:.*]] = tenon.transpose
// CHECK-NEXT: tenon.scan
// CHECK: tenon.reshape %[[U]]
func.func @control(%c: tensor<i1>, %x: tensor<4x6xf32>) -> (tensor<24xf32>, tensor<24xf32>) {
  %0 = tenon.if %c : tensor<i1> -> tensor<24xf32> {
    %1 = tenon.transpose %x [1, 0] : tensor<4x6xf32> -> tensor<6x4xf32>
    %2 = tenon.reshape %1 : tensor<6x4xf32> -> tensor<24xf32>
    tenon.yield %2 : tensor<24xf32>
  } else {
    %1 = tenon.reshape %x : tensor<4x6xf32> -> tensor<24xf32>
    tenon.yield %1 : tensor<24xf32>
  }
  %3 = tenon.scan inits(%0 : tensor<24xf32>) length <[9]> reverse [] -> tensor<24xf32> {
  ^body(%before: tensor<24xf32>):
    %1 = tenon.transpose %x [1, 0] : tensor<4x6xf32> -> tensor<6x4xf32>
    %2 = tenon.reshape %1 : tensor<6x4xf32> -> tensor<24xf32>
    %4 = tenon.add %before, %2 : (tensor<24xf32>, tensor<24xf32>) -> tensor<24xf32>
    tenon.yield %4 : tensor<24xf32>
  }
  return %0, %3 : tensor<24xf32>, tensor<24xf32>
}

// A gradient of weights is stored as the weights lie: its rows are the columns then.
// CHECK-LABEL: @transposed_result
// CHECK-NOT: tenon.transpose
// CHECK: return
func.func @transposed_result(%x: tensor<64x32xf32>, %d: tensor<64x48xf32>) -> tensor<48x32xf32> {
  %0 = tenon.contract %x, %d {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]}
    : (tensor<64x32xf32>, tensor<64x48xf32>) -> tensor<32x48xf32>
  %1 = tenon.transpose %0 [1, 0] : tensor<32x48xf32> -> tensor<48x32xf32>
  return %1 : tensor<48x32xf32>
}
