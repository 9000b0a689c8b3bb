// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-plan-tiles{cpu=x86-64-v3}))' | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-plan-tiles{cpu=x86-64-v4}))' | FileCheck %s --check-prefixes=CHECK,AVX512

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func @square
// AVX2-SAME: lanes = 8 : i64, panel_width = 16 : i64
// AVX2-SAME: rows = 6 : i64
// AVX512-SAME: lanes = 16 : i64, panel_width = 64 : i64
// AVX512-SAME: rows = 6 : i64
func.func @square(%x: tensor<512x512xf32>, %w: tensor<512x512xf32>) -> tensor<512x512xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<512x512xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<512x512xf32>) -> tensor<512x512xf32>
  %g = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<512x512xf32>, tensor<512x512xf32>) outs(%f : tensor<512x512xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<512x512xf32>
  return %g : tensor<512x512xf32>
}

// One row leaves registers free for several panels.
// CHECK-LABEL: func @vector
// CHECK-SAME: panels_per_tile = 4
func.func @vector(%x: tensor<1x512xf32>, %w: tensor<512x512xf32>) -> tensor<1x512xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x512xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x512xf32>) -> tensor<1x512xf32>
  %g = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<1x512xf32>, tensor<512x512xf32>) outs(%f : tensor<1x512xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<1x512xf32>
  return %g : tensor<1x512xf32>
}

// A panel of 8192 rows is larger than L2: the sum is computed in parts. These rows are 8000 bytes apart.
// CHECK-LABEL: func @deep
// AVX2-SAME: depth_blocks = 4
// AVX512-SAME: depth_blocks = 16
func.func @deep(%x: tensor<512x8192xf32>, %w: tensor<8192x500xf32>) -> tensor<512x500xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<512x500xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<512x500xf32>) -> tensor<512x500xf32>
  %g = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<512x8192xf32>, tensor<8192x500xf32>) outs(%f : tensor<512x500xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<512x500xf32>
  return %g : tensor<512x500xf32>
}

// Rows 2048 bytes apart share few sets of the cache: smaller parts.
// CHECK-LABEL: func @crowded
// CHECK-SAME: depth_blocks = 128
func.func @crowded(%x: tensor<512x8192xf32>, %w: tensor<8192x512xf32>) -> tensor<512x512xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<512x512xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<512x512xf32>) -> tensor<512x512xf32>
  %g = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<512x8192xf32>, tensor<8192x512xf32>) outs(%f : tensor<512x512xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<512x512xf32>
  return %g : tensor<512x512xf32>
}

// A sum of rows along their elements is none for the tiles: general kernels read vectors along the reduction.
// CHECK-LABEL: func @row_sum
// CHECK-NOT: tenon.tiles
func.func @row_sum(%x: tensor<8x512xf32>) -> tensor<8xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (m)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<8x512xf32>) outs(%f : tensor<8xf32>) {
  ^bb0(%a: f32, %c: f32):
    %s = arith.addf %a, %c : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  return %g : tensor<8xf32>
}

// Rows of tiles of 4x4, until 24 of them share the weights: here all three rows of two. Vectors of 16 don't divide the channels.
// CHECK-LABEL: func @winograd
// AVX2-SAME: block_size = 12
// AVX512-NOT: tenon.tiles
func.func @winograd(%x: tensor<2x10x8x8xf32>, %w: tensor<1x6x6x8x16xf32>) -> tensor<2x10x8x16xf32> attributes {tenon.kernel} {
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

// Tiles of results that lie two elements apart are others.
// CHECK-LABEL: func @winograd_strided
// CHECK-NOT: tenon.tiles
func.func @winograd_strided(%x: tensor<2x10x8x8xf32>, %w: tensor<1x6x6x8x16xf32>) -> tensor<2x5x4x16xf32> attributes {tenon.kernel} {
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
  %e = tensor.empty() : tensor<2x5x4x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x5x4x16xf32>) -> tensor<2x5x4x16xf32>
  %g = linalg.generic {
      indexing_maps = [affine_map<(n, y, x, o, i, j, c) -> (n, y * 2 + i, x * 2 + j, c)>, affine_map<(n, y, x, o, i, j, c) -> (i, j, c, o)>,
                       affine_map<(n, y, x, o, i, j, c) -> (n, y, x, o)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%p, %window : tensor<2x12x10x8xf32>, tensor<3x3x8x16xf32>) outs(%f : tensor<2x5x4x16xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<2x5x4x16xf32>
  return %g : tensor<2x5x4x16xf32>
}

// A zero point of the columns is part of the weights: groups have weights of
// their own, so they are no rows, although the zero point is the same for them.
// CHECK-LABEL: func @zero_point
// CHECK-SAME: block_loop = 0
// CHECK-SAME: block_size = 32
func.func @zero_point(%x: tensor<4x32x64xf32>, %w: tensor<4x64x16xf32>, %z: tensor<16xf32>) -> tensor<4x32x16xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x32x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x32x16xf32>) -> tensor<4x32x16xf32>
  %g = linalg.generic {
      indexing_maps = [affine_map<(g, m, n, k) -> (g, m, k)>, affine_map<(g, m, n, k) -> (n)>,
                       affine_map<(g, m, n, k) -> (g, k, n)>, affine_map<(g, m, n, k) -> (g, m, n)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %z, %w : tensor<4x32x64xf32>, tensor<16xf32>, tensor<4x64x16xf32>) outs(%f : tensor<4x32x16xf32>) {
  ^bb0(%a: f32, %p: f32, %b: f32, %c: f32):
    %d = arith.subf %b, %p : f32
    %m = arith.mulf %a, %d : f32
    %s = arith.addf %c, %m : f32
    linalg.yield %s : f32
  } -> tensor<4x32x16xf32>
  return %g : tensor<4x32x16xf32>
}

// Vectors of columns know no index of the sum.
// CHECK-LABEL: func @indexed
// CHECK-NOT: tenon.tiles
// CHECK: return
func.func @indexed(%x: tensor<8x64xf32>, %w: tensor<64x32xf32>) -> tensor<8x32xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x32xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x32xf32>) -> tensor<8x32xf32>
  %g = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<8x64xf32>, tensor<64x32xf32>) outs(%f : tensor<8x32xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %i = linalg.index 2 : index
    %j = arith.index_cast %i : index to i32
    %k = arith.sitofp %j : i32 to f32
    %p = arith.mulf %a, %b : f32
    %q = arith.mulf %p, %k : f32
    %s = arith.addf %c, %q : f32
    linalg.yield %s : f32
  } -> tensor<8x32xf32>
  return %g : tensor<8x32xf32>
}

// Rows of a tile are tokens, not samples of a batch whose size is unknown: that loop is outside, also where it is the result's inner one.
// CHECK-LABEL: func @transposed_batch
// CHECK-SAME: block_loop = 0
// CHECK-SAME: flatten_from = 0
func.func @transposed_batch(%x: tensor<?x19x64xf32> {tenon.dims = affine_map<()[b] -> (b, 19, 64)>}, %w: tensor<64x32xf32>, %b: index)
    -> (tensor<19x?x32xf32> {tenon.dims = affine_map<()[b] -> (19, b, 32)>}) attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%b) : tensor<19x?x32xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<19x?x32xf32>) -> tensor<19x?x32xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(t, s, n, k) -> (s, t, k)>, affine_map<(t, s, n, k) -> (k, n)>, affine_map<(t, s, n, k) -> (t, s, n)>],
                       iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x19x64xf32>, tensor<64x32xf32>) outs(%f : tensor<19x?x32xf32>) {
  ^bb0(%a: f32, %c: f32, %d: f32):
    %p = arith.mulf %a, %c : f32
    %s = arith.addf %d, %p : f32
    linalg.yield %s : f32
  } -> tensor<19x?x32xf32>
  return %g : tensor<19x?x32xf32>
}

// A work item of a depthwise convolution over images of unknown sizes copies some rows, as many as of an image of 128 by 128, not all that there may be.
// CHECK-LABEL: func @depthwise
// CHECK-SAME: block_loop = 1
// CHECK-SAME: block_size = 11 :
func.func @depthwise(%image: tensor<?x?x?x64xf32> {tenon.dims = affine_map<()[s0, s1, s2] -> (s0, s1, s2, 64)>}, %weights: tensor<3x3x64xf32>, %n: index, %h: index, %w: index)
    -> (tensor<?x?x?x64xf32> {tenon.dims = affine_map<()[s0, s1, s2] -> (s0, s1, s2, 64)>}) attributes {tenon.kernel, tenon.symbols = #tenon.dims<[n, h, w]>} {
  %zero = arith.constant 0.0 : f32
  %padded = tensor.pad %image low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<?x?x?x64xf32> to tensor<?x?x?x64xf32>
  %empty = tensor.empty(%n, %h, %w) : tensor<?x?x?x64xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32>
  %result = linalg.generic {
      indexing_maps = [affine_map<(n, y, x, c, r, s) -> (n, y + r, x + s, c)>, affine_map<(n, y, x, c, r, s) -> (r, s, c)>, affine_map<(n, y, x, c, r, s) -> (n, y, x, c)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%padded, %weights : tensor<?x?x?x64xf32>, tensor<3x3x64xf32>) outs(%fill : tensor<?x?x?x64xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %product = arith.mulf %a, %b : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x?x?x64xf32>
  return %result : tensor<?x?x?x64xf32>
}
