//===- ContractionTest.cpp - contraction kernels compiled and compared ----===//

#include "ContractionText.h"
#include "KernelRunner.h"
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

using namespace tenon::test;

namespace {

using Floats = std::vector<float>;

Floats makeInput(size_t size, unsigned seed) {
  Floats values(size);
  for (size_t i = 0; i < size; ++i)
    values[i] = float((i * 7919 + seed * 104729) % 2003) / 1001.5f - 1.0f;
  return values;
}

/// [outer, k, n] -> [outer, panels, k, width], filled up with zeros.
Floats pack(const Floats &plain, int64_t outer, int64_t k, int64_t n,
            int64_t width) {
  int64_t panels = (n + width - 1) / width;
  Floats packed(outer * panels * k * width, 0.0f);
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t row = 0; row < k; ++row)
      for (int64_t column = 0; column < n; ++column)
        packed[((o * panels + column / width) * k + row) * width +
               column % width] = plain[(o * k + row) * n + column];
  return packed;
}

void applyEpilogue(Epilogue epilogue, Floats &values, const Floats &bias,
                   const Floats &residual) {
  if (epilogue == Epilogue::None)
    return;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] += bias[i % bias.size()];
    if (epilogue == Epilogue::BiasResidualRelu)
      values[i] += residual[i];
    values[i] = std::max(values[i], 0.0f);
  }
}

/// Runs the kernel and compares; `reduction` is the number of terms in a sum.
void check(const std::string &text, const Floats &x, const Floats &w,
           Floats expected, Epilogue epilogue, int64_t columns,
           int64_t reduction, llvm::ArrayRef<int64_t> dims = {}) {
  KernelRunner runner(text);
  ASSERT_TRUE(runner.isValid()) << text;
  EXPECT_NE(runner.getKernel().assembly.find("vfmadd"), std::string::npos)
      << text;
  Floats bias = makeInput(columns, 3), residual = makeInput(expected.size(), 4);
  applyEpilogue(epilogue, expected, bias, residual);
  Floats result(expected.size(), NAN);
  std::vector<void *> buffers = {const_cast<float *>(x.data()),
                                 const_cast<float *>(w.data())};
  if (epilogue != Epilogue::None)
    buffers.push_back(bias.data());
  if (epilogue == Epilogue::BiasResidualRelu)
    buffers.push_back(residual.data());
  buffers.push_back(result.data());
  runner.run(buffers, dims, 3);
  for (size_t i = 0; i < result.size(); ++i)
    ASSERT_NEAR(result[i], expected[i], 1e-6 * reduction)
        << "element " << i << " of\n"
        << text;
}

void check(const Gemm &gemm, int64_t m) {
  int64_t batch = std::max<int64_t>(gemm.batch, 1), n = gemm.n, k = gemm.k;
  Floats a = makeInput(batch * m * k, 1), b = makeInput(batch * k * n, 2);
  Floats expected(batch * m * n);
  for (int64_t i = 0; i < batch * m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (int64_t l = 0; l < k; ++l) {
        int64_t plain = (i / m * k + l) * n + j;
        int64_t transposed = (i / m * n + j) * k + l;
        sum += double(a[i * k + l]) * b[gemm.isTransposed ? transposed : plain];
      }
      expected[i * n + j] = sum;
    }
  if (gemm.batch == 0)
    b = pack(b, 1, k, n, gemm.panelWidth);
  llvm::SmallVector<int64_t> dims;
  if (gemm.isDynamic)
    dims.push_back(m);
  check(gemm.getText(), a, b, expected, gemm.epilogue, n, k, dims);
}

void check(const Gemm &gemm) { check(gemm, gemm.m); }

void check(const Conv &conv, int64_t images) {
  int64_t oh = conv.getOutputSize(conv.h), ow = conv.getOutputSize(conv.w);
  int64_t groups = conv.groups, c = conv.c, oc = conv.oc, kernel = conv.kernel;
  Floats x = makeInput(images * conv.h * conv.w * groups * c, 1);
  Floats w = makeInput(groups * kernel * kernel * c * oc, 2);
  Floats expected(images * oh * ow * groups * oc);
  for (size_t i = 0; i < expected.size(); ++i) {
    int64_t o = i % oc, g = i / oc % groups, px = i / oc / groups % ow;
    int64_t py = i / oc / groups / ow % oh, image = i / oc / groups / ow / oh;
    double sum = 0;
    for (int64_t ky = 0; ky < kernel; ++ky)
      for (int64_t kx = 0; kx < kernel; ++kx) {
        int64_t iy = py * conv.stride + ky * conv.dilation - conv.pad;
        int64_t ix = px * conv.stride + kx * conv.dilation - conv.pad;
        if (iy < 0 || ix < 0 || iy >= conv.h || ix >= conv.w)
          continue;
        for (int64_t ic = 0; ic < c; ++ic)
          sum +=
              double(
                  x[(((image * conv.h + iy) * conv.w + ix) * groups + g) * c +
                    ic]) *
              w[(((g * kernel + ky) * kernel + kx) * c + ic) * oc + o];
      }
    expected[i] = sum;
  }
  if (conv.panelWidth)
    w = pack(w, groups, kernel * kernel * c, oc, conv.panelWidth);
  llvm::SmallVector<int64_t> dims;
  if (conv.isDynamic)
    dims.push_back(images);
  check(conv.getText(), x, w, expected, conv.epilogue, oc, kernel * kernel * c,
        dims);
}

void check(const Conv &conv) { check(conv, conv.n); }

TEST(Contraction, GemmsOfManySizes) {
  for (int64_t m : {1, 2, 5, 6, 7, 13, 49, 200})
    for (auto [n, k] : {std::pair(64, 33), std::pair(40, 7), std::pair(10, 1),
                        std::pair(1000, 20)})
      check(Gemm{.m = m, .n = n, .k = k, .epilogue = Epilogue::BiasRelu});
}

TEST(Contraction, GemmEpilogues) {
  for (Epilogue epilogue :
       {Epilogue::None, Epilogue::BiasRelu, Epilogue::BiasResidualRelu})
    check(Gemm{.m = 30, .n = 44, .k = 17, .epilogue = epilogue});
}

TEST(Contraction, GemmsWithDynamicRows) {
  for (int64_t m : {0, 1, 3, 6, 11, 29, 100, 257})
    check(Gemm{.m = m,
               .n = 48,
               .k = 19,
               .isDynamic = true,
               .epilogue = Epilogue::BiasRelu},
          m);
}

/// Panels that are larger than L2 are used in parts.
TEST(Contraction, DeepReductions) {
  int64_t l2Floats = tenon::TargetInfo::getHost().l2Bytes / 4;
  for (int64_t m : {25, 40, 130})
    check(Gemm{.m = m,
               .n = 40,
               .k = l2Floats / 16 + 7,
               .epilogue = Epilogue::BiasResidualRelu});
  check(Gemm{.m = 50, .n = 24, .k = l2Floats / 16, .isDynamic = true});
  check(Conv{.n = 2,
             .h = 7,
             .w = 7,
             .c = l2Floats / 64,
             .oc = 20,
             .kernel = 3,
             .pad = 1,
             .isDynamic = true,
             .epilogue = Epilogue::BiasRelu});
}

TEST(Contraction, BatchedGemms) {
  check(Gemm{.m = 17, .n = 64, .k = 9, .batch = 3});
  check(Gemm{.m = 9, .n = 21, .k = 30, .batch = 2});
  check(Gemm{.m = 1, .n = 37, .k = 30, .batch = 2});
}

TEST(Contraction, TransposedOperands) {
  for (auto [m, n, k] : {std::tuple(17, 64, 16), std::tuple(9, 21, 30),
                         std::tuple(1, 37, 8), std::tuple(300, 16, 3)})
    check(Gemm{.m = m, .n = n, .k = k, .batch = 2, .isTransposed = true});
}

/// Both sequence lengths of attention are symbols: rows and columns of the
/// scores, or rows and reduction of the second product.
TEST(Contraction, AttentionWithDynamicLengths) {
  const char *shapes = R"mlir(
    #q = affine_map<()[s, t] -> (2, s, 12)>
    #k = affine_map<()[s, t] -> (2, t, 12)>
    #p = affine_map<()[s, t] -> (2, s, t)>)mlir";
  const char *body = R"mlir(
      ^bb0(%a: f32, %b: f32, %c: f32):
        %product = arith.mulf %a, %b : f32
        %sum = arith.addf %c, %product : f32
        linalg.yield %sum : f32
      })mlir";
  KernelRunner scores(std::string(shapes) + R"mlir(
    func.func @kernel(%q: tensor<2x?x12xf32> {tenon.dims = #q},
                      %k: tensor<2x?x12xf32> {tenon.dims = #k},
                      %s: index, %t: index)
        -> (tensor<2x?x?xf32> {tenon.dims = #p}) attributes {tenon.kernel} {
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty(%s, %t) : tensor<2x?x?xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x?x?xf32>) -> tensor<2x?x?xf32>
      %g = linalg.generic {
          indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, n, k)>,
                           affine_map<(b, m, n, k) -> (b, m, n)>],
          iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
          ins(%q, %k : tensor<2x?x12xf32>, tensor<2x?x12xf32>) outs(%f : tensor<2x?x?xf32>) {)mlir" +
                      body + R"mlir( -> tensor<2x?x?xf32>
      return %g : tensor<2x?x?xf32>
    })mlir");
  KernelRunner product(std::string(shapes) + R"mlir(
    func.func @kernel(%p: tensor<2x?x?xf32> {tenon.dims = #p},
                      %v: tensor<2x?x12xf32> {tenon.dims = #k},
                      %s: index, %t: index)
        -> (tensor<2x?x12xf32> {tenon.dims = #q}) attributes {tenon.kernel} {
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty(%s) : tensor<2x?x12xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x?x12xf32>) -> tensor<2x?x12xf32>
      %g = linalg.generic {
          indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, k, n)>,
                           affine_map<(b, m, n, k) -> (b, m, n)>],
          iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
          ins(%p, %v : tensor<2x?x?xf32>, tensor<2x?x12xf32>) outs(%f : tensor<2x?x12xf32>) {)mlir" +
                       body + R"mlir( -> tensor<2x?x12xf32>
      return %g : tensor<2x?x12xf32>
    })mlir");
  ASSERT_TRUE(scores.isValid() && product.isValid());
  for (auto [s, t] : {std::pair(5, 7), std::pair(1, 33), std::pair(20, 16),
                      std::pair(3, 1), std::pair(0, 5)}) {
    Floats q = makeInput(2 * s * 12, 1), k = makeInput(2 * t * 12, 2);
    Floats p(2 * s * t + 8, 7.0f), out(2 * s * 12, NAN);
    scores.run({q.data(), k.data(), p.data()}, {s, t}, 3);
    product.run({p.data(), k.data(), out.data()}, {s, t}, 3);
    for (int64_t i = 2 * s * t; i < 2 * s * t + 8; ++i)
      ASSERT_EQ(p[i], 7.0f) << "written behind the result";
    for (int64_t row = 0; row < 2 * s; ++row) {
      Floats expected(12, 0.0f);
      for (int64_t j = 0; j < t; ++j) {
        float score = 0;
        for (int64_t l = 0; l < 12; ++l)
          score += q[row * 12 + l] * k[(row / s * t + j) * 12 + l];
        ASSERT_NEAR(p[row * t + j], score, 1e-5);
        for (int64_t l = 0; l < 12; ++l)
          expected[l] += score * k[(row / s * t + j) * 12 + l];
      }
      for (int64_t l = 0; l < 12; ++l)
        ASSERT_NEAR(out[row * 12 + l], expected[l], 1e-4);
    }
  }
}

void check(const DepthwiseConv &conv) {
  int64_t oh = conv.getOutputSize(conv.h), ow = conv.getOutputSize(conv.w);
  int64_t c = conv.c, kernel = conv.kernel;
  Floats x = makeInput(conv.n * conv.h * conv.w * c, 1);
  Floats w = makeInput(kernel * kernel * c, 2), expected(conv.n * oh * ow * c);
  for (size_t i = 0; i < expected.size(); ++i) {
    int64_t o = i % c, px = i / c % ow, py = i / c / ow % oh;
    int64_t image = i / c / ow / oh;
    double sum = 0;
    for (int64_t ky = 0; ky < kernel; ++ky)
      for (int64_t kx = 0; kx < kernel; ++kx) {
        int64_t iy = py * conv.stride + ky - conv.pad;
        int64_t ix = px * conv.stride + kx - conv.pad;
        if (iy >= 0 && ix >= 0 && iy < conv.h && ix < conv.w)
          sum += double(x[((image * conv.h + iy) * conv.w + ix) * c + o]) *
                 w[(ky * kernel + kx) * c + o];
      }
    expected[i] = sum;
  }
  check(conv.getText(), x, w, expected, conv.epilogue, c, kernel * kernel);
}

TEST(Contraction, DepthwiseConvolutions) {
  for (auto [size, channels] : {std::pair(7, 40), std::pair(14, 100),
                                std::pair(30, 16), std::pair(56, 12)})
    for (int64_t stride : {1, 2})
      check(DepthwiseConv{.n = 2,
                          .h = size,
                          .w = size,
                          .c = channels,
                          .kernel = 3,
                          .stride = stride,
                          .pad = 1,
                          .epilogue = Epilogue::BiasRelu});
  check(DepthwiseConv{.n = 1, .h = 20, .w = 17, .c = 24, .kernel = 5});
}

/// The registers of a tile are all there are: one more value goes to memory in
/// every iteration. Inner loops are those that have many FMAs.
TEST(Contraction, KeepsTilesInRegisters) {
  struct Machine {
    const char *cpu, *registerName;
    int64_t panelWidth;
  };
  for (Machine machine :
       {Machine{"x86-64-v3", "%ymm", 16}, Machine{"x86-64-v4", "%zmm", 64},
        Machine{"x86-64-v4", "%zmm", 48}}) {
    tenon::TargetInfo target = llvm::cantFail(
        tenon::TargetInfo::get("x86_64-unknown-linux-gnu", machine.cpu));
    for (const std::string &text :
         {Gemm{.m = 120,
               .n = 192,
               .k = 256,
               .panelWidth = machine.panelWidth,
               .epilogue = Epilogue::BiasResidualRelu}
              .getText(),
          Conv{.n = 1,
               .h = 56,
               .w = 56,
               .c = 64,
               .oc = 192,
               .kernel = 3,
               .pad = 1,
               .panelWidth = machine.panelWidth,
               .epilogue = Epilogue::BiasRelu}
              .getText(),
          DepthwiseConv{
              .n = 1, .h = 56, .w = 56, .c = 192, .kernel = 3, .pad = 1}
              .getText()}) {
      KernelRunner runner(text, target);
      const std::string &assembly = runner.getKernel().assembly;
      EXPECT_NE(assembly.find("vfmadd"), std::string::npos) << text;
      EXPECT_NE(assembly.find(machine.registerName), std::string::npos) << text;
      llvm::SmallVector<llvm::StringRef> lines;
      llvm::StringRef(assembly).split(lines, '\n');
      for (llvm::StringRef line : lines)
        EXPECT_FALSE(line.contains("vmov") && line.contains("(%rsp)") &&
                     line.contains(machine.registerName))
            << line.str() << " of\n"
            << text;
    }
  }
}

TEST(Contraction, PoolsWithPaddedWindows) {
  KernelRunner runner(R"mlir(
    func.func @kernel(%x: tensor<1x9x9x20xf32>) -> tensor<1x5x5x20xf32> attributes {tenon.kernel} {
      %lowest = arith.constant 0xFF800000 : f32
      %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
      ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
        tensor.yield %lowest : f32
      } : tensor<1x9x9x20xf32> to tensor<1x11x11x20xf32>
      %window = tensor.empty() : tensor<3x3xf32>
      %e = tensor.empty() : tensor<1x5x5x20xf32>
      %f = linalg.fill ins(%lowest : f32) outs(%e : tensor<1x5x5x20xf32>) -> tensor<1x5x5x20xf32>
      %g = linalg.generic {
          indexing_maps = [affine_map<(n, y, x, c, i, j) -> (n, y * 2 + i, x * 2 + j, c)>,
                           affine_map<(n, y, x, c, i, j) -> (i, j)>, affine_map<(n, y, x, c, i, j) -> (n, y, x, c)>],
          iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
          ins(%p, %window : tensor<1x11x11x20xf32>, tensor<3x3xf32>) outs(%f : tensor<1x5x5x20xf32>) {
      ^bb0(%a: f32, %w: f32, %c: f32):
        %m = arith.maximumf %a, %c : f32
        linalg.yield %m : f32
      } -> tensor<1x5x5x20xf32>
      return %g : tensor<1x5x5x20xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  Floats x = makeInput(9 * 9 * 20, 1), result(5 * 5 * 20, NAN);
  runner.run({x.data(), result.data()}, {}, 2);
  for (int64_t i = 0; i < 5 * 5 * 20; ++i) {
    float expected = -INFINITY;
    for (int64_t y = i / 100 * 2 - 1; y <= i / 100 * 2 + 1; ++y)
      for (int64_t z = i / 20 % 5 * 2 - 1; z <= i / 20 % 5 * 2 + 1; ++z)
        if (y >= 0 && z >= 0 && y < 9 && z < 9)
          expected = std::max(expected, x[(y * 9 + z) * 20 + i % 20]);
    ASSERT_EQ(result[i], expected) << i;
  }
}

/// Booleans are bytes in memory: a mask must not be loaded as a vector of bits.
TEST(Contraction, SelectsByMask) {
  KernelRunner runner(R"mlir(
    #id = affine_map<(m, n) -> (m, n)>
    func.func @kernel(%x: tensor<5x12xf32>, %w: tensor<12x20xf32>, %mask: tensor<5x20xi1>)
        -> tensor<5x20xf32> attributes {tenon.kernel} {
      %zero = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<5x20xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<5x20xf32>) -> tensor<5x20xf32>
      %g = linalg.generic {
          indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%x, %w : tensor<5x12xf32>, tensor<12x20xf32>) outs(%f : tensor<5x20xf32>) {
      ^bb0(%a: f32, %b: f32, %c: f32):
        %p = arith.mulf %a, %b : f32
        %s = arith.addf %c, %p : f32
        linalg.yield %s : f32
      } -> tensor<5x20xf32>
      %h = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
          ins(%g, %mask : tensor<5x20xf32>, tensor<5x20xi1>) outs(%e : tensor<5x20xf32>) {
      ^bb0(%a: f32, %b: i1, %c: f32):
        %s = arith.select %b, %a, %zero : f32
        linalg.yield %s : f32
      } -> tensor<5x20xf32>
      return %h : tensor<5x20xf32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  Floats x = makeInput(5 * 12, 1), w = makeInput(12 * 20, 2), result(100);
  std::vector<uint8_t> mask(100);
  for (int64_t i = 0; i < 100; ++i)
    mask[i] = i % 3 == 0;
  runner.run({x.data(), w.data(), mask.data(), result.data()});
  for (int64_t i = 0; i < 100; ++i) {
    float expected = 0;
    for (int64_t k = 0; k < 12 && mask[i]; ++k)
      expected += x[i / 20 * 12 + k] * w[k * 20 + i % 20];
    ASSERT_NEAR(result[i], expected, 1e-5) << i;
  }
}

TEST(Contraction, IntegersWithZeroPoints) {
  KernelRunner runner(R"mlir(
    func.func @kernel(%x: tensor<7x33xi8>, %w: tensor<33x20xi8>) -> tensor<7x20xi32> attributes {tenon.kernel} {
      %zero = arith.constant 0 : i32
      %point = arith.constant 3 : i32
      %e = tensor.empty() : tensor<7x20xi32>
      %f = linalg.fill ins(%zero : i32) outs(%e : tensor<7x20xi32>) -> tensor<7x20xi32>
      %g = linalg.generic {
          indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%x, %w : tensor<7x33xi8>, tensor<33x20xi8>) outs(%f : tensor<7x20xi32>) {
      ^bb0(%a: i8, %b: i8, %c: i32):
        %ax = arith.extui %a : i8 to i32
        %az = arith.subi %ax, %point : i32
        %bx = arith.extsi %b : i8 to i32
        %p = arith.muli %az, %bx : i32
        %s = arith.addi %c, %p : i32
        linalg.yield %s : i32
      } -> tensor<7x20xi32>
      return %g : tensor<7x20xi32>
    })mlir");
  ASSERT_TRUE(runner.isValid());
  std::vector<uint8_t> x(7 * 33);
  std::vector<int8_t> w(33 * 20);
  std::vector<int32_t> result(7 * 20);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = i * 37;
  for (size_t i = 0; i < w.size(); ++i)
    w[i] = i * 53;
  runner.run({x.data(), w.data(), result.data()});
  for (int64_t i = 0; i < 7 * 20; ++i) {
    int32_t expected = 0;
    for (int64_t k = 0; k < 33; ++k)
      expected += (x[i / 20 * 33 + k] - 3) * w[k * 20 + i % 20];
    ASSERT_EQ(result[i], expected);
  }
}

TEST(Contraction, Convolutions) {
  for (int64_t size : {7, 14, 20, 31})
    for (int64_t stride : {1, 2})
      check(Conv{.n = 2,
                 .h = size,
                 .w = size,
                 .c = 5,
                 .oc = 32,
                 .kernel = 3,
                 .stride = stride,
                 .pad = 1,
                 .epilogue = Epilogue::BiasResidualRelu});
  check(Conv{.n = 1,
             .h = 9,
             .w = 13,
             .c = 4,
             .oc = 20,
             .kernel = 3,
             .epilogue = Epilogue::BiasRelu});
  check(Conv{.n = 1,
             .h = 16,
             .w = 15,
             .c = 4,
             .oc = 16,
             .kernel = 3,
             .pad = 2,
             .dilation = 2});
  check(Conv{.n = 1,
             .h = 40,
             .w = 40,
             .c = 3,
             .oc = 64,
             .kernel = 7,
             .stride = 2,
             .pad = 3,
             .epilogue = Epilogue::BiasRelu});
  check(Conv{.n = 2, .h = 14, .w = 14, .c = 24, .oc = 32, .kernel = 1});
  check(Conv{
      .n = 2, .h = 14, .w = 14, .c = 24, .oc = 32, .kernel = 1, .stride = 2});
  check(Conv{.n = 1,
             .h = 12,
             .w = 12,
             .c = 8,
             .oc = 16,
             .kernel = 3,
             .pad = 1,
             .panelWidth = 0});
}

TEST(Contraction, GroupedConvolutions) {
  check(Conv{.n = 1,
             .h = 12,
             .w = 12,
             .c = 4,
             .oc = 16,
             .kernel = 3,
             .pad = 1,
             .groups = 4,
             .epilogue = Epilogue::None});
  check(Conv{.n = 1,
             .h = 8,
             .w = 8,
             .c = 3,
             .oc = 5,
             .kernel = 3,
             .groups = 2,
             .panelWidth = 8});
}

TEST(Contraction, ConvolutionsWithDynamicBatch) {
  for (int64_t n : {1, 3})
    check(Conv{.n = n,
               .h = 14,
               .w = 14,
               .c = 8,
               .oc = 32,
               .kernel = 3,
               .pad = 1,
               .isDynamic = true,
               .epilogue = Epilogue::BiasRelu},
          n);
}

} // namespace
