//===- BenchKernels.cpp - kernels against the FMA peak --------------------===//
//
// bench-kernels [--assembly] [SUBSTRING...]: compiles the layers of known
// networks one by one and runs them on one thread, in turns with a loop of
// independent FMAs: clocks and neighbours change from second to second, the
// quotient hardly.
//
//===----------------------------------------------------------------------===//

#include "ContractionText.h"
#include "KernelRunner.h"
#include "tenon/Target/PanelWidth.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cstdlib>
#include <ctime>

extern "C" float fma_peak(int64_t flops);

using namespace tenon;
using namespace tenon::test;

namespace {

struct Case {
  std::string name;
  std::string text;
  double flops;
  /// Elements of the buffers, results last.
  std::vector<int64_t> sizes;
  std::vector<int64_t> dims;
};

/// Of this thread on a core: other programs' turns don't count.
double getSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

template <typename Function> double measure(Function run) {
  double start = getSeconds();
  run();
  return getSeconds() - start;
}

using Buffer = std::unique_ptr<float, decltype(&free)>;

/// Aligned like the buffers of compiled programs. Zero-free, so that no
/// denormals arise.
Buffer makeBuffer(int64_t size) {
  auto *data =
      static_cast<float *>(aligned_alloc(64, llvm::alignTo(size * 4, 64)));
  for (int64_t i = 0; i < size; ++i)
    data[i] = float(i * 7919 % 2003) / 1001.5f - 1.0f;
  return Buffer(data, &free);
}

int64_t getPackedSize(int64_t n, int64_t width) {
  return (n + width - 1) / width * width;
}

Case makeCase(const std::string &name, Gemm gemm, const TargetInfo &target) {
  gemm.panelWidth = getPanelWidth(gemm.n, 32, target);
  gemm.epilogue = gemm.batch ? Epilogue::None : Epilogue::BiasRelu;
  int64_t batch = std::max<int64_t>(gemm.batch, 1);
  int64_t columns =
      gemm.batch ? gemm.n : getPackedSize(gemm.n, gemm.panelWidth);
  std::vector<int64_t> sizes = {batch * gemm.m * gemm.k,
                                batch * gemm.k * columns, gemm.n,
                                batch * gemm.m * gemm.n};
  if (gemm.batch)
    sizes.erase(sizes.begin() + 2);
  std::vector<int64_t> dims;
  if (gemm.isDynamic)
    dims.push_back(gemm.m);
  std::string label = llvm::formatv(
      "{0} {1}{2}x{3}x{4}", name, gemm.batch ? std::to_string(batch) + "x" : "",
      gemm.m, gemm.n, gemm.k);
  return {label, gemm.getText(), 2.0 * batch * gemm.m * gemm.n * gemm.k, sizes,
          dims};
}

Case makeCase(const std::string &name, Conv conv, const TargetInfo &target) {
  conv.panelWidth = getPanelWidth(conv.oc, 32, target);
  conv.epilogue = Epilogue::BiasRelu;
  int64_t pixels = conv.n * conv.getOutputSize(conv.h) *
                   conv.getOutputSize(conv.w) * conv.groups;
  int64_t terms = conv.kernel * conv.kernel * conv.c;
  int64_t packed = getPackedSize(conv.oc, conv.panelWidth);
  std::string label =
      llvm::formatv("{0} {1}x{2}x{3} k{4} s{5} -> {6}", name, conv.h, conv.w,
                    conv.c, conv.kernel, conv.stride, conv.oc);
  return {label,
          conv.getText(),
          2.0 * pixels * conv.oc * terms,
          {conv.n * conv.h * conv.w * conv.groups * conv.c,
           conv.groups * terms * packed, conv.oc, pixels * conv.oc},
          {}};
}

Case makeCase(const std::string &name, const DepthwiseConv &conv) {
  int64_t pixels =
      conv.n * conv.getOutputSize(conv.h) * conv.getOutputSize(conv.w);
  int64_t window = conv.kernel * conv.kernel;
  std::string label = llvm::formatv("{0} {1}x{2}x{3} k{4} s{5}", name, conv.h,
                                    conv.w, conv.c, conv.kernel, conv.stride);
  return {label,
          conv.getText(),
          2.0 * pixels * conv.c * window,
          {conv.n * conv.h * conv.w * conv.c, window * conv.c, pixels * conv.c},
          {}};
}

std::vector<Case> getCases(const TargetInfo &target) {
  std::vector<Case> cases;
  auto gemm = [&](const std::string &name, Gemm shape) {
    cases.push_back(makeCase(name, shape, target));
  };
  auto conv = [&](const std::string &name, Conv shape) {
    cases.push_back(makeCase(name, shape, target));
  };
  gemm("gemm", {.m = 512, .n = 512, .k = 512});
  gemm("gemm", {.m = 1024, .n = 1024, .k = 1024});
  gemm("gemm-dynamic", {.m = 509, .n = 512, .k = 512, .isDynamic = true});
  gemm("bert-qkv", {.m = 128, .n = 768, .k = 768});
  gemm("bert-mlp1", {.m = 128, .n = 3072, .k = 768});
  gemm("bert-mlp2", {.m = 128, .n = 768, .k = 3072});
  gemm("bert-qk",
       {.m = 128, .n = 128, .k = 64, .batch = 12, .isTransposed = true});
  gemm("bert-pv", {.m = 128, .n = 64, .k = 128, .batch = 12});
  gemm("gemv", {.m = 1, .n = 3072, .k = 768});
  gemm("gemv", {.m = 1, .n = 1000, .k = 2048});
  gemm("lenet", {.m = 1, .n = 10, .k = 84});
  conv("resnet-stem", {.n = 1,
                       .h = 224,
                       .w = 224,
                       .c = 3,
                       .oc = 64,
                       .kernel = 7,
                       .stride = 2,
                       .pad = 3});
  for (auto [size, channels] : {std::pair(56, 64), std::pair(28, 128),
                                std::pair(14, 256), std::pair(7, 512)}) {
    conv("resnet-3x3", {.n = 1,
                        .h = size,
                        .w = size,
                        .c = channels,
                        .oc = channels,
                        .kernel = 3,
                        .pad = 1});
    conv("resnet-1x1", {.n = 1,
                        .h = size,
                        .w = size,
                        .c = channels,
                        .oc = channels * 4,
                        .kernel = 1});
    conv("resnet-1x1", {.n = 1,
                        .h = size,
                        .w = size,
                        .c = channels * 4,
                        .oc = channels,
                        .kernel = 1});
  }
  for (auto [size, channels] :
       {std::pair(56, 128), std::pair(28, 256), std::pair(14, 512)}) {
    conv("resnet-3x3", {.n = 1,
                        .h = size,
                        .w = size,
                        .c = channels,
                        .oc = channels,
                        .kernel = 3,
                        .stride = 2,
                        .pad = 1});
    conv("resnet-down", {.n = 1,
                         .h = size,
                         .w = size,
                         .c = channels * 2,
                         .oc = channels * 4,
                         .kernel = 1,
                         .stride = 2});
  }
  for (auto [size, channels] :
       {std::pair(256, 32), std::pair(224, 64), std::pair(112, 128),
        std::pair(56, 256), std::pair(28, 512), std::pair(14, 512)})
    conv("vgg-3x3", {.n = 1,
                     .h = size,
                     .w = size,
                     .c = channels,
                     .oc = channels,
                     .kernel = 3,
                     .pad = 1});
  gemm("gpt2-head", {.m = 128, .n = 50257, .k = 768});
  for (auto [size, channels] :
       {std::pair(112, 32), std::pair(56, 144), std::pair(14, 576)})
    cases.push_back(makeCase(
        "mobilenet-dw",
        {.n = 1, .h = size, .w = size, .c = channels, .kernel = 3, .pad = 1}));
  return cases;
}

void run(const Case &item, bool printAssembly) {
  double compileSeconds = getSeconds();
  KernelRunner runner(item.text);
  compileSeconds = getSeconds() - compileSeconds;
  if (!runner.isValid()) {
    llvm::outs() << item.name << ": does not compile\n";
    return;
  }
  std::vector<Buffer> storage;
  std::vector<void *> buffers;
  for (int64_t size : item.sizes)
    storage.push_back(makeBuffer(size));
  for (Buffer &buffer : storage)
    buffers.push_back(buffer.get());

  KernelRunner::Call call = runner.prepare(buffers, item.dims);
  call();
  double once = measure(call);
  int64_t repeats = std::max<int64_t>(1, 0.002 / once);
  constexpr int kRounds = 31;
  constexpr int64_t kPeakFlops = 100'000'000;
  std::vector<double> fractions, rates;
  for (int round = 0; round < kRounds; ++round) {
    double peak = kPeakFlops / measure([] { fma_peak(kPeakFlops); });
    double seconds = measure([&] {
      for (int64_t i = 0; i < repeats; ++i)
        call();
    });
    rates.push_back(item.flops * repeats / seconds);
    fractions.push_back(rates.back() / peak);
  }
  std::sort(fractions.begin(), fractions.end());
  std::sort(rates.begin(), rates.end());
  llvm::outs() << llvm::formatv(
      "{0,-40} {1,7:F1} GFLOP/s {2,6:F2} of peak (best {3:F2}) {4,9:F1} us "
      "{5,5:F0} ms to compile\n",
      item.name, rates[kRounds / 2] / 1e9, fractions[kRounds / 2],
      fractions.back(), item.flops / rates[kRounds / 2] * 1e6,
      compileSeconds * 1e3);
  if (printAssembly)
    llvm::outs() << runner.getKernel().assembly;
}

} // namespace

int main(int argc, char **argv) {
  TargetInfo target = TargetInfo::getHost();
  llvm::outs() << llvm::formatv("{0}, one thread\n", target.cpu);
  std::vector<llvm::StringRef> patterns(argv + 1, argv + argc);
  bool printAssembly = llvm::is_contained(patterns, "--assembly");
  llvm::erase(patterns, "--assembly");
  for (const Case &item : getCases(target))
    if (patterns.empty() ||
        llvm::any_of(patterns, [&](llvm::StringRef pattern) {
          return llvm::StringRef(item.name).contains(pattern);
        }))
      run(item, printAssembly);
  return 0;
}
