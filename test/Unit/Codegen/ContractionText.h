//===- ContractionText.h - contraction kernels as text ----------*- C++ -*-===//
//
// Kernels in the form that lib/Conversion hands to code generation, for tests
// and benchmarks.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TEST_UNIT_CODEGEN_CONTRACTIONTEXT_H
#define TENON_TEST_UNIT_CODEGEN_CONTRACTIONTEXT_H

#include <cstdint>
#include <string>

namespace tenon::test {

enum class Epilogue { None, BiasRelu, BiasResidualRelu };

/// C[b, m, n] = epilogue(sum A[b, m, k] * B[b, k, n]); the bias is [n], the
/// residual like C.
struct Gemm {
  int64_t m, n, k;
  /// 0: no batch dimension, and B is packed.
  int64_t batch = 0;
  /// Panel width of a packed B.
  int64_t panelWidth = 16;
  /// m is symbol 0.
  bool isDynamic = false;
  /// B is [n, k].
  bool isTransposed = false;
  Epilogue epilogue = Epilogue::None;

  std::string getText() const;
};

/// Channels-last: O[n, oh, ow, g, oc] from I[n, h, w, g, c] and packed
/// W[kh, kw, c, oc]; the dimension g only with groups.
struct Conv {
  int64_t n, h, w, c, oc, kernel;
  int64_t stride = 1, pad = 0, dilation = 1;
  int64_t groups = 1;
  /// 0: the weight is not packed.
  int64_t panelWidth = 16;
  /// n is symbol 0.
  bool isDynamic = false;
  Epilogue epilogue = Epilogue::None;

  int64_t getOutputSize(int64_t size) const {
    return (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  }
  std::string getText() const;
};

/// Each channel on its own: O[n, oh, ow, c] from I[n, h, w, c], W[kh, kw, c].
struct DepthwiseConv {
  int64_t n, h, w, c, kernel, stride = 1, pad = 0;
  Epilogue epilogue = Epilogue::None;

  int64_t getOutputSize(int64_t size) const {
    return (size + 2 * pad - kernel) / stride + 1;
  }
  std::string getText() const;
};

} // namespace tenon::test

#endif // TENON_TEST_UNIT_CODEGEN_CONTRACTIONTEXT_H
