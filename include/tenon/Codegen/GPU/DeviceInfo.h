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

  static constexpr int64_t kWarpSize = 32;
  /// Of a block.
  static constexpr int64_t kThreads = 256;
  /// Of a thread, at most: all of them are a multiprocessor's.
  static constexpr int64_t kRegisters = 255;
  /// What a block computes of a contraction: each thread holds a square of
  /// kThreadTile x kThreadTile results; kTileDepth products at a time.
  static constexpr int64_t kTileRows = 64, kTileColumns = 64, kTileDepth = 16,
                           kThreadTile = 4;
  /// A tile of any other kernel, in element accesses.
  static constexpr int64_t kAccessesPerTile = 8192;
  /// What a block may have, and what it has without asking the driver.
  int64_t maxSharedBytes = 99 << 10;
  static constexpr int64_t kStaticSharedBytes = 48 << 10;
  /// Of the widest access of a thread.
  static constexpr int64_t kAccessBytes = 16;

  /// Fails with a message for the user if there are no kernels for `arch`.
  static llvm::Expected<DeviceInfo> get(llvm::StringRef arch);

  /// A new machine each time: they are not thread-safe.
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
  createTargetMachine() const;
};

} // namespace tenon

#endif // TENON_CODEGEN_GPU_DEVICEINFO_H
