//===- Test.cpp - tenon test ----------------------------------------------===//

#include "Commands.h"
#include "CompileFlags.h"
#include "JSONFile.h"

#include "tenon/Driver/TestSuite.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Option/Arg.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <sys/prctl.h>

using namespace llvm;
using namespace tenon;

static constexpr CommandInfo kTest = {
    "test", "test DIR|FILE.mlir... [options]",
    "Find every model.onnx and program.toml with test_data_set_* beside it "
    "below each DIR, and take the functions of FILE.mlir with their "
    "tenon.inputs and tenon.expected; "
    "compile and run each in a process of its own, and compare the outputs. "
    "Two "
    "outputs agree if each element is within atol + rtol * |expected|, or each "
    "within rtol of the largest one; integers agree to the bit.",
    TestOption};

static TestOptions readTestOptions(CommandLine &line) {
  TestOptions options;
  options.tolerance.relative = line.getReal(OPT_rtol, 1e-3);
  options.tolerance.absolute = line.getReal(OPT_atol, 1e-5);
  options.compile = readCompileFlags(line);
  options.compile.fixed = line.getFixedParts();
  options.runtime = readRuntimeFlags(line, options.compile);
  options.function = line.get(OPT_function);
  options.isSequence = line.has(OPT_sequence);
  return options;
}

/// The process of one model: writes its result as JSON to a descriptor.
static ExitStatus runWorker(CommandLine &line, const TestOptions &options) {
  // Dies with the process that started it, even if that is killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  diesOfSignals = true;
  TestResult result = testModel(line.getPositional().front(), options);
  raw_fd_ostream os(line.getInteger(OPT_worker, 1, 0), /*shouldClose=*/true);
  os << toJSON(result);
  return kDone;
}

/// The command that a worker runs: this program with the same options.
static WorkerCommand makeWorkerCommand(CommandLine &line) {
  static int anchor;
  WorkerCommand command;
  command.arguments = {sys::fs::getMainExecutable("", &anchor), "test"};
  opt::ArgStringList rendered;
  for (const opt::Arg *argument : line.getArguments())
    if (argument->getOption().getID() != OPT_INPUT)
      argument->render(line.getArguments(), rendered);
  llvm::append_range(command.arguments, rendered);
  command.resultOption = "--worker=";
  unsigned cores = hardware_concurrency().compute_thread_count();
  command.jobs = line.getInteger(OPT_jobs, cores, 1);
  command.timeoutSeconds = line.getInteger(OPT_timeout, 300, 1);
  if (!line.has(OPT_threads))
    command.arguments.push_back(
        "--threads=" + std::to_string(std::max(1u, cores / command.jobs)));
  return command;
}

static void printResult(const TestCase &testCase, const TestResult &result) {
  outs() << left_justify(getTestStatusName(result.status), 12) << testCase.name
         << format(" (%.2f s)", result.seconds);
  if (!result.reason.empty())
    outs() << ": " << result.reason;
  outs() << '\n';
  outs().flush();
}

static json::Array makeRecords(ArrayRef<TestCase> cases,
                               ArrayRef<TestResult> results) {
  json::Array records;
  for (auto [testCase, result] : llvm::zip_equal(cases, results)) {
    json::Value record = toJSON(result);
    record.getAsObject()->insert({"name", json::fixUTF8(testCase.name)});
    record.getAsObject()->insert({"path", json::fixUTF8(testCase.path)});
    records.push_back(std::move(record));
  }
  return records;
}

static std::optional<std::vector<TestCase>>
findAllTestCases(ArrayRef<std::string> folders) {
  std::vector<TestCase> cases;
  for (const std::string &folder : folders) {
    if (sys::path::extension(folder) == ".mlir") {
      cases.push_back({sys::path::stem(folder).str(), folder});
      continue;
    }
    std::vector<TestCase> found = findTestCases(folder);
    if (found.empty()) {
      errs() << folder
             << ": error: expected a file .mlir, or a folder with a model.onnx "
                "or program.toml that has test_data_set_* beside it\n";
      return std::nullopt;
    }
    llvm::append_range(cases, found);
  }
  return cases;
}

ExitStatus tenon::runTestCommand(ArrayRef<const char *> arguments) {
  CommandLine line(kTest, arguments);
  if (line.getExitStatus())
    return *line.getExitStatus();
  std::vector<std::string> folders = line.getPositional();
  if (folders.empty())
    line.fail("expected DIR or FILE.mlir");
  TestOptions options = readTestOptions(line);
  WorkerCommand command = makeWorkerCommand(line);
  if (line.getExitStatus())
    return *line.getExitStatus();
  if (line.has(OPT_worker))
    return runWorker(line, options);

  std::optional<std::vector<TestCase>> cases = findAllTestCases(folders);
  if (!cases)
    return kInputAtFault;
  std::vector<TestResult> results(cases->size());
  bool isComplete = runTestCases(*cases, command,
                                 [&](size_t index, const TestResult &result) {
                                   results[index] = result;
                                   printResult((*cases)[index], result);
                                 });
  if (!isComplete) {
    errs() << "tenon test: cannot start a process: " << strerror(errno) << '\n';
    return kMachineAtFault;
  }
  if (line.has(OPT_json))
    if (ExitStatus status =
            writeJSONFile(line.get(OPT_json), makeRecords(*cases, results)))
      return status;
  size_t passed = llvm::count_if(results, [](const TestResult &result) {
    return result.status == TestStatus::Pass;
  });
  outs() << passed << " passed, " << results.size() - passed << " failed\n";
  return passed == results.size() ? kDone : kInputAtFault;
}
