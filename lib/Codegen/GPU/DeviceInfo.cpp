//===- DeviceInfo.cpp - the devices that kernels are made for -------------===//

#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

namespace tenon {

namespace {
struct Architecture {
  llvm::StringLiteral name;
  llvm::StringLiteral ptxFeature;
  int64_t maxSharedBytes;
};
} // namespace

/// The first serves every later device; the others hold instructions that only
/// they have.
static constexpr Architecture kArchitectures[] = {
    {"sm_80", "+ptx70", 163 << 10},
    {"sm_89", "+ptx78", 99 << 10},
    {"sm_90a", "+ptx80", 227 << 10},
    {"sm_100a", "+ptx86", 227 << 10},
};

llvm::Expected<DeviceInfo> DeviceInfo::get(llvm::StringRef arch) {
  const Architecture *found = llvm::find_if(
      kArchitectures, [&](const Architecture &a) { return a.name == arch; });
  if (found == std::end(kArchitectures))
    return llvm::createStringError(
        "expected the GPU architecture to be sm_80, sm_89, sm_90a or sm_100a, "
        "got '" +
        arch + "'");
  DeviceInfo info;
  info.arch = found->name.str();
  info.ptxFeature = found->ptxFeature.str();
  info.maxSharedBytes = found->maxSharedBytes;
  return info;
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
DeviceInfo::createTargetMachine() const {
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetMC();
  LLVMInitializeNVPTXAsmPrinter();
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return llvm::createStringError("cannot make GPU kernels: " + error);
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, arch, ptxFeature, llvm::TargetOptions(), llvm::Reloc::PIC_));
}

} // namespace tenon
