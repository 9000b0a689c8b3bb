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
/// A CompiledFunction that another owns.
struct Program {
  const ModelDescription &description;
  const WeightImage &weights;
};

class Packager {
public:
  Packager(const CompiledModel &model, const ArtefactOptions &options)
      : name(model.description.name), target(model.target),
        modules(model.modules), options(options), triple(model.target.triple) {
    programs.push_back({model.description, model.weights});
    addDevice(model.device);
  }
  Packager(const CompiledTraining &training, const ArtefactOptions &options)
      : name(training.description.name), target(training.target),
        modules(training.modules), training(&training), options(options),
        triple(training.target.triple) {
    for (auto [description, weights] :
         llvm::zip_equal(training.description.functions, training.weights))
      programs.push_back({description, weights});
    addDevice(training.device);
  }

  Error package();

private:
  void addDevice(ArrayRef<CompiledFunction> functions) {
    for (const CompiledFunction &function : functions)
      programs.push_back({function.description, function.weights});
  }
  WeightPlacement placeWeights(const Program &program) const;
  Error writeWeightsFile(const Program &program);
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
  const TargetInfo &target;
  ArrayRef<std::unique_ptr<MemoryBuffer>> modules;
  SmallVector<Program> programs;
  const CompiledTraining *training = nullptr;
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

WeightPlacement Packager::placeWeights(const Program &program) const {
  WeightPlacement placement{program.weights.size(), ""};
  if (placement.size > options.maxEmbeddedWeights)
    placement.file = program.description.getSymbol(".weights");
  return placement;
}

Error Packager::writeWeightsFile(const Program &program) {
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
  // the device's first: the others refer to them
  for (const Program &program : llvm::reverse(programs))
    emitDescriptor(*module, program.description, placeWeights(program),
                   target.triple + " " + target.cpu,
                   target.getRequiredFeatures());
  if (training)
    emitTrainingDescriptor(*module, training->description,
                           training->initial.size());
  else
    emitEntryPoints(*module, programs.front().description);
  return module;
}

Error Packager::writeHeaderFile() {
  return writeFile(getSibling(name + ".h"), [&](raw_ostream &os) {
    if (training)
      writeTrainingHeader(os, training->description);
    else
      writeHeader(os, programs.front().description);
    return Error::success();
  });
}

/// LLVM IR or assembly: the code and the descriptor as one module. The weights
/// stay an undefined symbol.
Error Packager::writeText() {
  LLVMContext context;
  std::unique_ptr<Module> module = makeDescriptorModule(context);
  if (Error error = mergeModules(*module, modules))
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
  for (auto [i, object] : llvm::enumerate(modules))
    if (Error error = addBuffer("code" + std::to_string(i) + ".o", *object))
      return error;
  for (auto [i, program] : llvm::enumerate(programs)) {
    WeightPlacement placement = placeWeights(program);
    if (!placement.size || !placement.file.empty())
      continue;
    if (Error error =
            addImage("weights" + std::to_string(i) + ".o", program.weights,
                     program.description.getWeightsSymbol()))
      return error;
  }
  if (!training || !training->initial.size())
    return Error::success();
  return addImage("initial.o", training->initial,
                  training->description.getInitialSymbol());
}

Error Packager::linkWithRuntime() {
  LinkJob job;
  job.triple = triple;
  job.output = options.path;
  job.inputs = objects;
  // the descriptor also under a name that dlsym can look for
  std::string descriptor, alias = training ? "tenon_training" : "tenon_model";
  if (training) {
    descriptor = training->description.getDescriptorSymbol();
    job.exports = {descriptor};
  } else {
    descriptor = programs.front().description.getDescriptorSymbol();
    job.exports = getExportedSymbols(programs.front().description);
  }
  job.exports.push_back(alias);
  job.aliases = {{alias, descriptor}};
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
  for (const Program &program : programs)
    if (Error error = writeWeightsFile(program))
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

Error tenon::packageTraining(const CompiledTraining &training,
                             const ArtefactOptions &options) {
  if (options.kind == ArtefactKind::Executable)
    return createStringError("expected a library or an object of a training "
                             "program, got an executable");
  return Packager(training, options).package();
}
