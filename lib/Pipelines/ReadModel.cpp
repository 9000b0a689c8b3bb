//===- ReadModel.cpp - a model's file as a graph --------------------------===//

#include "tenon/Pipelines/ReadModel.h"
#include "mlir/Parser/Parser.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Dialect/Tenon/Transforms/ReplaceDimSymbols.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Pipelines/BuildModel.h"
#include "tenon/Pipelines/ModuleWeights.h"
#include "tenon/Pipelines/NamedModels.h"
#include "tenon/Pipelines/ProgramFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace tenon;

/// `--dim NAME=N` for modules that are in the dialect already.
static LogicalResult fixDims(ModuleOp module,
                             ArrayRef<std::pair<std::string, int64_t>> dims) {
  MLIRContext *context = module.getContext();
  SmallVector<AffineExpr> symbols;
  for (auto function : module.getOps<func::FuncOp>())
    llvm::append_range(symbols, getProgramSymbols(function));
  DenseMap<AffineExpr, AffineExpr> values;
  for (const auto &[name, value] : dims) {
    AffineExpr symbol = getDimSymbol(context, name);
    if (!llvm::is_contained(symbols, symbol))
      return emitError(module.getLoc())
             << "expected the name of a dimension of the model's inputs, got '"
             << name << "'";
    values[symbol] = getAffineConstantExpr(value, context);
  }
  if (!values.empty())
    replaceDimSymbols(module, values);
  return success();
}

static FailureOr<OwningOpRef<ModuleOp>> readModule(StringRef path,
                                                   MLIRContext &context) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(path, &context);
  if (!module)
    return failure();
  if (!getProgram(*module))
    return emitError(module->getLoc())
           << "expected a module with an entry function";
  if (failed(mapWeights(*module, path)))
    return failure();
  return module;
}

static FailureOr<OwningOpRef<ModuleOp>>
readFile(StringRef path, const FixedParts &fixed, MLIRContext &context,
         std::vector<ModelInput> *valuesNeeded) {
  StringRef suffix = llvm::sys::path::extension(path);
  bool isNamed = path.starts_with(namedModelPrefix);
  if (isNamed || suffix == ".mlir" || suffix == ".mlirbc") {
    if (!fixed.values.empty())
      return emitError(UnknownLoc::get(&context))
             << "expected an ONNX model to fix input '"
             << fixed.values.front().first << "' of";
    if (!fixed.overrides.empty())
      return emitError(UnknownLoc::get(&context))
             << "expected an ONNX model to override '"
             << fixed.overrides.front() << "' of";
    FailureOr<OwningOpRef<ModuleOp>> module =
        isNamed ? buildNamedModel(path, context) : readModule(path, context);
    if (failed(module) || failed(fixDims(**module, fixed.dims)))
      return failure();
    return module;
  }
  if (suffix == ".toml")
    return readProgram(path, fixed, context, valuesNeeded);
  if (suffix != ".onnx")
    return emitError(UnknownLoc::get(&context))
           << "expected a model in a file .onnx, .mlir, .mlirbc or .toml, got '"
           << path << "'";
  ImportOptions options;
  for (const auto &[name, value] : fixed.dims)
    options.dims[name] = value;
  for (const auto &[name, value] : fixed.values)
    options.values[name] = value;
  options.overrides = fixed.overrides;
  options.valuesNeeded = valuesNeeded;
  options.evaluator = [](OwningOpRef<ModuleOp> constants) {
    return evaluateGraph(std::move(constants));
  };
  return importOnnx(path, options, context);
}

FailureOr<OwningOpRef<ModuleOp>>
tenon::readModel(StringRef path, const FixedParts &fixed, MLIRContext &context,
                 std::vector<ModelInput> *valuesNeeded) {
  FailureOr<OwningOpRef<ModuleOp>> module =
      readFile(path, fixed, context, valuesNeeded);
  if (failed(module))
    return failure();
  const StatePairs &state = fixed.state;
  if (state.pairs.empty() && !state.capacities.empty())
    return emitError((*module)->getLoc())
           << "expected state (--state) whose dimension '"
           << state.capacities.begin()->getKey() << "' grows";
  // a function at a time, for each symbol is its own
  if (!state.pairs.empty())
    for (auto function : llvm::to_vector((*module)->getOps<func::FuncOp>()))
      if (failed(keepState(function, state)))
        return failure();
  return module;
}

LogicalResult tenon::keepFunctions(ModuleOp module,
                                   ArrayRef<std::string> names) {
  if (names.empty())
    return success();
  SymbolTable symbols(module);
  std::string all;
  llvm::ListSeparator separator;
  for (auto function : module.getOps<func::FuncOp>())
    all += (StringRef(separator) + function.getName()).str();
  for (const std::string &name : names)
    if (!symbols.lookup<func::FuncOp>(name))
      return emitError(module.getLoc())
             << "expected functions out of " << all << ", got '" << name << "'";
  for (auto function :
       llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (!llvm::is_contained(names, function.getName()))
      symbols.erase(function);
  for (auto state : llvm::make_early_inc_range(module.getOps<StateOp>()))
    if (SymbolTable::symbolKnownUseEmpty(state, module))
      symbols.erase(state);
  return success();
}
