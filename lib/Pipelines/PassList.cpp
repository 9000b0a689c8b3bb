//===- PassList.cpp - the order of the passes -----------------------------===//

#include "tenon/Pipelines/PassList.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "tenon/Autodiff/Passes.h"
#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/CPU/Passes.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/GPU/Passes.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Program/Passes.h"
#include "tenon/Conversion/Passes.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "tenon/Kernels/Passes.h"

using namespace mlir;
using namespace tenon;

namespace {
/// A pass of the list.
struct Step {
  StringLiteral name;
  /// Whether a model can be compiled without it.
  bool isOptional;
  std::unique_ptr<Pass> (*create)(const PipelineOptions &);
  /// Whether it runs only where it is asked for.
  bool isOnRequest = false;
  /// Whether what it decides suits the CPU's kernels alone.
  bool isForHost = false;
};
} // namespace

template <std::unique_ptr<Pass> (*createPass)()>
static std::unique_ptr<Pass> create(const PipelineOptions &) {
  return createPass();
}

template <std::unique_ptr<Pass> (*createPass)(const TargetInfo &)>
static std::unique_ptr<Pass> createFor(const PipelineOptions &options) {
  return createPass(options.target);
}

static std::unique_ptr<Pass> createEvaluate(const PipelineOptions &options) {
  return createEvaluateConstantsPass(options.evaluator);
}

static std::unique_ptr<Pass> createOutline(const PipelineOptions &options) {
  return createOutlineKernelsPass({options.name + "__"});
}

static std::unique_ptr<Pass> createEmit(const PipelineOptions &options) {
  return createEmitProgramPass({options.name});
}

static std::unique_ptr<Pass> createCanonicalize(const PipelineOptions &) {
  return createCanonicalizerPass();
}

static std::unique_ptr<Pass> createDistribute(const PipelineOptions &options) {
  return createDistributeToThreadsPass({options.precision});
}

static std::unique_ptr<Pass> createPlaceShared(const PipelineOptions &) {
  return createPlaceScratchPass({DeviceInfo::kStaticSharedBytes});
}

static std::unique_ptr<Pass>
createVectorToLLVM(const PipelineOptions &pipeline) {
  ConvertVectorToLLVMPassOptions options;
  options.x86Vector = pipeline.backEnd == BackEnd::Host;
  return createConvertVectorToLLVMPass(options);
}

/// The life of a model between the importer and the compilation of its kernels.
static const Step graphSteps[] = {
    {"infer-shapes", false, create<createInferShapesPass>},
    {"fold-shapes", true, create<createFoldShapesPass>},
    {"canonicalize", true, createCanonicalize},
    {"cse", true, create<createCSEPass>},
    {"differentiate-steps", false, create<createDifferentiateStepsPass>},
    {"bind-parameters", false, create<createBindParametersPass>},
    {"canonicalize", true, createCanonicalize},
    {"cse", true, create<createCSEPass>},
    {"decompose", false, create<createDecomposePass>},
    {"canonicalize", true, createCanonicalize},
    {"select-layouts", true, create<createSelectLayoutsPass>},
    {"split-conv-phases", true, create<createSplitConvPhasesPass>},
    {"canonicalize", true, createCanonicalize},
    {"im2col", true, create<createIm2colPass>, /*isOnRequest=*/true},
    {"select-winograd", true, createFor<createSelectWinogradPass>,
     /*isOnRequest=*/false, /*isForHost=*/true},
    {"pack-weights", true, createFor<createPackWeightsPass>,
     /*isOnRequest=*/false, /*isForHost=*/true},
    {"evaluate-constants", true, createEvaluate},
    {"canonicalize", true, createCanonicalize},
    {"guard-dims", true, create<createGuardDimsPass>},
    {"isolate-results", false, create<createIsolateResultsPass>},
    {"form-groups", false, create<createFormGroupsPass>},
    {"canonicalize", true, createCanonicalize},
    {"outline-kernels", false, createOutline},
    {"plan-memory", false, create<createPlanMemoryPass>},
};

/// The life of one kernel, from tenon ops to the LLVM dialect.
static const Step kernelSteps[] = {
    {"lower-to-linalg", false, create<createLowerToLinalgPass>},
    {"resolve-kernel-dims", false, create<createResolveKernelDimsPass>},
    {"fuse-epilogue-operands", true, create<createFuseEpilogueOperandsPass>},
    {"plan-tiles", true, createFor<createPlanTilesPass>},
    {"tile-contraction", false, create<createTileContractionPass>},
    {"simplify-kernel", true, create<createSimplifyKernelPass>},
    {"tile-kernel", true, create<createTileKernelPass>},
    {"canonicalize", false, createCanonicalize},
    {"cse", false, create<createCSEPass>},
    {"bufferize-kernel", false, create<createBufferizeKernelPass>},
    // folds the copies of a buffer to itself that bufferisation leaves
    {"cse", false, create<createCSEPass>},
    {"canonicalize", false, createCanonicalize},
    {"tile-copies", true, create<createTileCopiesPass>},
    {"map-work-items", false, create<createMapWorkItemsPass>},
    {"lower-linalg", false, create<createLowerLinalgPass>},
    {"resolve-kernel-dims", false, create<createResolveKernelDimsPass>},
    {"lower-math", false, create<createLowerMathPass>},
    {"place-scratch", false, create<createPlaceScratchPass>},
    {"lower-kernel-to-llvm", false, create<createLowerKernelToLLVMPass>},
};

/// The same for a GPU. How a kernel is tiled and what a tile's operations
/// become is decided here; the rest is one with the CPU.
static const Step deviceKernelSteps[] = {
    {"lower-to-linalg", false, create<createLowerToLinalgPass>},
    {"resolve-kernel-dims", false, create<createResolveKernelDimsPass>},
    {"inline-pads", true, create<createInlinePadsPass>},
    {"simplify-kernel", true, create<createSimplifyKernelPass>},
    {"tile-device-kernel", true, create<createTileDeviceKernelPass>},
    {"canonicalize", false, createCanonicalize},
    {"cse", false, create<createCSEPass>},
    {"bufferize-kernel", false, create<createBufferizeKernelPass>},
    {"cse", false, create<createCSEPass>},
    {"canonicalize", false, createCanonicalize},
    {"tile-copies", true, create<createTileCopiesPass>},
    {"map-work-items", false, create<createMapWorkItemsPass>},
    {"distribute-to-threads", false, createDistribute},
    {"resolve-kernel-dims", false, create<createResolveKernelDimsPass>},
    {"lower-math", false, create<createLowerMathPass>},
    {"place-scratch", false, createPlaceShared},
    {"lower-device-kernel", false, create<createLowerDeviceKernelPass>},
    {"lower-threads-to-nvvm", false, create<createLowerThreadsToNVVMPass>},
};

/// From loops and memrefs to the LLVM dialect, for all.
static const Step llvmSteps[] = {
    {"convert-vector-to-scf", false,
     [](const PipelineOptions &) { return createConvertVectorToSCFPass(); }},
    {"expand-strided-metadata", false,
     create<memref::createExpandStridedMetadataPass>},
    {"lower-affine", false, create<createLowerAffinePass>},
    {"convert-scf-to-cf", false, create<createSCFToControlFlowPass>},
    {"canonicalize", false, createCanonicalize},
    {"cse", false, create<createCSEPass>},
    {"convert-vector-to-llvm", false, createVectorToLLVM},
    {"convert-math-to-llvm", false, create<createConvertMathToLLVMPass>},
    {"convert-math-to-libm", false, create<createConvertMathToLibmPass>},
    {"convert-arith-to-llvm", false, create<createArithToLLVMConversionPass>},
    {"convert-index-to-llvm", false, create<createConvertIndexToLLVMPass>},
    {"convert-ub-to-llvm", false, create<createUBToLLVMConversionPass>},
    {"finalize-memref-to-llvm", false,
     create<createFinalizeMemRefToLLVMConversionPass>},
    {"convert-cf-to-llvm", false, create<createConvertControlFlowToLLVMPass>},
    {"convert-func-to-llvm", false, create<createConvertFuncToLLVMPass>},
    {"reconcile-unrealized-casts", false,
     create<createReconcileUnrealizedCastsPass>},
    {"widen-bool-access", false, create<createWidenBoolAccessPass>},
};

/// Device kernels run by the host, for tests.
static const Step emulationSteps[] = {
    {"emulate-device", false, create<createEmulateDevicePass>}};

/// What is left of the graph: the function that launches the kernels.
static const Step programSteps[] = {{"emit-program", false, createEmit}};

static bool isWanted(const Step &step, const PipelineOptions &options) {
  if (step.isForHost && options.backEnd != BackEnd::Host)
    return false;
  if (step.isOnRequest)
    return llvm::is_contained(options.enabledPasses, step.name);
  return !step.isOptional ||
         !llvm::is_contained(options.disabledPasses, step.name);
}

/// False if the end that the user asked for is reached.
static bool build(OpPassManager &manager, const PipelineOptions &options,
                  ArrayRef<Step> steps) {
  for (const Step &step : steps) {
    if (step.name == options.stopBefore)
      return false;
    if (!isWanted(step, options))
      continue;
    std::unique_ptr<Pass> pass = step.create(options);
    assert(getPassName(*pass) == step.name && "users know it by its argument");
    std::optional<StringRef> op = pass->getOpName();
    if (op && *op != ModuleOp::getOperationName())
      manager.nest(*op).addPass(std::move(pass));
    else
      manager.addPass(std::move(pass));
  }
  return true;
}

void tenon::buildGraphPipeline(OpPassManager &manager,
                               const PipelineOptions &options) {
  build(manager, options, graphSteps);
}

void tenon::buildKernelPipeline(OpPassManager &manager,
                                const PipelineOptions &options) {
  ArrayRef<Step> steps = kernelSteps;
  if (options.backEnd != BackEnd::Host)
    steps = deviceKernelSteps;
  if (build(manager, options, steps) && build(manager, options, llvmSteps) &&
      options.backEnd == BackEnd::Emulated)
    build(manager, options, emulationSteps);
}

void tenon::buildProgramPipeline(OpPassManager &manager,
                                 const PipelineOptions &options) {
  build(manager, options, programSteps);
}

StringRef tenon::getPassName(const Pass &pass) {
  StringRef name = pass.getArgument();
  name.consume_front("tenon-");
  return name;
}

std::vector<PassDescription> tenon::getPassDescriptions() {
  std::vector<PassDescription> infos;
  for (ArrayRef<Step> steps :
       {ArrayRef<Step>(graphSteps), ArrayRef<Step>(kernelSteps),
        ArrayRef<Step>(deviceKernelSteps), ArrayRef<Step>(llvmSteps),
        ArrayRef<Step>(emulationSteps), ArrayRef<Step>(programSteps)})
    for (const Step &step : steps) {
      auto isNamed = [&](const PassDescription &info) {
        return info.name == step.name;
      };
      if (llvm::none_of(infos, isNamed))
        infos.push_back({step.name.str(), step.isOptional && !step.isOnRequest,
                         step.isOnRequest});
    }
  return infos;
}
