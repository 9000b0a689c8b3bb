//===- ModelTest.h - a model against the data beside it ---------*- C++ -*-===//
//
// `tenon test`: ONNX's layout of model tests is a folder with model.onnx and
// test_data_set_*/{input,output}_*.pb. A program.toml may stand for the model.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_DRIVER_MODELTEST_H
#define TENON_DRIVER_MODELTEST_H

#include "tenon-rt/tenon.h"
#include "tenon/Driver/Compare.h"
#include "tenon/Pipelines/Compile.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace tenon {

enum class TestStatus { Pass, Mismatch, Unsupported, Error, Crash, Timeout };

/// "pass", "mismatch", ... as the JSON spells them.
llvm::StringRef getTestStatusName(TestStatus status);

/// A model and where it was found.
struct TestCase {
  /// Relative to the folder that was asked for.
  std::string name;
  /// Of model.onnx or program.toml.
  std::string path;
};

struct TestResult {
  TestStatus status = TestStatus::Pass;
  /// Why it did not pass.
  std::string reason;
  /// From the begin of the compilation to the end of the last comparison.
  double seconds = 0;
  /// The inputs whose values, in each data set, the model was compiled for: an
  /// axis, say, follows from them.
  std::vector<std::string> fixedInputs = {};
};

llvm::json::Value toJSON(const TestResult &result);
bool fromJSON(const llvm::json::Value &value, TestResult &result,
              llvm::json::Path path);

struct TestOptions {
  Tolerance tolerance;
  tenon_options runtime = TENON_OPTIONS_INIT;
  CompileOptions compile;
  /// The one to test; empty: the first.
  std::string function;
  /// Whether the data sets are consecutive calls of one context. Otherwise each
  /// begins with the states' first values.
  bool isSequence = false;
};

/// All models with data at and below `folder`, by name.
std::vector<TestCase> findTestCases(llvm::StringRef folder);

/// Compiles one model in this process, runs it on its data sets and compares; a
/// file .mlir is tested as TextTest.h says.
TestResult testModel(llvm::StringRef path, const TestOptions &options);

} // namespace tenon

#endif // TENON_DRIVER_MODELTEST_H
