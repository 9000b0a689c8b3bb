//===- InspectModel.cpp - what a model is, before it is compiled
//-----------===//

#include "tenon/Driver/Inspect.h"

#include "mlir/IR/BuiltinTypes.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/ONNX/Import.h"
#include "tenon/Pipelines/DescribeModel.h"
#include "tenon/Pipelines/DiagnosticPrinter.h"
#include "tenon/Pipelines/PassList.h"
#include "tenon/Pipelines/ReadModel.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace tenon;
namespace json = llvm::json;

static json::Array describeValues(llvm::ArrayRef<ValueDescription> values) {
  json::Array list;
  for (const ValueDescription &value : values) {
    json::Array shape;
    for (const DimDescription &dim : value.dims) {
      if (dim.isConstant())
        shape.push_back(dim.value);
      else
        shape.push_back(json::fixUTF8(dim.text));
    }
    list.push_back(json::Object{{"name", json::fixUTF8(value.name)},
                                {"dtype", tenon_dtype_name(value.dtype)},
                                {"shape", std::move(shape)}});
  }
  return list;
}

static json::Array describeOperators(llvm::ArrayRef<OperatorUse> uses) {
  json::Array list;
  for (const OperatorUse &use : uses)
    list.push_back(json::Object{{"name", use.domain.empty()
                                             ? use.opType
                                             : use.domain + "." + use.opType},
                                {"version", use.version},
                                {"count", use.count},
                                {"supported", use.isSupported}});
  return list;
}

/// Adds what the imported graph knows.
static LogicalResult describeGraph(func::FuncOp program, json::Object &report) {
  FailureOr<ModelDescription> model = describeModel(program, program.getName());
  if (failed(model))
    return failure();
  report["inputs"] = describeValues(model->inputs);
  report["outputs"] = describeValues(model->outputs);
  report["symbols"] = json::Array(model->symbols);

  int64_t parameters = 0, bytes = 0;
  program.walk([&](ConstantOp constant) {
    auto type = cast<RankedTensorType>(constant.getType());
    parameters +=
        isa<FloatType>(type.getElementType()) ? type.getNumElements() : 0;
    bytes += getConstantDim(getByteSize(type)).value_or(0);
  });
  report["parameters"] = parameters;
  report["weight_bytes"] = bytes;
  return success();
}

std::optional<json::Object>
tenon::inspectModel(StringRef path,
                    ArrayRef<std::pair<std::string, int64_t>> dims,
                    raw_ostream &diagnostics) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  DiagnosticPrinter printer(context, path, diagnostics);
  json::Object report{{"name", llvm::sys::path::filename(path)}};
  if (llvm::sys::path::extension(path) == ".onnx") {
    FailureOr<std::vector<OperatorUse>> uses = listOperators(path, context);
    if (failed(uses))
      return std::nullopt;
    report["operators"] = describeOperators(*uses);
    // Such a model cannot be read; its operators are all that can be told.
    if (llvm::any_of(*uses,
                     [](const OperatorUse &use) { return !use.isSupported; }))
      return report;
  }
  FailureOr<OwningOpRef<ModuleOp>> module = readModel(path, dims, context);
  if (failed(module) || failed(describeGraph(getProgram(**module), report)))
    return std::nullopt;
  return report;
}
