//===- GeneralKernelsTest.cpp - kernels compiled and compared -------------===//

#include "KernelRunner.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

using namespace tenon::test;

namespace {

std::vector<float> makeInput(size_t size, float scale = 1.0f) {
  std::vector<float> values(size);
  for (size_t i = 0; i < size; ++i)
    values[i] = scale * (static_cast<float>(i * 7919 % 2003) / 1001.5f - 1.0f);
  return values;
}

TEST(GeneralKernels, AddsWithDynamicSizes) {
  KernelRunner runner(R"mlir(
    func.func @kernel(
        %x: tensor<?x5xf32> {tenon.dims = affine_map<()[s] -> (s, 5)>},
        %y: tensor<5xf32>, %s: index)
        -> (tensor<?x5xf32> {tenon.dims = affine_map<()[s] -> (s, 5)>})
        attributes {tenon.kernel} {
      %empty = tensor.empty(%s) : tensor<?x5xf32>
      %sum = linalg.generic {
          indexing_maps = [affine_map<(i, j) -> (i, j)>,
                           affine_map<(i, j) -> (j)>,
                           affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%x, %y : tensor<?x5xf32>, tensor<5xf32>)
          outs(%empty : tensor<?x5xf32>) {
      ^bb0(%a: f32, %b: f32, %out: f32):
        %c = arith.addf %a, %b : f32
        linalg.yield %c : f32
      } -> tensor<?x5xf32>
      return %sum : tensor<?x5xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  for (int64_t rows : {0, 1, 7, 5000}) {
    std::vector<float> x = makeInput(rows * 5), y = makeInput(5), out(rows * 5);
    runner.run({x.data(), y.data(), out.data()}, {rows}, 3);
    for (int64_t i = 0; i < rows * 5; ++i)
      ASSERT_EQ(out[i], x[i] + y[i % 5]);
  }
}

TEST(GeneralKernels, SumsRows) {
  for (int64_t rows : {1, 31, 32, 33, 64, 130})
    for (int64_t columns : {2, 10, 16, 33}) {
      std::string text = llvm::formatv(R"mlir(
        func.func @kernel(%x: tensor<{0}x{1}xf32>) -> tensor<{0}xf32>
            attributes {{tenon.kernel} {{
          %zero = arith.constant 0.0 : f32
          %e = tensor.empty() : tensor<{0}xf32>
          %f = linalg.fill ins(%zero : f32) outs(%e : tensor<{0}xf32>)
            -> tensor<{0}xf32>
          %g = linalg.generic {{
              indexing_maps = [affine_map<(m, k) -> (m, k)>,
                               affine_map<(m, k) -> (m)>],
              iterator_types = ["parallel", "reduction"]}
              ins(%x : tensor<{0}x{1}xf32>) outs(%f : tensor<{0}xf32>) {{
          ^bb0(%a: f32, %c: f32):
            %s = arith.addf %a, %c : f32
            linalg.yield %s : f32
          } -> tensor<{0}xf32>
          return %g : tensor<{0}xf32>
        })mlir",
                                       rows, columns);
      KernelRunner runner(text);
      ASSERT_TRUE(runner.isValid());
      std::vector<float> x = makeInput(rows * columns), out(rows);
      runner.run({x.data(), out.data()}, {}, 2);
      for (int64_t i = 0; i < rows; ++i) {
        double sum = 0;
        for (int64_t k = 0; k < columns; ++k)
          sum += x[i * columns + k];
        ASSERT_NEAR(out[i], sum, 1e-5) << rows << " x " << columns;
      }
    }
}

TEST(GeneralKernels, ComputesSoftmaxOfRows) {
  KernelRunner runner(R"mlir(
    #rows = affine_map<(i, j) -> (i)>
    #all = affine_map<(i, j) -> (i, j)>
    func.func @kernel(%x: tensor<33x257xf32>) -> tensor<33x257xf32>
        attributes {tenon.kernel} {
      %lowest = arith.constant 0xFF800000 : f32
      %zero = arith.constant 0.0 : f32
      %row = tensor.empty() : tensor<33xf32>
      %empty = tensor.empty() : tensor<33x257xf32>
      %m0 = linalg.fill ins(%lowest : f32) outs(%row : tensor<33xf32>) -> tensor<33xf32>
      %m = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]}
          ins(%x : tensor<33x257xf32>) outs(%m0 : tensor<33xf32>) {
      ^bb0(%a: f32, %acc: f32):
        %r = arith.maximumf %a, %acc : f32
        linalg.yield %r : f32
      } -> tensor<33xf32>
      %e = linalg.generic {indexing_maps = [#all, #rows, #all], iterator_types = ["parallel", "parallel"]}
          ins(%x, %m : tensor<33x257xf32>, tensor<33xf32>) outs(%empty : tensor<33x257xf32>) {
      ^bb0(%a: f32, %b: f32, %out: f32):
        %d = arith.subf %a, %b : f32
        %r = math.exp %d : f32
        linalg.yield %r : f32
      } -> tensor<33x257xf32>
      %s0 = linalg.fill ins(%zero : f32) outs(%row : tensor<33xf32>) -> tensor<33xf32>
      %s = linalg.generic {indexing_maps = [#all, #rows], iterator_types = ["parallel", "reduction"]}
          ins(%e : tensor<33x257xf32>) outs(%s0 : tensor<33xf32>) {
      ^bb0(%a: f32, %acc: f32):
        %r = arith.addf %a, %acc : f32
        linalg.yield %r : f32
      } -> tensor<33xf32>
      %y = linalg.generic {indexing_maps = [#all, #rows, #all], iterator_types = ["parallel", "parallel"]}
          ins(%e, %s : tensor<33x257xf32>, tensor<33xf32>) outs(%empty : tensor<33x257xf32>) {
      ^bb0(%a: f32, %b: f32, %out: f32):
        %r = arith.divf %a, %b : f32
        linalg.yield %r : f32
      } -> tensor<33x257xf32>
      return %y : tensor<33x257xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  std::vector<float> x = makeInput(33 * 257, 20.0f), y(x.size());
  runner.run({x.data(), y.data()}, {}, 4);
  for (int row = 0; row < 33; ++row) {
    double sum = 0;
    for (int i = 0; i < 257; ++i)
      sum += std::exp(static_cast<double>(x[row * 257 + i]));
    for (int i = 0; i < 257; ++i) {
      double expected = std::exp(static_cast<double>(x[row * 257 + i])) / sum;
      ASSERT_NEAR(y[row * 257 + i], expected, 1e-6 * expected + 1e-10);
    }
  }
}

TEST(GeneralKernels, ReducesOuterDimensions) {
  KernelRunner runner(R"mlir(
    func.func @kernel(%x: tensor<100x333xf32>) -> tensor<333xf32> attributes {tenon.kernel} {
      %zero = arith.constant 0.0 : f32
      %empty = tensor.empty() : tensor<333xf32>
      %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<333xf32>) -> tensor<333xf32>
      %sum = linalg.generic {indexing_maps = [affine_map<(j, i) -> (i, j)>, affine_map<(j, i) -> (j)>],
                             iterator_types = ["parallel", "reduction"]}
          ins(%x : tensor<100x333xf32>) outs(%init : tensor<333xf32>) {
      ^bb0(%a: f32, %acc: f32):
        %r = arith.addf %acc, %a : f32
        linalg.yield %r : f32
      } -> tensor<333xf32>
      return %sum : tensor<333xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  std::vector<float> x = makeInput(100 * 333), out(333);
  runner.run({x.data(), out.data()}, {}, 3);
  for (int j = 0; j < 333; ++j) {
    double sum = 0;
    for (int i = 0; i < 100; ++i)
      sum += x[i * 333 + j];
    ASSERT_NEAR(out[j], sum, 1e-5);
  }
}

TEST(GeneralKernels, ReturnsSeveralResultsFromOneTile) {
  KernelRunner runner(R"mlir(
    #row = affine_map<(i, j) -> (i)>
    #all = affine_map<(i, j) -> (i, j)>
    func.func @kernel(%x: tensor<64x300xf32>) -> (tensor<64xf32>, tensor<64x300xf32>) attributes {tenon.kernel} {
      %zero = arith.constant 0.0 : f32
      %rows = tensor.empty() : tensor<64xf32>
      %empty = tensor.empty() : tensor<64x300xf32>
      %init = linalg.fill ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
      %sum = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]}
          ins(%x : tensor<64x300xf32>) outs(%init : tensor<64xf32>) {
      ^bb0(%a: f32, %acc: f32):
        %r = arith.addf %acc, %a : f32
        linalg.yield %r : f32
      } -> tensor<64xf32>
      %y = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]}
          ins(%x, %sum : tensor<64x300xf32>, tensor<64xf32>) outs(%empty : tensor<64x300xf32>) {
      ^bb0(%a: f32, %b: f32, %o: f32):
        %r = arith.subf %a, %b : f32
        linalg.yield %r : f32
      } -> tensor<64x300xf32>
      return %sum, %y : tensor<64xf32>, tensor<64x300xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  EXPECT_GT(runner.getNumWorkItems({}), 1);
  std::vector<float> x = makeInput(64 * 300), sums(64), out(x.size());
  runner.run({x.data(), sums.data(), out.data()}, {}, 3);
  for (int i = 0; i < 64; ++i) {
    double sum = 0;
    for (int j = 0; j < 300; ++j)
      sum += x[i * 300 + j];
    ASSERT_NEAR(sums[i], sum, 1e-4);
    for (int j = 0; j < 300; ++j)
      ASSERT_EQ(out[i * 300 + j], x[i * 300 + j] - sums[i]);
  }
}

TEST(GeneralKernels, ComparesAndSelects) {
  KernelRunner runner(R"mlir(
    #map = affine_map<(i) -> (i)>
    func.func @kernel(%x: tensor<1000xf32>, %m: tensor<1000xi1>) -> (tensor<1000xi1>, tensor<1000xf32>)
        attributes {tenon.kernel} {
      %zero = arith.constant 0.0 : f32
      %e0 = tensor.empty() : tensor<1000xi1>
      %e1 = tensor.empty() : tensor<1000xf32>
      %r:2 = linalg.generic {indexing_maps = [#map, #map, #map, #map], iterator_types = ["parallel"]}
          ins(%x, %m : tensor<1000xf32>, tensor<1000xi1>) outs(%e0, %e1 : tensor<1000xi1>, tensor<1000xf32>) {
      ^bb0(%a: f32, %b: i1, %o0: i1, %o1: f32):
        %c = arith.cmpf ogt, %a, %zero : f32
        %d = arith.andi %c, %b : i1
        %s = arith.select %d, %a, %zero : f32
        linalg.yield %d, %s : i1, f32
      } -> (tensor<1000xi1>, tensor<1000xf32>)
      return %r#0, %r#1 : tensor<1000xi1>, tensor<1000xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  std::vector<float> x = makeInput(1000), selected(1000);
  std::vector<uint8_t> mask(1000), flags(1000, 7);
  for (int i = 0; i < 1000; ++i)
    mask[i] = i % 3 == 0;
  runner.run({x.data(), mask.data(), flags.data(), selected.data()});
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(flags[i], x[i] > 0 && mask[i]);
    ASSERT_EQ(selected[i], flags[i] ? x[i] : 0.0f);
  }
}

TEST(GeneralKernels, CarriesTensorsThroughLoops) {
  // Fibonacci: both tensors are read after either would be overwritten
  KernelRunner runner(R"mlir(
    #map = affine_map<(i) -> (i)>
    func.func @kernel(%x: tensor<600xf32>, %y: tensor<600xf32>) -> tensor<600xf32> attributes {tenon.kernel} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c10 = arith.constant 10 : index
      %r:2 = scf.for %i = %c0 to %c10 step %c1 iter_args(%a = %x, %b = %y) -> (tensor<600xf32>, tensor<600xf32>) {
        %empty = tensor.empty() : tensor<600xf32>
        %sum = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel"]}
            ins(%a, %b : tensor<600xf32>, tensor<600xf32>) outs(%empty : tensor<600xf32>) {
        ^bb0(%p: f32, %q: f32, %o: f32):
          %s = arith.addf %p, %q : f32
          linalg.yield %s : f32
        } -> tensor<600xf32>
        scf.yield %b, %sum : tensor<600xf32>, tensor<600xf32>
      }
      return %r#1 : tensor<600xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  std::vector<float> x(600, 0.0f), y(600, 1.0f), out(600);
  runner.run({x.data(), y.data(), out.data()});
  for (float value : out)
    ASSERT_EQ(value, 89.0f);
}

TEST(GeneralKernels, ConvertsSmallFloatsWithoutALibrary) {
  KernelRunner runner(R"mlir(
    #map = affine_map<(i) -> (i)>
    func.func @kernel(%x: tensor<100xf64>, %n: tensor<100xi64>) -> (tensor<100xbf16>, tensor<100xf64>)
        attributes {tenon.kernel} {
      %e0 = tensor.empty() : tensor<100xbf16>
      %e1 = tensor.empty() : tensor<100xf64>
      %r:2 = linalg.generic {indexing_maps = [#map, #map, #map, #map], iterator_types = ["parallel"]}
          ins(%x, %n : tensor<100xf64>, tensor<100xi64>) outs(%e0, %e1 : tensor<100xbf16>, tensor<100xf64>) {
      ^bb0(%a: f64, %b: i64, %o0: bf16, %o1: f64):
        %small = arith.truncf %a : f64 to bf16
        %half = arith.truncf %a : f64 to f16
        %count = arith.sitofp %b : i64 to f16
        %sum = arith.addf %half, %count : f16
        %isLess = arith.cmpf olt, %half, %count : f16
        %wide = arith.extf %sum : f16 to f64
        %back = arith.select %isLess, %wide, %a : f64
        linalg.yield %small, %back : bf16, f64
      } -> (tensor<100xbf16>, tensor<100xf64>)
      return %r#0, %r#1 : tensor<100xbf16>, tensor<100xf64>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  EXPECT_EQ(runner.getKernel().assembly.find("@PLT"), std::string::npos);
  std::vector<double> x(100), out(100);
  std::vector<int64_t> n(100);
  std::vector<uint16_t> small(100);
  for (int i = 0; i < 100; ++i) {
    x[i] = i * 0.5;
    n[i] = i % 7;
  }
  runner.run({x.data(), n.data(), small.data(), out.data()});
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(out[i], x[i] < n[i] ? x[i] + n[i] : x[i]);
    EXPECT_EQ(static_cast<uint32_t>(small[i]) << 16,
              llvm::bit_cast<uint32_t>(static_cast<float>(x[i])));
  }
}

} // namespace
