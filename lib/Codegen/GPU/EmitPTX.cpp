//===- EmitPTX.cpp - device kernels to PTX --------------------------------===//

#include "tenon/Codegen/GPU/EmitPTX.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/Kernel/LLVMPasses.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace tenon {

void registerDeviceDialects(DialectRegistry &registry) {
  registry.insert<gpu::GPUDialect, NVVM::NVVMDialect>();
  registerNVVMDialectTranslation(registry);
}

/// Links every kernel into `module`.
static LogicalResult linkKernels(ModuleOp parent, llvm::Module &module) {
  llvm::Linker linker(module);
  for (ModuleOp kernel : parent.getOps<ModuleOp>()) {
    std::unique_ptr<llvm::Module> part =
        translateModuleToLLVMIR(kernel, module.getContext());
    if (!part)
      return failure();
    // The translation sets neither; the linker warns where they differ.
    part->setTargetTriple(module.getTargetTriple());
    part->setDataLayout(module.getDataLayout());
    if (linker.linkInModule(std::move(part)))
      return emitError(kernel.getLoc(),
                       "cannot link the device kernel to the others");
  }
  return success();
}

/// Helpers become local, so that the optimiser inlines them and drops them.
static void makeHelpersLocal(llvm::Module &module) {
  for (llvm::Function &function : module) {
    bool isKernel = function.getCallingConv() == llvm::CallingConv::PTX_Kernel;
    if (!function.isDeclaration() && !isKernel)
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  runLLVMPasses(module, machine, [](llvm::PassBuilder &builder) {
    return builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2);
  });
}

/// Whether LLVM would make a call of the intrinsic, of a function of libm.
static bool isElementaryFunction(const llvm::Function &function) {
  switch (function.getIntrinsicID()) {
  case llvm::Intrinsic::exp:
  case llvm::Intrinsic::exp2:
  case llvm::Intrinsic::exp10:
  case llvm::Intrinsic::log:
  case llvm::Intrinsic::log2:
  case llvm::Intrinsic::log10:
  case llvm::Intrinsic::pow:
  case llvm::Intrinsic::powi:
  case llvm::Intrinsic::sin:
  case llvm::Intrinsic::cos:
  case llvm::Intrinsic::tan:
  case llvm::Intrinsic::asin:
  case llvm::Intrinsic::acos:
  case llvm::Intrinsic::atan:
  case llvm::Intrinsic::atan2:
  case llvm::Intrinsic::sinh:
  case llvm::Intrinsic::cosh:
  case llvm::Intrinsic::tanh:
    return true;
  default:
    return false;
  }
}

/// No library stands behind the text: what it calls and doesn't hold would only
/// fail when the driver loads it. `lower-math` leaves functions of f64 to libm.
static LogicalResult checkCalls(ModuleOp parent, const llvm::Module &module) {
  for (const llvm::Function &function : module) {
    bool isOutside =
        function.isDeclaration() && !function.use_empty() &&
        (!function.isIntrinsic() || isElementaryFunction(function));
    if (!isOutside)
      continue;
    auto *call = dyn_cast<llvm::Instruction>(*function.user_begin());
    auto kernel =
        call ? parent.lookupSymbol<ModuleOp>(call->getFunction()->getName())
             : ModuleOp();
    return emitError(kernel ? kernel.getLoc() : parent.getLoc())
           << "expected device kernels to call no function outside them, got "
              "a call of '"
           << function.getName() << "'";
  }
  return success();
}

FailureOr<std::string> emitPTX(ModuleOp parent, StringRef arch) {
  llvm::Expected<DeviceInfo> device = DeviceInfo::get(arch);
  if (!device)
    return emitError(parent.getLoc(), llvm::toString(device.takeError()));
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      device->createTargetMachine();
  if (!machine)
    return emitError(parent.getLoc(), llvm::toString(machine.takeError()));

  llvm::LLVMContext context;
  llvm::Module module("kernels", context);
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  if (failed(linkKernels(parent, module)))
    return failure();
  makeHelpersLocal(module);
  optimize(module, **machine);
  if (failed(checkCalls(parent, module)))
    return failure();

  llvm::SmallVector<char, 0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr,
                                      llvm::CodeGenFileType::AssemblyFile))
    return emitError(parent.getLoc(), "LLVM cannot write PTX for '")
           << arch << "'";
  passes.run(module);
  return std::string(text.begin(), text.end());
}

} // namespace tenon
