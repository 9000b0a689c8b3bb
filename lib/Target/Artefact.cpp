//===- Artefact.cpp - the files that a user gets --------------------------===//

#include "tenon/Target/Artefact.h"

#include "tenon/Target/Archive.h"
#include "tenon/Target/Descriptor.h"
#include "tenon/Target/Header.h"
#include "tenon/Target/Linker.h"
#include "tenon/Target/Object.h"
#include "tenon/Target/RuntimeFiles.h"
#include "tenon/Target/TemporaryFolder.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace tenon;

std::optional<ArtefactKind> tenon::parseArtefactKind(StringRef name) {
  return StringSwitch<std::optional<ArtefactKind>>(name)
      .Case("so", ArtefactKind::SharedLibrary)
      .Case("a", ArtefactKind::Archive)
      .Case("o", ArtefactKind::Object)
      .Case("exe", ArtefactKind::Executable)
      .Case("ll", ArtefactKind::LLVMIR)
      .Case("s", ArtefactKind::Assembly)
      .Case("ptx", ArtefactKind::PTX)
      .Case("mlir", ArtefactKind::MLIR)
      .Case("mlirbc", ArtefactKind::MLIRBytecode)
      .Default(std::nullopt);
}

std::optional<ArtefactKind> tenon::getArtefactKind(StringRef path) {
  StringRef suffix = sys::path::extension(path);
  if (suffix.empty())
    return ArtefactKind::Executable;
  std::optional<ArtefactKind> kind = parseArtefactKind(suffix.drop_front());
  // An executable here has no suffix.
  return kind == ArtefactKind::Executable ? std::nullopt : kind;
}

namespace {
class Packager {
public:
  Packager(const CompiledModel &model, const ArtefactOptions &options)
      : name(model.description.name), model(model), target(model.target),
        options(options), triple(model.target.triple) {
    programs.push_back(&model.host);
    if (model.device)
      programs.push_back(&*model.device);
  }

  Error package();

private:
  WeightPlacement placeWeights(const CompiledProgram &program) const;
  Error writeWeightsFile(const CompiledProgram &program);
  std::unique_ptr<Module> makeDescriptorModule(LLVMContext &context);
  Error writeHeaderFile();
  Error writeText();
  Error addObject(StringRef name,
                  function_ref<Error(raw_pwrite_stream &)> write);
  Error addImage(StringRef name, const WeightImage &image, StringRef symbol);
  Error writeObjects();
  Error link();
  Error linkWithRuntime();
  /// A path beside the artefact.
  std::string getSibling(StringRef name) const;

  std::string name;
  const CompiledModel &model;
  const TargetInfo &target;
  SmallVector<const CompiledProgram *> programs;
  const ArtefactOptions &options;
  Triple triple;
  std::unique_ptr<TargetMachine> machine;
  std::unique_ptr<TemporaryFolder> folder;
  std::vector<std::string> objects;
};

std::string Packager::getSibling(StringRef name) const {
  SmallString<128> path(options.path);
  sys::path::remove_filename(path);
  sys::path::append(path, name);
  return path.str().str();
}

WeightPlacement Packager::placeWeights(const CompiledProgram &program) const {
  WeightPlacement placement{program.weights.size(), ""};
  if (placement.size > options.maxEmbeddedWeights)
    placement.file = program.description.symbol + ".weights";
  return placement;
}

Error Packager::writeWeightsFile(const CompiledProgram &program) {
  std::string file = placeWeights(program).file;
  if (file.empty())
    return Error::success();
  return writeFile(getSibling(file), [&](raw_ostream &os) {
    program.weights.write(os);
    return Error::success();
  });
}

std::unique_ptr<Module> Packager::makeDescriptorModule(LLVMContext &context) {
  auto module = std::make_unique<Module>(name, context);
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  PlacedProgram host{model.host.description, placeWeights(model.host)};
  std::optional<PlacedProgram> device;
  if (model.device)
    device.emplace(
        PlacedProgram{model.device->description, placeWeights(*model.device)});
  emitDescriptor(*module, model.description, host, device ? &*device : nullptr,
                 target.triple + " " + target.cpu,
                 target.getRequiredFeatures());
  emitEntryPoints(*module, model.description);
  return module;
}

Error Packager::writeHeaderFile() {
  return writeFile(getSibling(name + ".h"), [&](raw_ostream &os) {
    writeHeader(os, model.description);
    return Error::success();
  });
}

/// LLVM IR or assembly: the code and the descriptor as one module. The weights
/// stay an undefined symbol.
Error Packager::writeText() {
  LLVMContext context;
  std::unique_ptr<Module> module = makeDescriptorModule(context);
  if (Error error = mergeModules(*module, model.modules))
    return error;
  return writeFile(options.path, [&](raw_pwrite_stream &os) -> Error {
    if (options.kind == ArtefactKind::Assembly)
      return emitAssembly(*module, *machine, os);
    module->print(os, nullptr);
    return Error::success();
  });
}

Error Packager::addObject(StringRef name,
                          function_ref<Error(raw_pwrite_stream &)> write) {
  objects.push_back(folder->getPath(name));
  return writeFile(objects.back(), write);
}

Error Packager::addImage(StringRef name, const WeightImage &image,
                         StringRef symbol) {
  return addObject(name, [&](raw_ostream &os) {
    return writeWeightObject(os, image, symbol, triple);
  });
}

/// Puts the code, the descriptors and the weights into files for the linker.
Error Packager::writeObjects() {
  LLVMContext context;
  Expected<std::unique_ptr<MemoryBuffer>> descriptor =
      emitObject(*makeDescriptorModule(context), *machine);
  if (!descriptor)
    return descriptor.takeError();
  auto addBuffer = [&](StringRef name, const MemoryBuffer &buffer) {
    return addObject(name, [&](raw_ostream &os) {
      os << buffer.getBuffer();
      return Error::success();
    });
  };
  if (Error error = addBuffer("descriptor.o", **descriptor))
    return error;
  for (auto [i, object] : llvm::enumerate(model.modules))
    if (Error error = addBuffer("code" + std::to_string(i) + ".o", *object))
      return error;
  for (auto [i, program] : llvm::enumerate(programs)) {
    WeightPlacement placement = placeWeights(*program);
    if (!placement.size || !placement.file.empty())
      continue;
    if (Error error =
            addImage("weights" + std::to_string(i) + ".o", program->weights,
                     program->description.getWeightsSymbol()))
      return error;
  }
  return Error::success();
}

Error Packager::linkWithRuntime() {
  LinkJob job;
  job.triple = triple;
  job.output = options.path;
  job.inputs = objects;
  // the descriptor also under a name that dlsym can look for
  job.exports = getExportedSymbols(model.description);
  job.exports.push_back("tenon_model");
  job.aliases = {{"tenon_model", model.description.getDescriptorSymbol()}};
  bool isExecutable = options.kind == ArtefactKind::Executable;
  // The runner's archive has the runtime in it.
  Expected<std::string> runtime =
      findRuntimeFile(isExecutable ? "libtenon-runner.a" : "libtenon-rt.a",
                      triple, options.runtimeFolder);
  if (!runtime)
    return runtime.takeError();
  job.inputs.push_back(*runtime);
  if (options.isEmulated) {
    Expected<std::string> emulator =
        findRuntimeFile("libtenon-emulator.a", triple, options.runtimeFolder);
    if (!emulator)
      return emulator.takeError();
    job.inputs.push_back(*emulator);
  }
  return isExecutable ? linkExecutable(job) : linkSharedLibrary(job);
}

Error Packager::link() {
  if (options.kind == ArtefactKind::Object)
    return linkRelocatable({triple, options.path, objects, {}, {}});
  if (options.kind != ArtefactKind::Archive)
    return linkWithRuntime();
  std::string object = folder->getPath(name + ".o");
  if (Error error = linkRelocatable({triple, object, objects, {}, {}}))
    return error;
  Expected<std::string> runtime =
      findRuntimeFile("libtenon-rt.a", triple, options.runtimeFolder);
  if (!runtime)
    return runtime.takeError();
  return writeArchive(options.path, object, *runtime);
}

Error Packager::package() {
  machine = target.createTargetMachine(CodeGenOptLevel::Aggressive);
  if (isMadeOfLLVMIR(options.kind))
    return writeText();
  Expected<std::unique_ptr<TemporaryFolder>> created =
      TemporaryFolder::create(options.path);
  if (!created)
    return created.takeError();
  folder = std::move(*created);
  if (Error error = writeObjects())
    return error;
  for (const CompiledProgram *program : programs)
    if (Error error = writeWeightsFile(*program))
      return error;
  if (options.releaseWeights)
    options.releaseWeights();
  if (Error error = link())
    return error;
  if (options.kind == ArtefactKind::Executable || !options.header)
    return Error::success();
  return writeHeaderFile();
}
} // namespace

Error tenon::packageArtefact(const CompiledModel &model,
                             const ArtefactOptions &options) {
  return Packager(model, options).package();
}
