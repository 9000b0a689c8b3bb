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

TEST(Contraction, BatchedGemms) {
  check(Gemm{.m = 17, .n = 64, .k = 9, .batch = 3});
  check(Gemm{.m = 9, .n = 21, .k = 30, .batch = 2});
  check(Gemm{.m = 1, .n = 37, .k = 30, .batch = 2});
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
