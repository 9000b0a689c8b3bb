// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-tile-contraction))' -split-input-file | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#n = affine_map<(m, n) -> (n)>

// A packed weight, a bias and a ReLU: 7 rows are tiles of 4 and 3.
// CHECK-LABEL: func @gemm(
// CHECK-SAME: %{{.*}}: memref<7x32xf32>, %{{.*}}: memref<2x32x16xf32>, %{{.*}}: memref<20xf32>, %{{.*}}: memref<7x20xf32>)
// CHECK-SAME: tenon.vectorized
// CHECK: scf.forall (%{{.*}}) in (2)
// Each row has a pointer outside of the loop, so that all move with one index.
// CHECK: %[[ROW:.*]] = memref.subview {{.*}} : memref<224xf32> to memref<?xf32, strided<[1], offset: ?>>
// CHECK: scf.for %[[K:.*]] = {{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK: vector.load %{{.*}} : memref<1024xf32>, vector<8xf32>
// CHECK: vector.load %{{.*}} : memref<1024xf32>, vector<8xf32>
// CHECK: %[[A:.*]] = memref.load %[[ROW]][%[[K]]]
// CHECK: vector.broadcast %[[A]]
// CHECK-COUNT-8: vector.fma
// CHECK-NOT: vector.fma
// CHECK: scf.yield
// CHECK: arith.addf %{{.*}} : vector<8xf32>
// CHECK: arith.maximumf %{{.*}} : vector<8xf32>
// CHECK: vector.store %{{.*}} : memref<140xf32>, vector<8xf32>
// The last panel has four columns; its weights are filled up.
// CHECK: vector.extract_strided_slice %{{.*}} : vector<8xf32> to vector<4xf32>
// CHECK: vector.store %{{.*}} : memref<140xf32>, vector<4xf32>
// CHECK-NOT: linalg
func.func @gemm(%x: tensor<7x32xf32>, %w: tensor<2x32x16xf32>, %bias: tensor<20xf32>) -> tensor<7x20xf32>
    attributes {tenon.kernel, tenon.tiles = {lanes = 8, rows = 6, panel_width = 16, panels_per_tile = 1, panels_per_item = 1,
                                             block_loop = 0, block_size = 7, flatten_from = 0, depth_blocks = 1}} {
  %zero = arith.constant 0.0 : f32
  %we = tensor.empty() : tensor<32x20xf32>
  %wu = linalg.unpack %w outer_dims_perm = [1, 0] inner_dims_pos = [1] inner_tiles = [16] into %we : tensor<2x32x16xf32> -> tensor<32x20xf32>
  %e = tensor.empty() : tensor<7x20xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<7x20xf32>) -> tensor<7x20xf32>
  %g = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %wu : tensor<7x32xf32>, tensor<32x20xf32>) outs(%f : tensor<7x20xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<7x20xf32>
  %h = linalg.generic {indexing_maps = [#id, #n, #id], iterator_types = ["parallel", "parallel"]}
      ins(%g, %bias : tensor<7x20xf32>, tensor<20xf32>) outs(%e : tensor<7x20xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %s = arith.addf %a, %b : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<7x20xf32>
  return %h : tensor<7x20xf32>
}

// -----

// A padded convolution reads a slab of 2 + 2 rows of 8 + 2 pixels; (j, c) is one loop of 3 * 4.
// CHECK-LABEL: func @conv(
// CHECK: scf.forall (%{{.*}}) in (4)
// CHECK: %[[SLAB:.*]] = memref.alloc() {alignment = 64 : i64} : memref<160xf32>
// CHECK: vector.store %{{.*}}, %[[SLAB]]
// CHECK: scf.for %{{.*}} = %{{.*}} to %c3{{.*}} iter_args
// CHECK: %[[ROW:.*]] = memref.subview %[[SLAB]]
// CHECK: scf.for %{{.*}} = %{{.*}} to %c12{{.*}} iter_args
// CHECK: memref.load %[[ROW]]
// CHECK: vector.fma
func.func @conv(%x: tensor<1x8x8x4xf32>, %w: tensor<1x3x3x4x16xf32>) -> tensor<1x8x8x16xf32>
    attributes {tenon.kernel, tenon.tiles = {lanes = 8, rows = 4, panel_width = 16, panels_per_tile = 1, panels_per_item = 1,
                                             block_loop = 1, block_size = 2, flatten_from = 2, depth_blocks = 1}} {
  %zero = arith.constant 0.0 : f32
  %we = tensor.empty() : tensor<3x3x4x16xf32>
  %wu = linalg.unpack %w outer_dims_perm = [3, 0, 1, 2] inner_dims_pos = [3] inner_tiles = [16] into %we : tensor<1x3x3x4x16xf32> -> tensor<3x3x4x16xf32>
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %zero : f32
  } : tensor<1x8x8x4xf32> to tensor<1x10x10x4xf32>
  %e = tensor.empty() : tensor<1x8x8x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %g = linalg.generic {
      indexing_maps = [affine_map<(n, y, x, o, i, j, c) -> (n, y + i, x + j, c)>, affine_map<(n, y, x, o, i, j, c) -> (i, j, c, o)>,
                       affine_map<(n, y, x, o, i, j, c) -> (n, y, x, o)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %wu : tensor<1x10x10x4xf32>, tensor<3x3x4x16xf32>) outs(%f : tensor<1x8x8x16xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x8x8x16xf32>
  return %g : tensor<1x8x8x16xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The sum in two parts of 32 terms: for each all rows, whose sums wait in memory. Meanwhile the next part of the weights is fetched,
// 16 * 4 / 8 = 8 floats of it for each term.
// CHECK-LABEL: func @deep(
// CHECK: %[[SUMS:.*]] = memref.alloc() {alignment = 64 : i64} : memref<128xf32>
// CHECK-NOT: scf.for {{.*}} iter_args
// CHECK: vector.store %{{.*}}, %[[SUMS]]
// CHECK: scf.for %[[PART:.*]] = %c0{{.*}} to %c2
// CHECK: vector.load %[[SUMS]]
// CHECK: scf.for %{{.*}} iter_args
// CHECK: memref.prefetch %{{.*}}, read, locality<2>, data : memref<2048xf32>
// CHECK-COUNT-8: vector.fma
// CHECK: vector.store %{{.*}}, %[[SUMS]]
// CHECK: vector.load %[[SUMS]]
// CHECK-NOT: scf.for {{.*}} iter_args
// CHECK: vector.store %{{.*}} : memref<256xf32>
func.func @deep(%x: tensor<8x64xf32>, %w: tensor<2x64x16xf32>) -> tensor<8x32xf32>
    attributes {tenon.kernel, tenon.tiles = {lanes = 8, rows = 4, panel_width = 16, panels_per_tile = 1, panels_per_item = 1,
                                             block_loop = 0, block_size = 8, flatten_from = 0, depth_blocks = 2}} {
  %zero = arith.constant 0.0 : f32
  %we = tensor.empty() : tensor<64x32xf32>
  %wu = linalg.unpack %w outer_dims_perm = [1, 0] inner_dims_pos = [1] inner_tiles = [16] into %we : tensor<2x64x16xf32> -> tensor<64x32xf32>
  %e = tensor.empty() : tensor<8x32xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x32xf32>) -> tensor<8x32xf32>
  %g = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %wu : tensor<8x64xf32>, tensor<64x32xf32>) outs(%f : tensor<8x32xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x32xf32>
  return %g : tensor<8x32xf32>
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The only panel is soon in the cache: the rows of the next tile are fetched instead, four floats for each term.
// CHECK-LABEL: func @one_panel(
// CHECK: scf.for %[[TERM:.*]] = {{.*}} iter_args
// CHECK: arith.muli %[[TERM]], %c4
// CHECK: memref.prefetch %{{.*}}, read, locality<2>, data : memref<512xf32>
func.func @one_panel(%x: tensor<8x64xf32>, %w: tensor<1x64x16xf32>) -> tensor<8x16xf32>
    attributes {tenon.kernel, tenon.tiles = {lanes = 8, rows = 4, panel_width = 16, panels_per_tile = 1, panels_per_item = 1,
                                             block_loop = 0, block_size = 8, flatten_from = 0, depth_blocks = 1}} {
  %zero = arith.constant 0.0 : f32
  %we = tensor.empty() : tensor<64x16xf32>
  %wu = linalg.unpack %w outer_dims_perm = [1, 0] inner_dims_pos = [1] inner_tiles = [16] into %we : tensor<1x64x16xf32> -> tensor<64x16xf32>
  %e = tensor.empty() : tensor<8x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x16xf32>) -> tensor<8x16xf32>
  %g = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %wu : tensor<8x64xf32>, tensor<64x16xf32>) outs(%f : tensor<8x16xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x16xf32>
  return %g : tensor<8x16xf32>
}

// -----

// Transformed weights: items of a row of tiles of two images of 10x8. Their 6 rows and 10 columns with border are transformed to 36 matrices
// [2 tiles, 8 channels], multiplied, and transformed back; the last tiles have rows behind the image.
// CHECK-LABEL: func @winograd(
// CHECK: scf.forall (%{{.*}}) in (6)
// CHECK: %[[SLAB:.*]] = memref.alloc() {alignment = 64 : i64} : memref<480xf32>
// CHECK: %[[ELEMENTS:.*]] = memref.alloc() {alignment = 64 : i64} : memref<576xf32>
// CHECK-COUNT-36: vector.load %[[SLAB]]
// CHECK-NOT: vector.load
// CHECK-COUNT-36: vector.store %{{.*}}, %[[ELEMENTS]]
// CHECK: %[[PRODUCTS:.*]] = memref.alloc() {alignment = 64 : i64} : memref<1728xf32>
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %c36
// CHECK: %[[ROW:.*]] = memref.subview %[[ELEMENTS]]
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %c8{{.*}} iter_args
// CHECK: memref.load %[[ROW]]
// CHECK: vector.store %{{.*}}, %[[PRODUCTS]]
// CHECK-COUNT-36: vector.load %[[PRODUCTS]]
// CHECK: scf.if
// CHECK-COUNT-4: vector.store %{{.*}} : memref<2560xf32>
func.func @winograd(%x: tensor<2x10x8x8xf32>, %w: tensor<1x6x6x8x16xf32>) -> tensor<2x10x8x16xf32>
    attributes {tenon.kernel, tenon.tiles = {lanes = 8, rows = 6, panel_width = 16, panels_per_tile = 1, panels_per_item = 1,
                                             block_loop = 1, block_size = 4, flatten_from = 2, depth_blocks = 1}} {
  %zero = arith.constant 0.0 : f32
  %r = arith.constant dense<1.0> : tensor<3x6xf32>
  %ue = tensor.empty() : tensor<6x6x8x16xf32>
  %u = linalg.unpack %w outer_dims_perm = [3, 0, 1, 2] inner_dims_pos = [3] inner_tiles = [16] into %ue : tensor<1x6x6x8x16xf32> -> tensor<6x6x8x16xf32>
  %we = tensor.empty() : tensor<3x3x8x16xf32>
  %wf = linalg.fill ins(%zero : f32) outs(%we : tensor<3x3x8x16xf32>) -> tensor<3x3x8x16xf32>
  %window = linalg.generic {
      indexing_maps = [affine_map<(i, j, c, o, a, b) -> (i, a)>, affine_map<(i, j, c, o, a, b) -> (j, b)>,
                       affine_map<(i, j, c, o, a, b) -> (a, b, c, o)>, affine_map<(i, j, c, o, a, b) -> (i, j, c, o)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%r, %r, %u : tensor<3x6xf32>, tensor<3x6xf32>, tensor<6x6x8x16xf32>) outs(%wf : tensor<3x3x8x16xf32>) attrs = {tenon.winograd} {
  ^bb0(%a: f32, %b: f32, %c: f32, %d: f32):
    %ab = arith.mulf %a, %b : f32
    %m = arith.mulf %ab, %c : f32
    %s = arith.addf %d, %m : f32
    linalg.yield %s : f32
  } -> tensor<3x3x8x16xf32>
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %zero : f32
  } : tensor<2x10x8x8xf32> to tensor<2x12x10x8xf32>
  %e = tensor.empty() : tensor<2x10x8x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x10x8x16xf32>) -> tensor<2x10x8x16xf32>
  %g = linalg.generic {
      indexing_maps = [affine_map<(n, y, x, o, i, j, c) -> (n, y + i, x + j, c)>, affine_map<(n, y, x, o, i, j, c) -> (i, j, c, o)>,
                       affine_map<(n, y, x, o, i, j, c) -> (n, y, x, o)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %window : tensor<2x12x10x8xf32>, tensor<3x3x8x16xf32>) outs(%f : tensor<2x10x8x16xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x10x8x16xf32>
  return %g : tensor<2x10x8x16xf32>
}
