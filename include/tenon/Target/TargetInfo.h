//===- TargetInfo.h - what the code generator knows of a CPU ----*- C++ -*-===//
//
// The one description of the machine that compiled code runs on. Passes ask it
// for vector widths, registers and caches; nothing else in the compiler knows
// a CPU's name.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_TARGETINFO_H
#define TENON_TARGET_TARGETINFO_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace tenon {

struct TargetInfo {
  std::string triple;
  std::string cpu;
  /// As LLVM spells them for a subtarget: "+avx2,+fma,-avx512f".
  std::string features;

  bool isX86 = false;
  bool isAArch64 = false;
  unsigned vectorBytes = 16;
  unsigned numVectorRegisters = 16;
  bool hasFMA = false;
  /// Hardware conversion between half and single precision.
  bool hasF16Conversion = false;
  bool hasAVX512 = false;
  bool hasAVX512BF16 = false;
  /// 8-bit dot products on vectors of this width (VNNI, or AArch64's dotprod).
  bool hasInt8DotProduct = false;
  bool hasAMXBF16 = false;
  bool hasAMXInt8 = false;

  int64_t l1Bytes = 32 << 10;
  int64_t l2Bytes = 512 << 10;
  int64_t l3Bytes = 16 << 20;

  unsigned getVectorLanes(unsigned elementBits) const {
    return vectorBytes * 8 / elementBits;
  }

  /// This machine with all its features.
  static TargetInfo getHost();

  /// `triple` empty: the host's; `cpu` empty or "native": the host's CPU if the
  /// triple is the host's, else the architecture's generic one. Fails with a
  /// message for the user if LLVM does not know the triple or the CPU.
  static llvm::Expected<TargetInfo> get(llvm::StringRef triple,
                                        llvm::StringRef cpu,
                                        llvm::StringRef extraFeatures = "");

  /// A new machine each time: they are not thread-safe.
  std::unique_ptr<llvm::TargetMachine>
  createTargetMachine(llvm::CodeGenOptLevel level) const;

  /// The instruction set extensions that code for this target may use and that
  /// not every CPU of the architecture has, as LLVM spells them, sorted: what
  /// an artefact checks when it is opened.
  std::vector<std::string> getRequiredFeatures() const;
};

} // namespace tenon

#endif // TENON_TARGET_TARGETINFO_H
