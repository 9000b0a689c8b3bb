//===- OptimizeLLVM.cpp - LLVM's passes for one kernel --------------------===//

#include "tenon/Codegen/CPU/OptimizeLLVM.h"
#include "tenon/Codegen/Kernel/LLVMPasses.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace tenon {

/// Clean-up of what MLIR's lowering leaves. More was measured on kernels of
/// matrix products: it costs 7 to 73 ms a kernel and gains nothing.
static constexpr const char *kVectorizedPasses =
    "function(sroa,early-cse,simplifycfg)";

/// The loops of general kernels come in while form, with sizes in descriptors.
static constexpr const char *kGeneralPasses =
    "function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-"
    "fixpoint>,"
    "loop-mssa(loop-rotate<header-duplication>,licm),"
    "simplifycfg,instcombine<no-verify-fixpoint>,loop(indvars,loop-deletion),"
    "loop-mssa(licm),loop-vectorize,instcombine<no-verify-fixpoint>,"
    "simplifycfg,"
    "slp-vectorizer,early-cse<memssa>,loop-mssa(licm),"
    "loop-unroll<O2>,instcombine<no-verify-fixpoint>,simplifycfg)";

void optimizeLLVM(llvm::Module &module, llvm::TargetMachine &machine,
                  bool isVectorized) {
  runLLVMPasses(module, machine, [&](llvm::PassBuilder &builder) {
    llvm::ModulePassManager passes;
    llvm::cantFail(builder.parsePassPipeline(
        passes, isVectorized ? kVectorizedPasses : kGeneralPasses));
    return passes;
  });
}

} // namespace tenon
