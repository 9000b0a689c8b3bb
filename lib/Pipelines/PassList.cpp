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
/// Whose kernels a pass is for, where it is not for all.
enum class Audience { Host, Device, Emulation };

/// A pass of the list.
struct Step {
  StringLiteral name;
  /// Whether a model can be compiled without it.
  bool isOptional;
  std::unique_ptr<Pass> (*create)(const PipelineOptions &);
  /// Whether it runs only where it is asked for.
  bool isOnRequest = false;
  /// Whose kernels it is for; nothing: everybody's.
  std::optional<Audience> audience = std::nullopt;
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

static std::unique_ptr<Pass>
createPlaceScratch(const PipelineOptions &options) {
  bool isOnDevice = options.backEnd != BackEnd::Host;
  return createPlaceScratchPass(
      {isOnDevice ? DeviceInfo::kStaticSharedBytes : 0});
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
    {"resolve-dims", true, create<createResolveDimsPass>},
    {"verify-dims", false, create<createVerifyDimsPass>},
    {"differentiate-steps", false, create<createDifferentiateStepsPass>},
    {"split-ranks", false, create<createSplitRanksPass>},
    {"bind-state", false, create<createBindStatePass>},
    {"canonicalize", true, createCanonicalize},
    {"cse", true, create<createCSEPass>},
    {"guard-indices", true, create<createGuardIndicesPass>},
    {"decompose", false, create<createDecomposePass>},
    {"canonicalize", true, createCanonicalize},
    {"join-pads", true, create<createJoinPadsPass>},
    {"hoist-round-products", true, create<createHoistRoundProductsPass>},
    {"canonicalize", true, createCanonicalize},
    {"defer-scan-sums", true, create<createDeferScanSumsPass>},
    {"canonicalize", true, createCanonicalize},
    {"select-layouts", true, create<createSelectLayoutsPass>},
    {"split-conv-phases", true, create<createSplitConvPhasesPass>},
    {"canonicalize", true, createCanonicalize},
    {"im2col", true, create<createIm2colPass>, /*isOnRequest=*/true},
    {"widen-convs", true, createFor<createWidenConvsPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"select-winograd", true, createFor<createSelectWinogradPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"pack-weights", true, createFor<createPackWeightsPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"pack-round-weights", true, createFor<createPackRoundWeightsPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"evaluate-constants", true, createEvaluate},
    {"canonicalize", true, createCanonicalize},
    {"guard-dims", true, create<createGuardDimsPass>},
    {"isolate-results", false, create<createIsolateResultsPass>},
    {"form-groups", false, create<createFormGroupsPass>},
    {"canonicalize", true, createCanonicalize},
    {"start-transfers", true, create<createStartTransfersPass>},
    {"store-states", true, create<createStoreStatesPass>},
    {"form-views", true, create<createFormViewsPass>},
    {"outline-kernels", false, createOutline},
    // (passes since the first time have moved and made ops)
    {"verify-dims", false, create<createVerifyDimsPass>},
    {"place-weights", false, create<createPlaceWeightsPass>},
    {"plan-memory", false, create<createPlanMemoryPass>},
};

/// The life of one kernel, from tenon ops to the LLVM dialect. How it is tiled,
/// what the operations of a tile become and how it is called are decided apart
/// for a CPU and for a GPU; the rest is one.
static const Step kernelSteps[] = {
    {"lower-to-linalg", false, create<createLowerToLinalgPass>},
    {"inline-pads", true, create<createInlinePadsPass>,
     /*isOnRequest=*/false, Audience::Device},
    {"fuse-epilogue-operands", true, create<createFuseEpilogueOperandsPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"plan-tiles", true, createFor<createPlanTilesPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"tile-contraction", false, create<createTileContractionPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"simplify-kernel", true, create<createSimplifyKernelPass>},
    {"split-rounds", true, create<createSplitRoundsPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"tile-kernel", true, create<createTileKernelPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"tile-device-kernel", true, create<createTileDeviceKernelPass>,
     /*isOnRequest=*/false, Audience::Device},
    {"canonicalize", false, createCanonicalize},
    {"cse", false, create<createCSEPass>},
    {"bufferize-kernel", false, create<createBufferizeKernelPass>},
    // folds the copies of a buffer to itself that bufferisation leaves
    {"cse", false, create<createCSEPass>},
    {"canonicalize", false, createCanonicalize},
    {"tile-round-products", true, createFor<createTileRoundProductsPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"tile-copies", true, create<createTileCopiesPass>},
    {"map-work-items", false, create<createMapWorkItemsPass>},
    {"lower-linalg", false, create<createLowerLinalgPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"distribute-to-threads", false, createDistribute,
     /*isOnRequest=*/false, Audience::Device},
    {"resolve-kernel-dims", false, create<createResolveKernelDimsPass>},
    {"lower-math", false, create<createLowerMathPass>},
    {"place-scratch", false, createPlaceScratch},
    {"lower-kernel-to-llvm", false, create<createLowerKernelToLLVMPass>,
     /*isOnRequest=*/false, Audience::Host},
    {"lower-device-kernel", false, create<createLowerDeviceKernelPass>,
     /*isOnRequest=*/false, Audience::Device},
    {"lower-threads-to-nvvm", false, create<createLowerThreadsToNVVMPass>,
     /*isOnRequest=*/false, Audience::Device},
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
    {"emulate-device", false, create<createEmulateDevicePass>,
     /*isOnRequest=*/false, Audience::Emulation},
};

/// What is left of the graph: the function that launches the kernels.
static const Step programSteps[] = {{"emit-program", false, createEmit}};

static bool isFor(Audience audience, BackEnd backEnd) {
  switch (audience) {
  case Audience::Host:
    return backEnd == BackEnd::Host;
  case Audience::Device:
    return backEnd != BackEnd::Host;
  case Audience::Emulation:
    return backEnd == BackEnd::Emulated;
  }
  llvm_unreachable("all audiences are handled");
}

static bool isWanted(const Step &step, const PipelineOptions &options) {
  if (step.audience && !isFor(*step.audience, options.backEnd))
    return false;
  if (step.isOnRequest)
    return llvm::is_contained(options.enabledPasses, step.name);
  return !step.isOptional ||
         !llvm::is_contained(options.disabledPasses, step.name);
}

static void build(OpPassManager &manager, const PipelineOptions &options,
                  ArrayRef<Step> steps) {
  for (const Step &step : steps) {
    if (step.name == options.stopBefore)
      return;
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
}

void tenon::buildGraphPipeline(OpPassManager &manager,
                               const PipelineOptions &options) {
  build(manager, options, graphSteps);
}

void tenon::buildKernelPipeline(OpPassManager &manager,
                                const PipelineOptions &options) {
  build(manager, options, kernelSteps);
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
        ArrayRef<Step>(programSteps)})
    for (const Step &step : steps) {
      auto isNamed = [&](const PassDescription &info) {
        return info.name == step.name;
      };
      if (llvm::none_of(infos, isNamed))
        infos.push_back({step.name.str(),
                         step.create(PipelineOptions())->getDescription().str(),
                         step.isOptional && !step.isOnRequest,
                         step.isOnRequest});
    }
  return infos;
}
