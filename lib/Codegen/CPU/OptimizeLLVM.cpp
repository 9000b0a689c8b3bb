//===- OptimizeLLVM.cpp - LLVM's passes for one kernel --------------------===//

#include "tenon/Codegen/CPU/OptimizeLLVM.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

namespace tenon {

/// Clean-up of what MLIR's lowering leaves: FACTS of GEMM kernels say that more
/// costs 7-73 ms a kernel and gains nothing.
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
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);

  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(
      passes, isVectorized ? kVectorizedPasses : kGeneralPasses));
  passes.run(module, modules);
}

} // namespace tenon
