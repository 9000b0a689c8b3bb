//===- Pipeline.cpp - the passes of one kernel, in order ------------------===//

#include "tenon/Codegen/CPU/Pipeline.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/CPU/Passes.h"

using namespace mlir;

namespace tenon {

static void buildToLLVMPipeline(OpPassManager &manager) {
  manager.addPass(createLowerKernelToLLVMPass());
  manager.addPass(createConvertVectorToSCFPass());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  ConvertVectorToLLVMPassOptions vectorOptions;
  vectorOptions.x86Vector = true;
  manager.addPass(createConvertVectorToLLVMPass(vectorOptions));
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createConvertMathToLibmPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createUBToLLVMConversionPass());
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addNestedPass<LLVM::LLVMFuncOp>(createWidenBoolAccessPass());
}

void buildKernelPipeline(OpPassManager &manager, const TargetInfo &target) {
  manager.addNestedPass<func::FuncOp>(createResolveKernelDimsPass());
  manager.addNestedPass<func::FuncOp>(createFuseEpilogueOperandsPass());
  manager.addNestedPass<func::FuncOp>(createPlanTilesPass(target));
  manager.addNestedPass<func::FuncOp>(createTileContractionPass());
  manager.addNestedPass<func::FuncOp>(createSimplifyKernelPass());
  manager.addNestedPass<func::FuncOp>(createTileKernelPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createBufferizeKernelPass());
  // folds the copies of a buffer to itself that bufferisation leaves
  manager.addPass(createCSEPass());
  manager.addPass(createCanonicalizerPass());
  manager.addNestedPass<func::FuncOp>(createTileCopiesPass());
  manager.addPass(createMapWorkItemsPass());
  manager.addNestedPass<func::FuncOp>(createLowerLinalgPass());
  manager.addNestedPass<func::FuncOp>(createResolveKernelDimsPass());
  manager.addNestedPass<func::FuncOp>(createLowerMathPass());
  manager.addPass(createPlaceScratchPass());
  buildToLLVMPipeline(manager);
}

namespace {
struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<std::string> triple{*this, "target", llvm::cl::desc("target triple")};
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("CPU, as LLVM names it"),
                          llvm::cl::init("x86-64-v3")};
};
} // namespace

void registerKernelPipeline() {
  PassPipelineRegistration<PipelineOptions>(
      "tenon-compile-kernel", "from the kernel form to the LLVM dialect",
      [](OpPassManager &manager, const PipelineOptions &options) {
        llvm::Expected<TargetInfo> target =
            TargetInfo::get(options.triple, options.cpu);
        if (target)
          buildKernelPipeline(manager, *target);
        else
          llvm::errs() << llvm::toString(target.takeError()) << "\n";
      });
}

} // namespace tenon
