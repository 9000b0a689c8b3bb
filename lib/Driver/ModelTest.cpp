//===- ModelTest.cpp - a model against the data beside it -----------------===//

#include "tenon/Driver/ModelTest.h"

#include "tenon/Driver/LoadedModel.h"
#include "tenon/Driver/TemporaryLibrary.h"
#include "tenon/Driver/TensorList.h"
#include "tenon/Driver/TextTest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <map>

using namespace llvm;
using namespace tenon;

static constexpr std::pair<TestStatus, StringLiteral> kStatusNames[] = {
    {TestStatus::Pass, "pass"},
    {TestStatus::Mismatch, "mismatch"},
    {TestStatus::Unsupported, "unsupported"},
    {TestStatus::Error, "error"},
    {TestStatus::Crash, "crash"},
    {TestStatus::Timeout, "timeout"},
};

StringRef tenon::getTestStatusName(TestStatus status) {
  return kStatusNames[static_cast<size_t>(status)].second;
}

json::Value tenon::toJSON(const TestResult &result) {
  return json::Object{{"status", getTestStatusName(result.status)},
                      {"reason", json::fixUTF8(result.reason)},
                      {"seconds", result.seconds},
                      {"fixed_inputs", json::Array(result.fixedInputs)}};
}

bool tenon::fromJSON(const json::Value &value, TestResult &result,
                     json::Path path) {
  std::string status;
  json::ObjectMapper map(value, path);
  if (!map || !map.map("status", status) || !map.map("reason", result.reason) ||
      !map.map("seconds", result.seconds) ||
      !map.map("fixed_inputs", result.fixedInputs))
    return false;
  for (const auto &[known, name] : kStatusNames)
    if (name == status)
      result.status = known;
  return true;
}

/// The test_data_set_* folders beside a model, in the order of their numbers.
static std::vector<std::string> findDataSets(StringRef modelFolder) {
  std::vector<std::pair<unsigned, std::string>> numbered;
  std::error_code code;
  for (sys::fs::directory_iterator it(modelFolder, code), end;
       it != end && !code; it.increment(code)) {
    StringRef suffix = sys::path::filename(it->path());
    unsigned number = 0;
    if (suffix.consume_front("test_data_set_") &&
        sys::fs::is_directory(it->path())) {
      suffix.getAsInteger(10, number);
      numbered.push_back({number, it->path()});
    }
  }
  llvm::sort(numbered);
  std::vector<std::string> folders;
  for (auto &[number, folder] : numbered)
    folders.push_back(std::move(folder));
  return folders;
}

std::vector<TestCase> tenon::findTestCases(StringRef folder) {
  std::vector<TestCase> cases;
  auto addIfModel = [&](StringRef candidate) {
    for (StringRef file : {"model.onnx", "program.toml"}) {
      SmallString<128> model(candidate);
      sys::path::append(model, file);
      if (!sys::fs::exists(model) || findDataSets(candidate).empty())
        continue;
      StringRef name = candidate;
      name.consume_front(folder);
      name = name.ltrim('/');
      cases.push_back(
          {name.empty() ? sys::path::filename(folder).str() : name.str(),
           model.str().str()});
    }
  };
  addIfModel(folder);
  std::error_code code;
  for (sys::fs::recursive_directory_iterator it(folder, code), end;
       it != end && !code; it.increment(code))
    if (it->type() == sys::fs::file_type::directory_file)
      addIfModel(it->path());
  llvm::sort(cases, [](const TestCase &lhs, const TestCase &rhs) {
    return lhs.name < rhs.name;
  });
  return cases;
}

/// The first line of a compiler's diagnostics, which names the cause.
static std::string getFirstLine(StringRef text) {
  return text.trim().split('\n').first.str();
}

/// Test data of scalars is often stored as one element of rank 1.
static void dropUnitRank(const tenon_function &function,
                         MutableArrayRef<tenon_tensor> inputs) {
  size_t count = std::min<size_t>(function.num_inputs, inputs.size());
  for (size_t i = 0; i < count; ++i)
    if (function.inputs[i].rank == 0 && inputs[i].rank == 1 &&
        inputs[i].shape[0] == 1)
      inputs[i].rank = 0;
}

/// Of a model's inputs, in its order, those that its artefact keeps become the
/// context's state, in the first step of a stream; the others are returned.
static Expected<SmallVector<tenon_tensor>>
separateState(tenon_context &context, ArrayRef<tenon_tensor> inputs,
              bool isFirstStep) {
  const tenon_model &model = *context.model;
  SmallVector<bool> isState(inputs.size(), false);
  for (int32_t i = 0; i < model.num_states; ++i) {
    int32_t number = model.states[i].input_number;
    if (number < 0 || number >= static_cast<int32_t>(inputs.size()))
      continue;
    isState[number] = true;
    tenon_error error = {};
    if (isFirstStep &&
        tenon_set_state(&context, i, &inputs[number], &error) != TENON_OK)
      return makeRuntimeError(error);
  }
  SmallVector<tenon_tensor> own;
  for (auto [input, isKept] : llvm::zip_equal(inputs, isState))
    if (!isKept)
      own.push_back(input);
  return own;
}

/// The outputs of a call and the states that were outputs of the model, in its
/// order.
static Expected<SmallVector<tenon_tensor>>
joinState(tenon_context &context, ArrayRef<tenon_tensor> outputs) {
  const tenon_model &model = *context.model;
  std::map<int32_t, tenon_tensor> kept;
  for (int32_t i = 0; i < model.num_states; ++i) {
    if (model.states[i].output_number < 0)
      continue;
    tenon_error error = {};
    if (tenon_get_state(&context, i, &kept[model.states[i].output_number],
                        &error) != TENON_OK)
      return makeRuntimeError(error);
  }
  SmallVector<tenon_tensor> all;
  size_t count = outputs.size() + kept.size();
  for (size_t i = 0; i < count; ++i) {
    auto state = kept.find(i);
    if (state != kept.end()) {
      all.push_back(state->second);
    } else if (!outputs.empty()) {
      all.push_back(outputs.front());
      outputs = outputs.drop_front();
    }
  }
  return all;
}

static std::string getOutputName(const tenon_model &model,
                                 const tenon_function &function,
                                 int32_t number) {
  int32_t own = number;
  for (const tenon_state_info &state :
       ArrayRef(model.states, model.num_states)) {
    if (state.output_number == number)
      return state.name;
    own -= state.output_number >= 0 && state.output_number < number;
  }
  return function.outputs[own].name;
}

/// Runs one data set, without the inputs that the model was compiled for;
/// nothing means that all outputs agree.
static std::optional<TestResult> testDataSet(tenon_context &context,
                                             int32_t number, StringRef folder,
                                             ArrayRef<unsigned> fixedInputs,
                                             Tolerance tolerance,
                                             bool isFirstStep) {
  std::string where = sys::path::filename(folder).str();
  const tenon_function &function = context.model->functions[number];
  auto fail = [&](TestStatus status, const Twine &reason) {
    return TestResult{status, (where + ": " + reason).str()};
  };
  auto inputs = TensorList::readFolder(folder, "input");
  if (!inputs)
    return fail(TestStatus::Error, toString(inputs.takeError()));
  auto wanted = TensorList::readFolder(folder, "output");
  if (!wanted)
    return fail(TestStatus::Error, toString(wanted.takeError()));
  SmallVector<tenon_tensor> all;
  for (auto [index, tensor] : llvm::enumerate(inputs->getTensors()))
    if (!is_contained(fixedInputs, index))
      all.push_back(tensor);
  auto given = separateState(context, all, isFirstStep);
  if (!given)
    return fail(TestStatus::Error, toString(given.takeError()));
  dropUnitRank(function, *given);
  auto own = callFunction(context, number, *given);
  if (!own)
    return fail(TestStatus::Error, toString(own.takeError()));
  auto outputs = joinState(context, *own);
  if (!outputs)
    return fail(TestStatus::Error, toString(outputs.takeError()));
  SmallVector<tenon_tensor> expected = wanted->getTensors();
  if (outputs->size() != expected.size())
    return fail(TestStatus::Error, "expected " + Twine(expected.size()) +
                                       " outputs, got " +
                                       Twine(outputs->size()));
  for (auto [i, got, want] : llvm::enumerate(*outputs, expected))
    if (std::optional<std::string> difference =
            compareTensors(got, want, tolerance))
      return fail(TestStatus::Mismatch,
                  Twine("output \"") +
                      getOutputName(*context.model, function, i) +
                      "\": " + *difference);
  return std::nullopt;
}

static TestResult testLibrary(StringRef library, ArrayRef<std::string> folders,
                              ArrayRef<unsigned> fixedInputs,
                              const TestOptions &options) {
  auto model = loadModel(library);
  if (!model)
    return {TestStatus::Error, toString(model.takeError())};
  auto context = openContext(**model, options.runtime);
  if (!context)
    return {TestStatus::Error, toString(context.takeError())};
  auto function = findFunction(**model, options.function);
  if (!function)
    return {TestStatus::Error, toString(function.takeError())};
  tenon_error error = {};
  for (const std::string &folder : folders) {
    if (!options.isSequence &&
        tenon_reset_state(context->get(), /*state=*/-1, &error) != TENON_OK)
      return {TestStatus::Error, error.message};
    bool isFirst = !options.isSequence || &folder == &folders.front();
    if (std::optional<TestResult> failure =
            testDataSet(**context, *function, folder, fixedInputs,
                        options.tolerance, isFirst))
      return *failure;
  }
  return {};
}

static TestResult testFixedModel(StringRef path, ArrayRef<std::string> folders,
                                 SmallVector<unsigned> fixedInputs,
                                 ArrayRef<ModelInput> needed,
                                 const TestOptions &options);

/// Whether the data sets hold more inputs than the model has: values for
/// initializers, too.
static bool givesMoreInputs(ArrayRef<std::string> folders, StringRef library,
                            ArrayRef<unsigned> fixedInputs,
                            const TestOptions &options) {
  auto model = loadModel(library);
  auto inputs = TensorList::readFolder(folders.front(), "input");
  if (!model || !inputs) { // which the test itself reports
    consumeError(model.takeError());
    consumeError(inputs.takeError());
    return false;
  }
  auto number = findFunction(**model, options.function);
  if (!number) {
    consumeError(number.takeError());
    return false;
  }
  size_t known = (*model)->functions[*number].num_inputs + fixedInputs.size();
  for (const tenon_state_info &state :
       ArrayRef((*model)->states, (*model)->num_states))
    known += state.input_number >= 0;
  return inputs->getTensors().size() > known;
}

static TestResult compileAndTest(StringRef path, ArrayRef<std::string> folders,
                                 ArrayRef<unsigned> fixedInputs,
                                 const TestOptions &options) {
  std::string diagnostics;
  raw_string_ostream os(diagnostics);
  std::vector<ModelInput> needed;
  auto library = TemporaryLibrary::compile(path, options.compile, os, &needed);
  if (auto *compiled = std::get_if<TemporaryLibrary>(&library)) {
    if (!options.compile.fixed.overrides.empty() ||
        !givesMoreInputs(folders, compiled->getPath(), fixedInputs, options))
      return testLibrary(compiled->getPath(), folders, fixedInputs, options);
    TestOptions all = options;
    all.compile.fixed.overrides = {"*"};
    return compileAndTest(path, folders, fixedInputs, all);
  }
  if (!needed.empty())
    return testFixedModel(path, folders, to_vector(fixedInputs), needed,
                          options);
  bool isUnsupported =
      std::get<CompileStatus>(library) == CompileStatus::Unsupported;
  return {isUnsupported ? TestStatus::Unsupported : TestStatus::Error,
          getFirstLine(diagnostics)};
}

/// Compiles a model whose inputs `needed` have to be known for each data set by
/// itself, with the values there.
static TestResult testFixedModel(StringRef path, ArrayRef<std::string> folders,
                                 SmallVector<unsigned> fixedInputs,
                                 ArrayRef<ModelInput> needed,
                                 const TestOptions &options) {
  for (const ModelInput &input : needed)
    fixedInputs.push_back(input.index);
  TestResult result;
  for (const std::string &folder : folders) {
    TestOptions fixed = options;
    for (const ModelInput &input : needed)
      fixed.compile.fixed.values.push_back(
          {input.name,
           (folder + "/input_" + Twine(input.index) + ".pb").str()});
    result = compileAndTest(path, folder, fixedInputs, fixed);
    for (const ModelInput &input : needed)
      result.fixedInputs.push_back(input.name);
    if (result.status != TestStatus::Pass)
      break;
  }
  return result;
}

TestResult tenon::testModel(StringRef path, const TestOptions &options) {
  auto begin = std::chrono::steady_clock::now();
  TestResult result =
      sys::path::extension(path) == ".mlir"
          ? testText(path, options)
          : compileAndTest(path, findDataSets(sys::path::parent_path(path)), {},
                           options);
  std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - begin;
  result.seconds = elapsed.count();
  return result;
}
