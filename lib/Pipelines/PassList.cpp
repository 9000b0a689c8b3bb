//===- PassList.cpp - the order of the passes -----------------------------===//

#include "tenon/Pipelines/PassList.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"
#include "tenon/Autodiff/Passes.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Pipelines/Compile.h"

using namespace mlir;
using namespace tenon;

namespace {
/// A pass of the list.
struct Step {
  StringLiteral name;
  /// Whether a model can be compiled without it.
  bool isOptional;
  std::unique_ptr<Pass> (*create)(const GraphPipelineOptions &);
};
} // namespace

template <std::unique_ptr<Pass> (*createPass)()>
static std::unique_ptr<Pass> create(const GraphPipelineOptions &) {
  return createPass();
}

static std::unique_ptr<Pass>
createEvaluate(const GraphPipelineOptions &options) {
  return createEvaluateConstantsPass(options.evaluator);
}

static std::unique_ptr<Pass>
createSelectWinograd(const GraphPipelineOptions &options) {
  return createSelectWinogradPass(options.target);
}

static std::unique_ptr<Pass>
createPackWeights(const GraphPipelineOptions &options) {
  return createPackWeightsPass(options.target);
}

static std::unique_ptr<Pass>
createOutline(const GraphPipelineOptions &options) {
  return createOutlineKernelsPass({options.name + "__"});
}

static std::unique_ptr<Pass> createCanonicalize(const GraphPipelineOptions &) {
  return createCanonicalizerPass();
}

static std::unique_ptr<Pass> createCse(const GraphPipelineOptions &) {
  return createCSEPass();
}

/// The life of a model between the importer and the compilation of its kernels.
static const Step graphSteps[] = {
    {"infer-shapes", false, create<createInferShapesPass>},
    {"fold-shapes", true, create<createFoldShapesPass>},
    {"canonicalize", true, createCanonicalize},
    {"cse", true, createCse},
    {"differentiate-steps", false, create<createDifferentiateStepsPass>},
    {"bind-parameters", false, create<createBindParametersPass>},
    {"canonicalize", true, createCanonicalize},
    {"cse", true, createCse},
    {"decompose", false, create<createDecomposePass>},
    {"canonicalize", true, createCanonicalize},
    {"select-layouts", true, create<createSelectLayoutsPass>},
    {"split-conv-phases", true, create<createSplitConvPhasesPass>},
    {"canonicalize", true, createCanonicalize},
    {"select-winograd", true, createSelectWinograd},
    {"pack-weights", true, createPackWeights},
    {"evaluate-constants", true, createEvaluate},
    {"canonicalize", true, createCanonicalize},
    {"guard-dims", true, create<createGuardDimsPass>},
    {"isolate-results", false, create<createIsolateResultsPass>},
    {"form-groups", false, create<createFormGroupsPass>},
    {"canonicalize", true, createCanonicalize},
    {"outline-kernels", false, createOutline},
    {"plan-memory", false, create<createPlanMemoryPass>},
};

void tenon::buildGraphPipeline(OpPassManager &manager,
                               const GraphPipelineOptions &options) {
  for (const Step &step : graphSteps) {
    if (step.name == options.stopBefore)
      return;
    if (step.isOptional &&
        llvm::is_contained(options.disabledPasses, step.name))
      continue;
    std::unique_ptr<Pass> pass = step.create(options);
    if (pass->getOpName() == func::FuncOp::getOperationName())
      manager.addNestedPass<func::FuncOp>(std::move(pass));
    else
      manager.addPass(std::move(pass));
  }
}

StringRef tenon::getPassName(const Pass &pass) {
  StringRef name = pass.getArgument();
  name.consume_front("tenon-");
  return name;
}

std::vector<std::string> tenon::getPassNames() {
  std::vector<std::string> names;
  for (const Step &step : graphSteps)
    if (!llvm::is_contained(names, step.name))
      names.push_back(step.name.str());
  return names;
}
