//===- TextTest.cpp - numbers beside a function ---------------------------===//

#include "tenon/Driver/TextTest.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "tenon/Dialect/Tenon/IR/Dtype.h"
#include "tenon/Driver/LoadedModel.h"
#include "tenon/Driver/TemporaryLibrary.h"
#include "tenon/Driver/TensorList.h"
#include "tenon/Pipelines/ConstantBytes.h"
#include "tenon/Pipelines/DescribeModel.h"
#include "tenon/Pipelines/DiagnosticPrinter.h"
#include "tenon/Pipelines/PassList.h"

using namespace mlir;
using namespace tenon;

static constexpr StringLiteral inputsName = "tenon.inputs";
static constexpr StringLiteral expectedName = "tenon.expected";
static constexpr StringLiteral relativeName = "tenon.rtol";
static constexpr StringLiteral absoluteName = "tenon.atol";

/// Copies of the tensors of a function's attribute, aligned as those of files
/// are; failure after a diagnostic.
static FailureOr<TensorList> readTensors(func::FuncOp function,
                                         StringRef name) {
  auto values = function->getAttrOfType<ArrayAttr>(name);
  if (!values)
    return function.emitError()
           << "expected " << name << " = [dense<...> : tensor<...>, ...]";
  TensorList tensors;
  for (Attribute value : values) {
    auto elements = dyn_cast<ElementsAttr>(value);
    std::optional<tenon_dtype> dtype =
        elements ? getDtype(elements.getElementType()) : std::nullopt;
    FailureOr<ArrayRef<char>> bytes =
        dtype ? getConstantBytes(elements)
              : FailureOr<ArrayRef<char>>(failure());
    if (failed(bytes))
      return function.emitError()
             << "expected dense elements in " << name << ", got " << value;
    ArrayRef<int64_t> shape = elements.getShapedType().getShape();
    if (llvm::Error error = tensors.append(*dtype, shape, *bytes))
      return function.emitError() << llvm::toString(std::move(error));
  }
  return tensors;
}

static Tolerance readTolerance(func::FuncOp function, Tolerance tolerance) {
  if (auto relative = function->getAttrOfType<FloatAttr>(relativeName))
    tolerance.relative = relative.getValueAsDouble();
  if (auto absolute = function->getAttrOfType<FloatAttr>(absoluteName))
    tolerance.absolute = absolute.getValueAsDouble();
  return tolerance;
}

/// Writes a function, without what it is tested with, as a module.
static llvm::Error writeAlone(func::FuncOp function, StringRef path) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(function.getLoc());
  func::FuncOp copy = function.clone();
  for (StringRef name : {inputsName, expectedName, relativeName, absoluteName})
    copy->removeAttr(name);
  module->push_back(copy);
  return writeFile(path, [&](llvm::raw_pwrite_stream &os) {
    module->print(os);
    return llvm::Error::success();
  });
}

/// Whether the function computes what it is to compute; `os` gets the
/// compiler's diagnostics.
static llvm::Expected<TestStatus> testFunction(func::FuncOp function,
                                               const TestOptions &options,
                                               llvm::raw_ostream &os) {
  auto inputs = readTensors(function, inputsName);
  auto expected = readTensors(function, expectedName);
  if (failed(inputs) || failed(expected))
    return TestStatus::Error;
  auto folder = TemporaryFolder::createInTemp();
  if (!folder)
    return folder.takeError();
  std::string path = (*folder)->getPath("function.mlir");
  if (llvm::Error error = writeAlone(function, path))
    return error;
  auto library = TemporaryLibrary::compile(path, options.compile, os);
  if (auto *status = std::get_if<CompileStatus>(&library))
    return *status == CompileStatus::Unsupported ? TestStatus::Unsupported
                                                 : TestStatus::Error;
  auto model = loadModel(std::get<TemporaryLibrary>(library).getPath());
  if (!model)
    return model.takeError();
  auto context = openContext(**model, options.runtime);
  if (!context)
    return context.takeError();
  auto outputs = callFunction(**context, /*function=*/0, inputs->getTensors());
  if (!outputs)
    return outputs.takeError();
  SmallVector<tenon_tensor> wanted = expected->getTensors();
  if (outputs->size() != wanted.size())
    return llvm::createStringError(
        "expected " + llvm::Twine(outputs->size()) +
        " tensors in tenon.expected, as many as there are results, got " +
        llvm::Twine(wanted.size()));
  Tolerance tolerance = readTolerance(function, options.tolerance);
  for (auto [i, got, want] : llvm::enumerate(*outputs, wanted))
    if (std::optional<std::string> difference =
            compareTensors(got, want, tolerance)) {
      os << "result " << i << ": " << *difference;
      return TestStatus::Mismatch;
    }
  return TestStatus::Pass;
}

TestResult tenon::testText(StringRef path, const TestOptions &options) {
  std::string diagnostics;
  llvm::raw_string_ostream os(diagnostics);
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  DiagnosticPrinter printer(context, path, os);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(path, &context);
  if (!module)
    return {TestStatus::Error, diagnostics};
  auto functions = module->getOps<func::FuncOp>();
  if (functions.empty())
    return {TestStatus::Error, "expected functions with tenon.expected"};
  for (func::FuncOp function : functions) {
    llvm::Expected<TestStatus> status = testFunction(function, options, os);
    if (!status)
      os << llvm::toString(status.takeError());
    else if (*status == TestStatus::Pass)
      continue;
    return {status ? *status : TestStatus::Error,
            ("@" + function.getName() + ": " + StringRef(diagnostics).trim())
                .str()};
  }
  return {};
}
