//===- Artefact.cpp - the files that a user gets
//---------------------------===//

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
      : model(model), description(model.description), options(options),
        triple(model.target.triple) {}

  Error package();

private:
  WeightPlacement placeWeights() const;
  Error writeWeightsFile();
  std::unique_ptr<Module> makeDescriptorModule(LLVMContext &context);
  Error writeHeaderFile();
  Error writeText();
  Error writeObjects();
  Error link();
  Error linkWithRuntime();
  /// A path beside the artefact.
  std::string getSibling(StringRef name) const;

  const CompiledModel &model;
  const ModelDescription &description;
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

WeightPlacement Packager::placeWeights() const {
  WeightPlacement placement{model.weights.size(), ""};
  if (placement.size > options.maxEmbeddedWeights)
    placement.file = description.getSymbol(".weights");
  return placement;
}

Error Packager::writeWeightsFile() {
  return writeFile(getSibling(placeWeights().file), [&](raw_ostream &os) {
    model.weights.write(os);
    return Error::success();
  });
}

std::unique_ptr<Module> Packager::makeDescriptorModule(LLVMContext &context) {
  auto module = std::make_unique<Module>(description.name, context);
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  emitDescriptor(*module, description, placeWeights(),
                 model.target.triple + " " + model.target.cpu,
                 model.target.getRequiredFeatures());
  emitEntryPoints(*module, description);
  return module;
}

Error Packager::writeHeaderFile() {
  return writeFile(getSibling(description.name + ".h"), [&](raw_ostream &os) {
    writeHeader(os, description);
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

/// Puts the code, the descriptor and the weights into files for the linker.
Error Packager::writeObjects() {
  auto add = [&](StringRef name,
                 function_ref<Error(raw_pwrite_stream &)> write) {
    objects.push_back(folder->getPath(name));
    return writeFile(objects.back(), write);
  };
  LLVMContext context;
  Expected<std::unique_ptr<MemoryBuffer>> descriptor =
      emitObject(*makeDescriptorModule(context), *machine);
  if (!descriptor)
    return descriptor.takeError();
  auto addBuffer = [&](StringRef name, const MemoryBuffer &buffer) {
    return add(name, [&](raw_ostream &os) {
      os << buffer.getBuffer();
      return Error::success();
    });
  };
  if (Error error = addBuffer("descriptor.o", **descriptor))
    return error;
  for (auto [i, object] : llvm::enumerate(model.modules))
    if (Error error = addBuffer("code" + std::to_string(i) + ".o", *object))
      return error;
  WeightPlacement placement = placeWeights();
  if (!placement.size || !placement.file.empty())
    return Error::success();
  return add("weights.o", [&](raw_ostream &os) {
    return writeWeightObject(os, model.weights, description.getWeightsSymbol(),
                             triple);
  });
}

Error Packager::linkWithRuntime() {
  LinkJob job;
  job.triple = triple;
  job.output = options.path;
  job.inputs = objects;
  job.exports = getExportedSymbols(description);
  job.exports.push_back("tenon_model");
  job.aliases = {{"tenon_model", description.getDescriptorSymbol()}};
  bool isExecutable = options.kind == ArtefactKind::Executable;
  // The runner's archive has the runtime in it.
  Expected<std::string> runtime =
      findRuntimeFile(isExecutable ? "libtenon-runner.a" : "libtenon-rt.a",
                      triple, options.runtimeFolder);
  if (!runtime)
    return runtime.takeError();
  job.inputs.push_back(*runtime);
  return isExecutable ? linkExecutable(job) : linkSharedLibrary(job);
}

Error Packager::link() {
  if (options.kind == ArtefactKind::Object)
    return linkRelocatable({triple, options.path, objects, {}, {}});
  if (options.kind != ArtefactKind::Archive)
    return linkWithRuntime();
  std::string object = folder->getPath(description.name + ".o");
  if (Error error = linkRelocatable({triple, object, objects, {}, {}}))
    return error;
  Expected<std::string> runtime =
      findRuntimeFile("libtenon-rt.a", triple, options.runtimeFolder);
  if (!runtime)
    return runtime.takeError();
  return writeArchive(options.path, object, *runtime);
}

Error Packager::package() {
  machine = model.target.createTargetMachine(CodeGenOptLevel::Aggressive);
  if (isMadeOfLLVMIR(options.kind))
    return writeText();
  Expected<std::unique_ptr<TemporaryFolder>> created =
      TemporaryFolder::create(options.path);
  if (!created)
    return created.takeError();
  folder = std::move(*created);
  if (Error error = writeObjects())
    return error;
  if (Error error = link())
    return error;
  if (!placeWeights().file.empty())
    if (Error error = writeWeightsFile())
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
