//===- Inspect.cpp - tenon inspect ----------------------------------------===//

#include "Commands.h"
#include "JSONFile.h"

#include "tenon/Driver/Inspect.h"
#include "tenon/Driver/LoadedModel.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

static constexpr CommandInfo kInspect = {
    "inspect", "inspect MODEL|LIBRARY [options]",
    "Print the inputs, outputs, dimensions, parameters and operators of a "
    "model (.onnx, .mlir, .mlirbc, .toml or zoo:NAME), or what a compiled "
    "library (.so) says of "
    "itself.",
    InspectOption};

static std::optional<json::Object> inspectLibrary(const std::string &path,
                                                  StringRef function) {
  Expected<const tenon_model *> model = loadModel(path);
  Expected<int32_t> number =
      model ? findFunction(**model, function) : model.takeError();
  if (number)
    return inspectArtefact(**model, function.empty() ? -1 : *number);
  errs() << path << ": error: " << toString(number.takeError()) << '\n';
  return std::nullopt;
}

ExitStatus tenon::runInspectCommand(ArrayRef<const char *> arguments) {
  CommandLine line(kInspect, arguments);
  if (line.getExitStatus())
    return *line.getExitStatus();
  std::vector<std::string> models = line.getPositional();
  if (models.size() != 1)
    line.fail("expected one MODEL, got " + Twine(models.size()));
  FixedParts fixed = line.getFixedParts();
  std::string function = line.get(OPT_function);
  if (line.getExitStatus())
    return *line.getExitStatus();

  const std::string &path = models.front();
  bool isLibrary = sys::path::extension(path) == ".so";
  std::optional<json::Object> report =
      isLibrary ? inspectLibrary(path, function)
                : inspectModel(path, fixed, function, errs());
  if (!report)
    return kInputAtFault;
  printInspection(outs(), *report);
  if (!line.has(OPT_json))
    return kDone;
  return writeJSONFile(line.get(OPT_json), std::move(*report));
}
