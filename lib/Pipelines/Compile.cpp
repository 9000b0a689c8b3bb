//===- Compile.cpp - a model in, an artefact out --------------------------===//

#include "tenon/Pipelines/Compile.h"
#include "mlir/IR/MLIRContext.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/ONNX/Import.h"
#include "tenon/Pipelines/BuildModel.h"
#include "tenon/Pipelines/DiagnosticPrinter.h"
#include "tenon/Pipelines/MakeTrainable.h"
#include "tenon/Pipelines/ModuleWeights.h"
#include "tenon/Pipelines/PassList.h"
#include "llvm/Support/FileOutputBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace tenon;

/// Whether the operators alone are a reason that the model could not be read.
static bool hasUnsupportedOperators(StringRef path, MLIRContext &context) {
  ScopedDiagnosticHandler silence(&context,
                                  [](Diagnostic &) { return success(); });
  if (llvm::sys::path::extension(path) != ".onnx")
    return false;
  FailureOr<std::vector<OperatorUse>> uses = listOperators(path, context);
  return succeeded(uses) && llvm::any_of(*uses, [](const OperatorUse &use) {
           return !use.isSupported;
         });
}

StringRef tenon::getName(Precision precision) {
  switch (precision) {
  case Precision::F32:
    return "f32";
  case Precision::TF32:
    return "tf32";
  case Precision::BF16:
    return "bf16";
  case Precision::F16:
    return "f16";
  }
  llvm_unreachable("all precisions are handled");
}

/// Whether what the user wants of a GPU can be had.
static llvm::Error checkDevice(const CompileOptions &options) {
  bool isText = options.artefact.kind == ArtefactKind::PTX;
  if (isText && options.gpus.size() != 1)
    return llvm::createStringError(
        "expected one GPU (--gpu) for an artefact of PTX");
  if (options.gpus.empty() || options.artefact.isEmulated)
    return llvm::Error::success();
  if (options.isEmulated())
    return llvm::createStringError(
        "expected a shared library or a program of emulated device kernels");
  for (const std::string &arch : options.gpus) {
    llvm::Expected<DeviceInfo> device = DeviceInfo::get(arch);
    if (!device)
      return device.takeError();
  }
  return llvm::Error::success();
}

static llvm::Error writeText(StringRef path, StringRef text) {
  llvm::Expected<std::unique_ptr<llvm::FileOutputBuffer>> file =
      llvm::FileOutputBuffer::create(path, text.size());
  if (!file)
    return file.takeError();
  llvm::copy(text, (*file)->getBufferStart());
  return (*file)->commit();
}

namespace {
/// A model's graph, and what has to live as long as it: its weights do.
struct Session {
  Session(StringRef path, raw_ostream &diagnostics)
      : printer(context, path, diagnostics) {
    DialectRegistry registry;
    registerDialects(registry);
    context.appendDialectRegistry(registry);
  }

  MLIRContext context;
  DiagnosticPrinter printer;
  OwningOpRef<ModuleOp> module;
};
} // namespace

CompileStatus tenon::compileModel(StringRef path,
                                  const CompileOptions &givenOptions,
                                  raw_ostream &diagnostics,
                                  std::vector<ModelInput> *valuesNeeded) {
  CompileOptions options = givenOptions;
  options.artefact.isEmulated =
      options.isEmulated() &&
      (options.artefact.kind == ArtefactKind::SharedLibrary ||
       options.artefact.kind == ArtefactKind::Executable);
  if (options.name.empty())
    options.name = getModelName(options.artefact.path);
  llvm::Expected<TargetInfo> target =
      TargetInfo::get(options.triple, options.cpu);
  if (!target) {
    diagnostics << "error: " << llvm::toString(target.takeError()) << '\n';
    return CompileStatus::InvalidModel;
  }
  if (llvm::Error error = checkDevice(options)) {
    diagnostics << "error: " << llvm::toString(std::move(error)) << '\n';
    return CompileStatus::Unsupported;
  }
  if (options.precision != Precision::F32 && options.gpus.empty()) {
    diagnostics << "error: expected precision f32, the only one in which this "
                   "version's contractions multiply on a CPU\n";
    return CompileStatus::Unsupported;
  }
  auto session = std::make_unique<Session>(path, diagnostics);
  MLIRContext &context = session->context;
  // what several threads print at a time cannot be read
  if (!options.printAfter.empty())
    context.disableMultithreading();
  FailureOr<OwningOpRef<ModuleOp>> read =
      readModel(path, options.fixed, context, valuesNeeded);
  if (failed(read))
    return hasUnsupportedOperators(path, context) ? CompileStatus::Unsupported
                                                  : CompileStatus::InvalidModel;
  session->module = std::move(*read);
  ModuleOp module = *session->module;
  if (options.training && failed(makeTrainable(module, *options.training)))
    return CompileStatus::InvalidModel;
  if (failed(keepFunctions(module, options.functions)))
    return CompileStatus::InvalidModel;
  options.artefact.releaseWeights = [&] { session.reset(); };
  auto finish = [&](llvm::Error error) {
    if (!error)
      return CompileStatus::Success;
    diagnostics << "error: " << llvm::toString(std::move(error)) << '\n';
    return CompileStatus::MachineFault;
  };
  if (options.artefact.kind == ArtefactKind::MLIR ||
      options.artefact.kind == ArtefactKind::MLIRBytecode)
    return finish(
        writeModule(module, options.artefact.path,
                    options.artefact.kind == ArtefactKind::MLIRBytecode));
  if (options.artefact.kind == ArtefactKind::PTX) {
    FailureOr<std::string> text = buildDeviceText(module, *target, options);
    if (failed(text))
      return CompileStatus::Unsupported;
    return finish(writeText(options.artefact.path, *text));
  }
  FailureOr<CompiledModel> model = buildModel(module, *target, options);
  if (failed(model))
    return CompileStatus::Unsupported;
  model->description.source = llvm::sys::path::filename(path).str();
  return finish(packageArtefact(*model, options.artefact));
}
