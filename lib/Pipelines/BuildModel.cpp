//===- BuildModel.cpp - a graph in, code and weights out ------------------===//

#include "tenon/Pipelines/BuildModel.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "tenon/Codegen/CPU/CompileKernels.h"
#include "tenon/Codegen/Program/Passes.h"
#include "tenon/Conversion/Passes.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Pipelines/ConstantBytes.h"
#include "tenon/Pipelines/DescribeModel.h"
#include "tenon/Pipelines/PassList.h"
#include "tenon/Target/Object.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace tenon;

static void configure(PassManager &manager, const CompileOptions &options) {
  manager.enableVerifier(false);
  if (options.timePasses)
    manager.enableTiming();
  if (options.printAfter.empty())
    return;
  manager.enableIRPrinting(
      /*shouldPrintBeforePass=*/nullptr,
      [names = options.printAfter](Pass *pass, Operation *) {
        return llvm::is_contained(names, getPassName(*pass));
      },
      /*printModuleScope=*/false, /*printAfterOnlyOnChange=*/false);
}

static LogicalResult runGraphPipeline(ModuleOp module, const TargetInfo &target,
                                      const CompileOptions &options) {
  PassManager manager(module.getContext());
  configure(manager, options);
  GraphPipelineOptions graphOptions;
  graphOptions.target = target;
  graphOptions.name = options.name;
  graphOptions.disabledPasses = options.disabledPasses;
  graphOptions.evaluator = [](OwningOpRef<ModuleOp> constants) {
    return evaluateGraph(std::move(constants));
  };
  buildGraphPipeline(manager, graphOptions);
  return manager.run(module);
}

/// Each kernel's module from tenon ops to linalg, in parallel.
static LogicalResult lowerKernels(ModuleOp module,
                                  const CompileOptions &options) {
  PassManager manager(module.getContext());
  configure(manager, options);
  manager.nest<ModuleOp>().addNestedPass<func::FuncOp>(
      createLowerToLinalgPass());
  return manager.run(module);
}

/// The run and sizes functions, as an object or bitcode.
static FailureOr<std::unique_ptr<llvm::MemoryBuffer>>
emitProgram(ModuleOp module, const TargetInfo &target,
            const CompileOptions &options) {
  PassManager manager(module.getContext());
  configure(manager, options);
  manager.addPass(createEmitProgramPass({options.name}));
  if (failed(manager.run(module)))
    return failure();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> program =
      translateModuleToLLVMIR(module, context, options.name);
  if (!program)
    return failure();
  std::unique_ptr<llvm::TargetMachine> machine =
      target.createTargetMachine(llvm::CodeGenOptLevel::Less);
  program->setTargetTriple(llvm::Triple(target.triple));
  program->setDataLayout(machine->createDataLayout());
  if (isMadeOfLLVMIR(options.artefact.kind))
    return emitBitcode(*program);
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> object =
      emitObject(*program, *machine);
  if (!object)
    return emitError(module.getLoc()) << llvm::toString(object.takeError());
  return std::move(*object);
}

/// Every function's code: kernels, then what launches them.
static FailureOr<std::vector<std::unique_ptr<llvm::MemoryBuffer>>>
compileModules(ModuleOp module, const TargetInfo &target,
               const CompileOptions &options) {
  if (failed(lowerKernels(module, options)))
    return failure();
  CompileKernelsOptions kernelOptions;
  kernelOptions.emitLLVMIR = isMadeOfLLVMIR(options.artefact.kind);
  kernelOptions.emitObject = !kernelOptions.emitLLVMIR;
  FailureOr<std::vector<CompiledKernel>> kernels =
      compileKernels(module, target, kernelOptions);
  if (failed(kernels))
    return failure();
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> modules;
  for (CompiledKernel &kernel : *kernels) {
    StringRef code = kernelOptions.emitLLVMIR ? StringRef(kernel.llvmIR)
                                              : StringRef(kernel.object.data(),
                                                          kernel.object.size());
    modules.push_back(llvm::MemoryBuffer::getMemBufferCopy(code, kernel.name));
  }
  FailureOr<std::unique_ptr<llvm::MemoryBuffer>> code =
      emitProgram(module, target, options);
  if (failed(code))
    return failure();
  modules.push_back(std::move(*code));
  return modules;
}

bool tenon::isTrainingProgram(ModuleOp module) {
  return !module.getOps<ParameterOp>().empty();
}

FailureOr<CompiledModel> tenon::buildModel(ModuleOp module,
                                           const TargetInfo &target,
                                           const CompileOptions &options) {
  func::FuncOp program = getProgram(module);
  // before constants are folded and packed
  int64_t numParameters = countElements(describeParameters(program));
  if (failed(runGraphPipeline(module, target, options)))
    return failure();
  CompiledModel model;
  model.target = target;
  FailureOr<ModelDescription> description =
      describeModel(program, options.name);
  FailureOr<WeightImage> weights = collectWeights(program);
  if (failed(description) || failed(weights))
    return failure();
  model.description = std::move(*description);
  model.description.numParameters = numParameters;
  model.description.isSequential = !options.threads;
  model.weights = std::move(*weights);
  auto modules = compileModules(module, target, options);
  if (failed(modules))
    return failure();
  model.modules = std::move(*modules);
  return model;
}

FailureOr<CompiledTraining>
tenon::buildTraining(ModuleOp module, const TargetInfo &target,
                     const CompileOptions &options) {
  if (failed(runGraphPipeline(module, target, options)))
    return failure();
  CompiledTraining training;
  training.target = target;
  FailureOr<TrainingDescription> description =
      describeTraining(module, options.name, training.initial);
  if (failed(description))
    return failure();
  training.description = std::move(*description);
  for (ModelDescription &function : training.description.functions)
    function.isSequential = !options.threads;
  for (auto function : module.getOps<func::FuncOp>()) {
    FailureOr<WeightImage> weights = collectWeights(function);
    if (failed(weights))
      return failure();
    training.weights.push_back(std::move(*weights));
  }
  auto modules = compileModules(module, target, options);
  if (failed(modules))
    return failure();
  training.modules = std::move(*modules);
  return training;
}
