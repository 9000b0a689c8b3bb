//===- TargetInfo.cpp - what the code generator knows of a CPU ------------===//

#include "tenon/Target/TargetInfo.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include <algorithm>
#include <mutex>
#include <unistd.h>

using namespace tenon;

namespace {

void initializeBackends() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
  });
}

/// The host's features, spelt out: an unusual machine (a virtual one that hides
/// AVX-512) differs from what its CPU's name implies.
std::string getHostFeatures() {
  llvm::SubtargetFeatures features;
  std::vector<std::pair<std::string, bool>> sorted;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    sorted.emplace_back(feature.first().str(), feature.second);
  std::sort(sorted.begin(), sorted.end());
  for (const auto &[name, enabled] : sorted)
    features.AddFeature(name, enabled);
  return features.getString();
}

void readX86Features(const llvm::MCSubtargetInfo &subtarget, TargetInfo &info) {
  auto has = [&](llvm::StringRef name) {
    return subtarget.checkFeatures(("+" + name).str());
  };
  info.hasFMA = has("fma");
  info.hasF16Conversion = has("f16c");
  info.hasAVX512 =
      has("avx512f") && has("avx512vl") && has("avx512bw") && has("avx512dq");
  info.hasAVX512BF16 = info.hasAVX512 && has("avx512bf16");
  info.hasInt8DotProduct = info.hasAVX512 ? has("avx512vnni") : has("avxvnni");
  info.hasAMXBF16 = has("amx-tile") && has("amx-bf16");
  info.hasAMXInt8 = has("amx-tile") && has("amx-int8");
  info.vectorBytes = info.hasAVX512 ? 64 : has("avx2") ? 32 : 16;
  info.numVectorRegisters = info.hasAVX512 ? 32 : 16;
}

void readAArch64Features(const llvm::MCSubtargetInfo &subtarget,
                         TargetInfo &info) {
  info.hasFMA = true;
  info.hasF16Conversion = true;
  info.hasInt8DotProduct = subtarget.checkFeatures("+dotprod");
  info.vectorBytes = 16;
  info.numVectorRegisters = 32;
  info.l1Bytes = 64 << 10;
}

void readHostCaches(TargetInfo &info) {
  auto read = [](int name, int64_t &bytes) {
    if (long value = sysconf(name); value > 0)
      bytes = value;
  };
  read(_SC_LEVEL1_DCACHE_SIZE, info.l1Bytes);
  read(_SC_LEVEL2_CACHE_SIZE, info.l2Bytes);
  read(_SC_LEVEL3_CACHE_SIZE, info.l3Bytes);
}

const llvm::Target *lookupTarget(llvm::StringRef triple, std::string &error) {
  initializeBackends();
  return llvm::TargetRegistry::lookupTarget(llvm::Triple(triple), error);
}

} // namespace

TargetInfo TargetInfo::getHost() { return llvm::cantFail(get("", "native")); }

llvm::Expected<TargetInfo> TargetInfo::get(llvm::StringRef triple,
                                           llvm::StringRef cpu,
                                           llvm::StringRef extraFeatures) {
  TargetInfo info;
  llvm::Triple host(llvm::sys::getProcessTriple());
  llvm::Triple wanted(triple.empty() ? host.str()
                                     : llvm::Triple::normalize(triple));
  info.triple = wanted.str();
  std::string error;
  const llvm::Target *target = lookupTarget(info.triple, error);
  if (!target)
    return llvm::createStringError("unknown target '" + triple.str() +
                                   "': expected a triple of x86-64 or AArch64");

  bool isHost =
      wanted.getArch() == host.getArch() && wanted.getOS() == host.getOS();
  bool isNative = isHost && (cpu.empty() || cpu == "native");
  if (isNative) {
    info.cpu = llvm::sys::getHostCPUName().str();
    info.features = getHostFeatures();
    readHostCaches(info);
  } else if (cpu.empty() || cpu == "native") {
    info.cpu = wanted.isX86() ? "x86-64-v3" : "generic";
  } else {
    info.cpu = cpu.str();
  }
  if (!extraFeatures.empty())
    info.features += (info.features.empty() ? "" : ",") + extraFeatures.str();

  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(wanted, "", ""));
  if (!subtarget->isCPUStringValid(info.cpu))
    return llvm::createStringError("unknown CPU '" + info.cpu +
                                   "' for target '" + info.triple + "'");
  subtarget.reset(
      target->createMCSubtargetInfo(wanted, info.cpu, info.features));
  info.isX86 = wanted.isX86();
  info.isAArch64 = wanted.isAArch64();
  if (info.isX86)
    readX86Features(*subtarget, info);
  else if (info.isAArch64)
    readAArch64Features(*subtarget, info);
  return info;
}

std::unique_ptr<llvm::TargetMachine>
TargetInfo::createTargetMachine(llvm::CodeGenOptLevel level) const {
  std::string error;
  const llvm::Target *target = lookupTarget(triple, error);
  llvm::TargetOptions options;
  // mul + add may become one FMA (docs/Rationale/GeneralKernels.md); nothing
  // else about the order of float operations is given up here.
  options.AllowFPOpFusion = llvm::FPOpFusion::Fast;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(llvm::Triple(triple), cpu, features, options,
                                  llvm::Reloc::PIC_, std::nullopt, level));
}

std::vector<std::string> TargetInfo::getRequiredFeatures() const {
  // All from which LLVM may select an instruction; the runtime knows them
  // (lib/Runtime/CpuX86.c).
  static constexpr llvm::StringLiteral kChecked[] = {"adx",
                                                     "aes",
                                                     "amx-bf16",
                                                     "amx-complex",
                                                     "amx-fp16",
                                                     "amx-int8",
                                                     "amx-tile",
                                                     "avx",
                                                     "avx10.1",
                                                     "avx2",
                                                     "avx512bf16",
                                                     "avx512bitalg",
                                                     "avx512bw",
                                                     "avx512cd",
                                                     "avx512dq",
                                                     "avx512f",
                                                     "avx512fp16",
                                                     "avx512ifma",
                                                     "avx512vbmi",
                                                     "avx512vbmi2",
                                                     "avx512vl",
                                                     "avx512vnni",
                                                     "avx512vp2intersect",
                                                     "avx512vpopcntdq",
                                                     "avxifma",
                                                     "avxneconvert",
                                                     "avxvnni",
                                                     "avxvnniint16",
                                                     "avxvnniint8",
                                                     "bmi",
                                                     "bmi2",
                                                     "crc32",
                                                     "cx16",
                                                     "f16c",
                                                     "fma",
                                                     "fma4",
                                                     "gfni",
                                                     "lzcnt",
                                                     "movbe",
                                                     "movdir64b",
                                                     "movdiri",
                                                     "pclmul",
                                                     "popcnt",
                                                     "prfchw",
                                                     "sahf",
                                                     "sha",
                                                     "sse3",
                                                     "sse4.1",
                                                     "sse4.2",
                                                     "sse4a",
                                                     "ssse3",
                                                     "tbm",
                                                     "vaes",
                                                     "vpclmulqdq",
                                                     "xop"};
  std::vector<std::string> required;
  if (!isX86)
    return required;
  std::string error;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      lookupTarget(triple, error)
          ->createMCSubtargetInfo(llvm::Triple(triple), cpu, features));
  for (llvm::StringRef feature : kChecked)
    if (subtarget->checkFeatures(("+" + feature).str()))
      required.push_back(feature.str());
  return required;
}
