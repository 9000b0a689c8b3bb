//===- MovementKernelsTest.cpp - kernels that move data -------------------===//

#include "KernelRunner.h"
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

using namespace tenon::test;

namespace {

std::vector<float> makeSequence(size_t size) {
  std::vector<float> values(size);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

TEST(MovementKernels, ConcatenatesAlongADynamicDimension) {
  KernelRunner runner(R"mlir(
    #map = affine_map<(i, j) -> (i, j)>
    func.func @kernel(
        %x: tensor<?x512xf32> {tenon.dims = affine_map<()[s, t] -> (s, 512)>},
        %y: tensor<?x512xf32> {tenon.dims = affine_map<()[s, t] -> (t, 512)>},
        %s: index, %t: index)
        -> (tensor<?x512xf32> {tenon.dims = affine_map<()[s, t] -> (s + t, 512)>})
        attributes {tenon.kernel} {
      %rows = affine.apply affine_map<()[s, t] -> (s + t)>()[%s, %t]
      %empty = tensor.empty(%rows) : tensor<?x512xf32>
      %piece = tensor.empty(%s) : tensor<?x512xf32>
      %negated = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]}
          ins(%x : tensor<?x512xf32>) outs(%piece : tensor<?x512xf32>) {
      ^bb0(%a: f32, %o: f32):
        %n = arith.negf %a : f32
        linalg.yield %n : f32
      } -> tensor<?x512xf32>
      %1 = tensor.insert_slice %negated into %empty[0, 0] [%s, 512] [1, 1] : tensor<?x512xf32> into tensor<?x512xf32>
      %2 = tensor.insert_slice %y into %1[%s, 0] [%t, 512] [1, 1] : tensor<?x512xf32> into tensor<?x512xf32>
      return %2 : tensor<?x512xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  int64_t s = 33, t = 70;
  EXPECT_EQ(runner.getScratchBytes({s, t}), 0);
  EXPECT_GT(runner.getNumWorkItems({s, t}), 2);
  std::vector<float> x = makeSequence(s * 512), y = makeSequence(t * 512),
                     out((s + t) * 512);
  runner.run({x.data(), y.data(), out.data()}, {s, t}, 4);
  for (int64_t i = 0; i < (s + t) * 512; ++i)
    ASSERT_EQ(out[i], i < s * 512 ? -x[i] : y[i - s * 512]);
}

TEST(MovementKernels, Pads) {
  KernelRunner runner(R"mlir(
    func.func @kernel(%x: tensor<5x300xf32>) -> tensor<9x305xf32> attributes {tenon.kernel} {
      %value = arith.constant -1.0 : f32
      %p = tensor.pad %x low[1, 2] high[3, 3] {
      ^bb0(%i: index, %j: index):
        tensor.yield %value : f32
      } : tensor<5x300xf32> to tensor<9x305xf32>
      return %p : tensor<9x305xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  std::vector<float> x = makeSequence(5 * 300), out(9 * 305);
  runner.run({x.data(), out.data()}, {}, 3);
  for (int i = 0; i < 9; ++i)
    for (int j = 0; j < 305; ++j) {
      bool isInside = i >= 1 && i < 6 && j >= 2 && j < 302;
      ASSERT_EQ(out[i * 305 + j], isInside ? x[(i - 1) * 300 + j - 2] : -1.0f);
    }
}

TEST(MovementKernels, TransposesAndReshapes) {
  KernelRunner runner(R"mlir(
    #in = affine_map<(b, s, h, d) -> (b, h, s, d)>
    #out = affine_map<(b, s, h, d) -> (b, s, h, d)>
    func.func @kernel(
        %x: tensor<?x12x?x64xf32> {tenon.dims = affine_map<()[b, s] -> (b, 12, s, 64)>}, %b: index, %s: index)
        -> (tensor<?x?x768xf32> {tenon.dims = affine_map<()[b, s] -> (b, s, 768)>})
        attributes {tenon.kernel} {
      %empty = tensor.empty(%b, %s) : tensor<?x?x12x64xf32>
      %t = linalg.generic {indexing_maps = [#in, #out],
                           iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
          ins(%x : tensor<?x12x?x64xf32>) outs(%empty : tensor<?x?x12x64xf32>) {
      ^bb0(%a: f32, %o: f32):
        linalg.yield %a : f32
      } -> tensor<?x?x12x64xf32>
      %r = tensor.collapse_shape %t [[0], [1], [2, 3]] : tensor<?x?x12x64xf32> into tensor<?x?x768xf32>
      return %r : tensor<?x?x768xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  int64_t b = 2, s = 19;
  EXPECT_EQ(runner.getScratchBytes({b, s}), 0);
  std::vector<float> x = makeSequence(b * s * 768), out(x.size());
  runner.run({x.data(), out.data()}, {b, s}, 3);
  for (int64_t i = 0; i < b; ++i)
    for (int64_t j = 0; j < s; ++j)
      for (int64_t k = 0; k < 768; ++k)
        ASSERT_EQ(out[(i * s + j) * 768 + k],
                  x[((i * 12 + k / 64) * s + j) * 64 + k % 64]);
}

TEST(MovementKernels, GathersRows) {
  KernelRunner runner(R"mlir(
    #map = affine_map<(i, j) -> (i, j)>
    #row = affine_map<(i, j) -> (i)>
    func.func @kernel(%table: tensor<100x768xf32>,
        %ids: tensor<?xi64> {tenon.dims = affine_map<()[s] -> (s)>}, %s: index)
        -> (tensor<?x768xf32> {tenon.dims = affine_map<()[s] -> (s, 768)>})
        attributes {tenon.kernel} {
      %empty = tensor.empty(%s) : tensor<?x768xf32>
      %r = linalg.generic {indexing_maps = [#row, #map], iterator_types = ["parallel", "parallel"]}
          ins(%ids : tensor<?xi64>) outs(%empty : tensor<?x768xf32>) {
      ^bb0(%id: i64, %o: f32):
        %row = arith.index_cast %id : i64 to index
        %column = linalg.index 1 : index
        %v = tensor.extract %table[%row, %column] : tensor<100x768xf32>
        linalg.yield %v : f32
      } -> tensor<?x768xf32>
      return %r : tensor<?x768xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  std::vector<float> table = makeSequence(100 * 768), out(40 * 768);
  std::vector<int64_t> ids(40);
  for (int i = 0; i < 40; ++i)
    ids[i] = i * 37 % 100;
  runner.run({table.data(), ids.data(), out.data()}, {40}, 3);
  for (int i = 0; i < 40 * 768; ++i)
    ASSERT_EQ(out[i], table[ids[i / 768] * 768 + i % 768]);
}

} // namespace
