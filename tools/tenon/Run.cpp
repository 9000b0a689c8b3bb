//===- Run.cpp - tenon run ------------------------------------------------===//

#include "Commands.h"
#include "CompileFlags.h"

#include "tenon-rt/runner.h"
#include "tenon/Driver/LoadedModel.h"
#include "tenon/Driver/TemporaryLibrary.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Option/Arg.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace llvm;
using namespace tenon;

static constexpr CommandInfo kRun = {
    "run", "run MODEL|LIBRARY [options]",
    "Run a model (.onnx, .mlir, .mlirbc, .toml or zoo:NAME), which is compiled "
    "first, or a "
    "compiled library (.so); print its outputs and the time.",
    RunOption};

namespace {
/// What the command line says, in strings that outlive the runner's pointers.
struct RunRequest {
  std::string model;
  std::vector<std::string> inputs;
  std::vector<std::pair<std::string, int64_t>> dims;
  std::string outputs, json, function;
  CompileOptions compile;
};

using Seconds = std::chrono::duration<double>;
} // namespace

/// --inputs takes every argument up to the next option; what is left is the
/// model.
static void readModelAndInputs(CommandLine &line, RunRequest &request) {
  // The argument that would continue the list of inputs.
  std::optional<unsigned> nextInput;
  for (const opt::Arg *argument :
       line.getArguments().filtered(OPT_INPUT, OPT_inputs)) {
    bool isOption = argument->getOption().getID() == OPT_inputs;
    bool isSeparate = argument->getAlias() != nullptr;
    if (isOption || nextInput == argument->getIndex()) {
      request.inputs.push_back(argument->getValue());
      nextInput = argument->getIndex() + (isSeparate ? 2 : 1);
    } else if (request.model.empty()) {
      request.model = argument->getValue();
    } else {
      line.fail("expected one MODEL, got also '" + Twine(argument->getValue()) +
                "'");
    }
  }
  // `tenon run --inputs a.pb b.pb model.onnx`
  if (request.model.empty() && request.inputs.size() > 1) {
    request.model = request.inputs.back();
    request.inputs.pop_back();
  }
  if (request.model.empty())
    line.fail("expected MODEL");
}

static tenon_runner_options readRunnerOptions(CommandLine &line,
                                              RunRequest &request) {
  tenon_runner_options options = {};
  options.random = line.has(OPT_random);
  options.seed = line.getInteger(OPT_random, 0, 0);
  tenon_options runtime = readRuntimeFlags(line, request.compile);
  options.threads = runtime.threads;
  options.device = runtime.device;
  options.device_index = runtime.device_index;
  options.repeat = line.getInteger(OPT_repeat, 1, 1);
  options.profile = line.has(OPT_profile);
  request.outputs = line.get(OPT_outputs);
  request.json = line.get(OPT_json);
  request.function = line.get(OPT_function);
  options.sequence = line.has(OPT_sequence);
  options.timeout = line.getReal(OPT_timeout, 0);
  // a state's size is its own: what an input says too has to be fixed
  FixedParts fixed = line.getFixedParts();
  if (!fixed.state.pairs.empty()) {
    auto grows = llvm::partition(fixed.dims, [&](const auto &dim) {
      return !fixed.state.capacities.contains(dim.first);
    });
    request.dims.assign(grows, fixed.dims.end());
    fixed.dims.erase(grows, fixed.dims.end());
  } else {
    request.dims = std::exchange(fixed.dims, {});
  }
  request.compile.fixed = std::move(fixed);
  if (options.random && !request.inputs.empty())
    line.fail("expected --inputs or --random, got both");
  if (options.sequence && request.inputs.empty())
    line.fail("expected --inputs with a folder for each step of --sequence");
  return options;
}

/// Compiles the model unless it is a library already. Fills in the times.
static std::variant<std::string, ExitStatus>
getLibrary(const RunRequest &request, std::optional<TemporaryLibrary> &library,
           tenon_runner_options &options) {
  if (sys::path::extension(request.model) == ".so")
    return request.model;
  auto begin = std::chrono::steady_clock::now();
  auto compiled =
      TemporaryLibrary::compile(request.model, request.compile, errs());
  if (auto *status = std::get_if<CompileStatus>(&compiled))
    return getExitStatus(*status);
  options.compile_seconds =
      Seconds(std::chrono::steady_clock::now() - begin).count();
  library = std::move(std::get<TemporaryLibrary>(compiled));
  return library->getPath();
}

static ExitStatus runLibrary(const std::string &path, const RunRequest &request,
                             tenon_runner_options options) {
  auto begin = std::chrono::steady_clock::now();
  Expected<const tenon_model *> model = loadModel(path);
  if (!model) {
    errs() << request.model << ": error: " << toString(model.takeError())
           << '\n';
    return kInputAtFault;
  }
  options.load_seconds =
      Seconds(std::chrono::steady_clock::now() - begin).count();

  std::vector<const char *> inputs;
  for (const std::string &input : request.inputs)
    inputs.push_back(input.c_str());
  std::vector<tenon_runner_dim> dims;
  for (const auto &[name, size] : request.dims)
    dims.push_back({name.c_str(), size});
  options.inputs = inputs.data();
  options.num_inputs = inputs.size();
  options.dims = dims.data();
  options.num_dims = dims.size();
  options.outputs = request.outputs.empty() ? nullptr : request.outputs.c_str();
  options.json = request.json.empty() ? nullptr : request.json.c_str();
  options.model = request.model.c_str();
  options.function =
      request.function.empty() ? nullptr : request.function.c_str();
  tenon_error error = {};
  tenon_status status = tenon_runner_run(*model, &options, &error);
  if (status != TENON_OK)
    errs() << request.model << ": error: " << error.message << '\n';
  return ExitStatus(tenon_runner_exit_status(status));
}

ExitStatus tenon::runRunCommand(ArrayRef<const char *> arguments) {
  CommandLine line(kRun, arguments);
  if (line.getExitStatus())
    return *line.getExitStatus();
  RunRequest request;
  readModelAndInputs(line, request);
  request.compile = readCompileFlags(line);
  tenon_runner_options options = readRunnerOptions(line, request);
  if (line.getExitStatus())
    return *line.getExitStatus();
  std::optional<TemporaryLibrary> library;
  auto path = getLibrary(request, library, options);
  if (auto *status = std::get_if<ExitStatus>(&path))
    return *status;
  return runLibrary(std::get<std::string>(path), request, options);
}
