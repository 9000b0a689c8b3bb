//===- DeviceInfo.h - what the code generator knows of a GPU ----*- C++ -*-===//
//
// The one description of a device that kernels are made for. Passes ask it for
// sizes and abilities; nothing else in the compiler knows an architecture's
// name.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_GPU_DEVICEINFO_H
#define TENON_CODEGEN_GPU_DEVICEINFO_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <string>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace tenon {

struct DeviceInfo {
  /// As LLVM and ptxas spell it: "sm_80".
  std::string arch;
  /// The oldest PTX that has the architecture, as an LLVM feature: the older
  /// the text, the more drivers take it.
  std::string ptxFeature;

  int64_t warpSize = 32;
  int64_t maxThreads = 1024;
  /// What a block may have, and what it has without asking the driver.
  int64_t maxSharedBytes = 99 << 10;
  int64_t staticSharedBytes = 48 << 10;
  int64_t accessBytes = 16;

  /// Fails with a message for the user if there are no kernels for `arch`.
  static llvm::Expected<DeviceInfo> get(llvm::StringRef arch);

  /// A new machine each time: they are not thread-safe.
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
  createTargetMachine() const;
};

} // namespace tenon

#endif // TENON_CODEGEN_GPU_DEVICEINFO_H
