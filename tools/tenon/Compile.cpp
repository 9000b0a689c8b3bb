//===- Compile.cpp - tenon compile ----------------------------------------===//

#include "Commands.h"
#include "CompileFlags.h"

#include "tenon/Pipelines/Compile.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

static constexpr CommandInfo kCompile = {
    "compile", "compile MODEL -o OUT [options]",
    "Compile MODEL (.onnx, .mlir, .mlirbc, .toml or zoo:NAME) to a native "
    "artefact. Its header "
    "lies beside every library and object.",
    CompileOption, printTrainingNames};

static void readArtefact(CommandLine &line, ArtefactOptions &artefact) {
  artefact.path = line.get(OPT_output);
  if (artefact.path.empty())
    return line.fail("expected -o OUT");
  std::optional<ArtefactKind> kind = line.has(OPT_emit)
                                         ? parseArtefactKind(line.get(OPT_emit))
                                         : getArtefactKind(artefact.path);
  if (!kind)
    return line.fail(
        "expected .so, .a, .o, .ll, .s, .ptx, .mlir, .mlirbc or no "
        "suffix (an executable) for " +
        (line.has(OPT_emit) ? "--emit, got '" + line.get(OPT_emit)
                            : "OUT, got '" + artefact.path) +
        "'");
  artefact.kind = *kind;

  std::string weights = line.get(OPT_weights);
  if (weights == "section")
    artefact.maxEmbeddedWeights = UINT64_MAX;
  else if (weights == "file")
    artefact.maxEmbeddedWeights = 0;
  else if (!weights.empty())
    line.fail("expected section or file for --weights, got '" + weights + "'");
}

static void readName(CommandLine &line, CompileOptions &options) {
  options.name = line.get(OPT_name);
  if (line.has(OPT_name) && !isIdentifier(options.name))
    line.fail("expected a C identifier for --name, got '" + options.name + "'");
  std::string threads = line.get(OPT_threads, "on");
  if (threads != "on" && threads != "off")
    line.fail("expected on or off for --threads, got '" + threads + "'");
  options.threads = threads == "on";
}

ExitStatus tenon::runCompileCommand(ArrayRef<const char *> arguments) {
  CommandLine line(kCompile, arguments);
  if (line.getExitStatus())
    return *line.getExitStatus();
  std::vector<std::string> models = line.getPositional();
  if (models.size() != 1)
    line.fail("expected one MODEL, got " + Twine(models.size()));
  CompileOptions options = readCompileFlags(line);
  for (const std::string &target : line.getAll(OPT_target))
    if (!StringRef(target).contains('=')) // others are inputs of a training
      options.triple = target;
  options.fixed = line.getFixedParts();
  readArtefact(line, options.artefact);
  readName(line, options);
  if (line.has(OPT_train))
    options.training = readTrainingFlags(line);
  if (line.getExitStatus())
    return *line.getExitStatus();
  return getExitStatus(compileModel(models.front(), options, errs()));
}
