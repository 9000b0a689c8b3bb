//===- Cpu.cpp - a CPU that lacks features is refused ---------------------===//
#include "FakeModel.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

extern "C" {
#include "Cpu.h"
}

namespace {

std::string findMissing(const char *features) {
  char missing[256];
  tenon_rt_missing_features(features, missing, sizeof(missing));
  return missing;
}

TEST(Cpu, KnowsItsOwnFeatures) {
#if defined(__x86_64__)
  EXPECT_EQ(findMissing("cx8,sse2,64bit"), "");
  EXPECT_EQ(findMissing("+avx2,fma") == "",
            __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
  EXPECT_EQ(findMissing("avx512f,avx512bw") == "",
            __builtin_cpu_supports("avx512bw"));
#elif defined(__aarch64__)
  EXPECT_EQ(findMissing("neon"), "");
#endif
}

TEST(Cpu, AgreesWithLLVM) {
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    EXPECT_EQ(findMissing(feature.first().str().c_str()).empty(),
              feature.second)
        << feature.first().str();
}

TEST(Cpu, NamesWhatIsMissing) {
  EXPECT_EQ(findMissing(""), "");
  EXPECT_EQ(findMissing(nullptr), "");
  EXPECT_EQ(findMissing("+abacus,-slide-rule,quipu"), "abacus, quipu");
  EXPECT_EQ(findMissing("ss"), "ss") << "a prefix of a name is not the name";
}

TEST(Cpu, RefusesToOpen) {
  FakeModel model = makeStaticModel();
  model.model.target = "x86_64-linux-gnu babbage";
  model.model.cpu_features = "abacus";
  OpenModel opened(model);
  EXPECT_FALSE(opened.context);
  EXPECT_EQ(opened.error.status, TENON_ERR_CPU);
  EXPECT_STREQ(opened.error.message,
               "model 'static' was compiled for x86_64-linux-gnu babbage: "
               "this CPU lacks abacus");
}

} // namespace
