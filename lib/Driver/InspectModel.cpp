//===- InspectModel.cpp - what a model is, before it is compiled ----------===//

#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Driver/Inspect.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Pass/PassManager.h"
#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "tenon/Dialect/Tenon/IR/Dtype.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/ONNX/Import.h"
#include "tenon/Pipelines/DescribeModel.h"
#include "tenon/Pipelines/DiagnosticPrinter.h"
#include "tenon/Pipelines/PassList.h"
#include "tenon/Pipelines/ReadModel.h"
#include "llvm/ADT/SetVector.h"
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

/// Adds the cost of one run: a number, or a formula over the symbols. What a
/// run does that depends on data is left out of it, and named.
static LogicalResult describeCost(ModuleOp module, json::Object &report) {
  PassManager manager(module.getContext());
  PipelineOptions options;
  options.stopBefore = "decompose";
  buildGraphPipeline(manager, options);
  if (failed(manager.run(module)))
    return failure();
  SmallVector<Operation *> unknown;
  AffineExpr flops = getFlops(getProgram(module).getBody().front(), &unknown);
  if (std::optional<int64_t> number = getConstantDim(flops))
    report["flops"] = *number;
  else
    report["flops"] = json::fixUTF8(printDim(flops));
  llvm::SetVector<StringRef> names;
  for (Operation *op : unknown)
    names.insert(op->getName().stripDialect());
  // copies: the report outlives the context, which owns the names
  json::Array list;
  for (StringRef name : names)
    list.push_back(name.str());
  if (!names.empty())
    report["flops_unknown"] = std::move(list);
  return success();
}

/// Adds what a function of the graph takes and gives.
static LogicalResult describeFunction(func::FuncOp function,
                                      json::Object &report) {
  FailureOr<FunctionDescription> description =
      tenon::describeFunction(function);
  if (failed(description))
    return failure();
  report["inputs"] = describeValues(description->getOwnInputs());
  report["outputs"] = describeValues(description->getOwnOutputs());
  report["symbols"] = json::Array(description->symbols);
  return success();
}

/// Adds that of all functions.
static LogicalResult describeFunctions(ModuleOp module, json::Object &report) {
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  if (functions.size() == 1)
    return describeFunction(functions.front(), report);
  json::Array list;
  for (func::FuncOp function : functions) {
    json::Object object{{"name", json::fixUTF8(function.getName())}};
    if (failed(describeFunction(function, object)))
      return failure();
    list.push_back(std::move(object));
  }
  report["functions"] = std::move(list);
  return success();
}

static json::Array describeStates(ModuleOp module) {
  json::Array list;
  for (auto state : module.getOps<StateOp>()) {
    json::Array shape, capacity;
    ArrayRef<int64_t> changing =
        state.getCapacity().value_or(ArrayRef<int64_t>());
    for (AffineExpr dim : getDims(state.getTensorType())) {
      if (std::optional<int64_t> number = getConstantDim(dim)) {
        shape.push_back(*number);
        capacity.push_back(*number);
        continue;
      }
      shape.push_back(json::fixUTF8(printDim(dim)));
      capacity.push_back(changing.front());
      changing = changing.drop_front();
    }
    std::optional<tenon_dtype> dtype =
        getDtype(state.getTensorType().getElementType());
    list.push_back(json::Object{
        {"name", json::fixUTF8(state.getName())},
        {"dtype", tenon_dtype_name(dtype.value_or(tenon_dtype(0)))},
        {"shape", std::move(shape)},
        {"capacity", std::move(capacity)},
        {"kind", stringifyStateKind(state.getKind())}});
  }
  return list;
}

/// Adds what the imported graph knows.
static LogicalResult describeGraph(ModuleOp module, json::Object &report) {
  if (failed(describeFunctions(module, report)))
    return failure();
  if (!module.getOps<StateOp>().empty())
    report["state_list"] = describeStates(module);
  std::vector<ValueDescription> parameters = describeParameters(module);
  report["parameters"] = countElements(parameters);
  report["parameter_list"] = describeValues(parameters);
  int64_t bytes = 0;
  auto add = [&](Type type) {
    bytes +=
        getConstantDim(getByteSize(cast<RankedTensorType>(type))).value_or(0);
  };
  module.walk([&](Operation *op) {
    if (auto constant = dyn_cast<ConstantOp>(op))
      add(constant.getType());
    else if (auto state = dyn_cast<StateOp>(op))
      add(state.getValue().getType());
  });
  report["weight_bytes"] = bytes;
  return success();
}

std::optional<json::Object> tenon::inspectModel(StringRef path,
                                                const FixedParts &fixed,
                                                StringRef function,
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
  FailureOr<OwningOpRef<ModuleOp>> module = readModel(path, fixed, context);
  std::vector<std::string> kept;
  if (!function.empty())
    kept.push_back(function.str());
  if (failed(module) || failed(keepFunctions(**module, kept)) ||
      failed(describeGraph(**module, report)) ||
      failed(describeCost(**module, report)))
    return std::nullopt;
  return report;
}
