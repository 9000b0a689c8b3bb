//===- BuildModel.cpp - a graph in, code and weights out ------------------===//

#include "tenon/Pipelines/BuildModel.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "tenon/Codegen/CPU/EmitKernels.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/GPU/EmitPTX.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Pipelines/ConstantBytes.h"
#include "tenon/Pipelines/DescribeModel.h"
#include "tenon/Pipelines/PassList.h"
#include "tenon/Target/Object.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace tenon;

static PipelineOptions getPipelineOptions(BackEnd backEnd,
                                          const TargetInfo &target,
                                          const CompileOptions &options) {
  PipelineOptions pipeline;
  pipeline.target = target;
  pipeline.name = options.name;
  pipeline.backEnd = backEnd;
  pipeline.precision = getName(options.precision).str();
  pipeline.disabledPasses = options.disabledPasses;
  pipeline.enabledPasses = options.enabledPasses;
  pipeline.evaluator = [](OwningOpRef<ModuleOp> constants) {
    return evaluateGraph(std::move(constants));
  };
  return pipeline;
}

static BackEnd getHostBackEnd(const CompileOptions &options) {
  return options.isEmulated() ? BackEnd::Emulated : BackEnd::Host;
}

namespace {
/// Compiles one module: runs parts of the pass list on it, with what the user
/// wants to see of them.
class Build {
public:
  Build(ModuleOp module, const TargetInfo &target,
        const CompileOptions &options, BackEnd backEnd)
      : module(module), target(target), options(options), backEnd(backEnd) {
    timing.setEnabled(options.timePasses);
    scope = timing.getRootScope();
  }

  /// From the imported graph to launches with a plan.
  LogicalResult runGraphPipeline() {
    return run("passes of the graph",
               [](PassManager &manager, const PipelineOptions &pipeline) {
                 buildGraphPipeline(manager, pipeline);
               });
  }

  /// The kernels for a device alone, as PTX for each architecture.
  FailureOr<std::vector<DeviceText>> compileDeviceKernels();

  /// Every function's code: kernels, then what launches them.
  FailureOr<std::vector<std::unique_ptr<llvm::MemoryBuffer>>> compileModules();
  FailureOr<std::unique_ptr<llvm::MemoryBuffer>> emitProgram();

private:
  LogicalResult
  run(StringRef title,
      function_ref<void(PassManager &, const PipelineOptions &)> build);
  LogicalResult lowerKernels();

  ModuleOp module;
  const TargetInfo &target;
  const CompileOptions &options;
  BackEnd backEnd;
  // prints one report of all passes when it goes
  DefaultTimingManager timing;
  TimingScope scope;
};
} // namespace

LogicalResult
Build::run(StringRef title,
           function_ref<void(PassManager &, const PipelineOptions &)> build) {
  // a timer is its pass's address, which a pass of the next manager may have
  TimingScope part = scope.nest(title);
  PassManager manager(module.getContext());
  manager.enableVerifier(false);
  manager.enableTiming(part);
  if (!options.printAfter.empty())
    manager.enableIRPrinting(
        /*shouldPrintBeforePass=*/nullptr,
        [&](Pass *pass, Operation *) {
          return llvm::is_contained(options.printAfter, getPassName(*pass));
        },
        /*printModuleScope=*/false, /*printAfterOnlyOnChange=*/false);
  build(manager, getPipelineOptions(backEnd, target, options));
  return manager.run(module);
}

/// The run and sizes functions, as an object or bitcode.
FailureOr<std::unique_ptr<llvm::MemoryBuffer>> Build::emitProgram() {
  LogicalResult status =
      run("passes of the program",
          [](PassManager &manager, const PipelineOptions &pipeline) {
            buildProgramPipeline(manager, pipeline);
          });
  if (failed(status))
    return failure();
  TimingScope emission = scope.nest("emit the program's code");
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

LogicalResult Build::lowerKernels() {
  return run("passes of the kernels",
             [](PassManager &manager, const PipelineOptions &pipeline) {
               buildKernelPipeline(manager.nest<ModuleOp>(), pipeline);
             });
}

FailureOr<std::vector<DeviceText>> Build::compileDeviceKernels() {
  if (failed(lowerKernels()))
    return failure();
  TimingScope emission = scope.nest("emit the kernels' code");
  std::vector<DeviceText> texts;
  for (const std::string &arch : options.gpus) {
    FailureOr<std::string> text = emitPTX(module, arch);
    if (failed(text))
      return failure();
    texts.push_back({arch, std::move(*text)});
  }
  return texts;
}

FailureOr<std::vector<std::unique_ptr<llvm::MemoryBuffer>>>
Build::compileModules() {
  if (failed(lowerKernels()))
    return failure();
  EmitKernelsOptions kernelOptions;
  kernelOptions.emitLLVMIR = isMadeOfLLVMIR(options.artefact.kind);
  kernelOptions.emitObject = !kernelOptions.emitLLVMIR;
  TimingScope emission = scope.nest("emit the kernels' code");
  FailureOr<std::vector<CompiledKernel>> kernels =
      emitKernels(module, target, kernelOptions);
  emission.stop();
  if (failed(kernels))
    return failure();
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> modules;
  for (CompiledKernel &kernel : *kernels) {
    StringRef code = kernelOptions.emitLLVMIR ? StringRef(kernel.llvmIR)
                                              : StringRef(kernel.object.data(),
                                                          kernel.object.size());
    modules.push_back(llvm::MemoryBuffer::getMemBufferCopy(code, kernel.name));
  }
  FailureOr<std::unique_ptr<llvm::MemoryBuffer>> code = emitProgram();
  if (failed(code))
    return failure();
  modules.push_back(std::move(*code));
  return modules;
}

FailureOr<std::string> tenon::buildDeviceText(ModuleOp module,
                                              const TargetInfo &target,
                                              const CompileOptions &options) {
  Build build(module, target, options, BackEnd::Device);
  if (failed(build.runGraphPipeline()))
    return failure();
  FailureOr<std::vector<DeviceText>> texts = build.compileDeviceKernels();
  if (failed(texts))
    return failure();
  return std::move(texts->front().ptx);
}

/// What the planned module is for one back end; its code is yet to come.
static FailureOr<CompiledProgram> describe(ModuleOp module, StringRef symbol,
                                           bool isSequential, bool withStates) {
  FailureOr<WeightImage> weights = collectWeights(module, withStates);
  if (failed(weights))
    return failure();
  CompiledProgram program{describeProgram(module, symbol), std::move(*weights)};
  program.description.isSequential = isSequential;
  return program;
}

/// Whether the artefact has code for GPUs besides the host's.
static bool hasDevice(const CompileOptions &options) {
  return !options.gpus.empty() && !options.isEmulated();
}

/// Adds the same functions for GPUs: a program of its own, which the host runs,
/// and its kernels.
static LogicalResult addDevice(CompiledModel &model, ModuleOp module,
                               const CompileOptions &hostOptions) {
  CompileOptions options = hostOptions;
  options.name += "__device";
  // the same passes have made the same remarks for the host
  ScopedDiagnosticHandler noRemarks(
      module.getContext(), [](Diagnostic &diagnostic) {
        return success(diagnostic.getSeverity() == DiagnosticSeverity::Remark);
      });
  Build build(module, model.target, options, BackEnd::Device);
  if (failed(build.runGraphPipeline()))
    return failure();
  FailureOr<CompiledProgram> device = describe(
      module, options.name, /*isSequential=*/true, /*withStates=*/false);
  if (failed(device))
    return failure();
  for (CodeDescription &code : device->description.functions)
    for (LaunchDescription &launch : code.launches)
      launch.blockSize = DeviceInfo::kThreads;
  FailureOr<std::vector<DeviceText>> texts = build.compileDeviceKernels();
  if (failed(texts))
    return failure();
  device->description.texts = std::move(*texts);
  auto program = build.emitProgram();
  if (failed(program))
    return failure();
  model.modules.push_back(std::move(*program));
  model.device = std::move(*device);
  return success();
}

FailureOr<CompiledModel> tenon::buildModel(ModuleOp module,
                                           const TargetInfo &target,
                                           const CompileOptions &options) {
  // before constants are folded and packed
  int64_t numParameters = countElements(describeParameters(module));
  OwningOpRef<ModuleOp> copy = hasDevice(options) ? module.clone() : ModuleOp();
  Build build(module, target, options, getHostBackEnd(options));
  if (failed(build.runGraphPipeline()))
    return failure();
  FailureOr<ModelDescription> description = describeModel(module, options.name);
  FailureOr<CompiledProgram> host =
      describe(module, options.name, !options.threads, /*withStates=*/true);
  if (failed(description) || failed(host))
    return failure();
  CompiledModel model{
      std::move(*description), target, std::move(*host), {}, {}};
  model.description.numParameters = numParameters;
  auto modules = build.compileModules();
  if (failed(modules))
    return failure();
  model.modules = std::move(*modules);
  if (copy && failed(addDevice(model, *copy, options)))
    return failure();
  return model;
}
