//===- Register.cpp - what a context and tenon-opt know -------------------===//

#include "mlir/InitAllDialects.h"
#include "mlir/Transforms/Passes.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Autodiff/Passes.h"
#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/CPU/Passes.h"
#include "tenon/Codegen/GPU/EmitPTX.h"
#include "tenon/Codegen/GPU/Passes.h"
#include "tenon/Codegen/Kernel/Dialects.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Program/Passes.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Conversion/Passes.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/LayoutRules.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Pipelines/PassList.h"

using namespace mlir;

void tenon::registerDialects(DialectRegistry &registry) {
  registry.insert<TenonDialect>();
  registerKernelDialects(registry);
  registerDeviceDialects(registry);
  registerDerivatives(registry);
  registerLinalgLowerings(registry);
  registerFusionRoles(registry);
  registerLayoutRules(registry);
}

namespace {
struct KernelPipelineOptions : PassPipelineOptions<KernelPipelineOptions> {
  Option<std::string> triple{*this, "target", llvm::cl::desc("target triple")};
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("CPU, as LLVM names it"),
                          llvm::cl::init("x86-64-v3")};
  Option<bool> device{*this, "device",
                      llvm::cl::desc("for a GPU, to NVVM operations"),
                      llvm::cl::init(false)};
};
} // namespace

void tenon::registerPasses() {
  registerTransformsPasses();
  registerTenonTransformsPasses();
  registerTenonAutodiffPasses();
  registerTenonKernelsPasses();
  registerTenonConversionPasses();
  registerTenonProgramPasses();
  registerCodegenKernelPasses();
  registerCodegenCPUPasses();
  registerCodegenGPUPasses();
  registerCodegenCPUContractionPasses();
  PassPipelineRegistration<KernelPipelineOptions>(
      "tenon-compile-kernel", "a kernel from tenon ops to the LLVM dialect",
      [](OpPassManager &manager, const KernelPipelineOptions &options) {
        PipelineOptions pipeline;
        llvm::Expected<TargetInfo> target =
            TargetInfo::get(options.triple, options.cpu);
        if (!target) {
          llvm::errs() << llvm::toString(target.takeError()) << "\n";
          return;
        }
        pipeline.target = *target;
        if (options.device)
          pipeline.backEnd = BackEnd::Device;
        buildKernelPipeline(manager, pipeline);
      });
}
