//===- ReadProgram.cpp - the models of a program as one module ------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Pipelines/ConstantBytes.h"
#include "tenon/Pipelines/ProgramFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tenon;

namespace {
class Linker {
public:
  Linker(MLIRContext &context, Location loc)
      : module(ModuleOp::create(loc)), symbols(*module) {}

  /// Moves a function of `model` and its states into the program.
  LogicalResult add(const ProgramFunction &request, ModuleOp model);
  LogicalResult change(const ProgramState &request);
  OwningOpRef<ModuleOp> take() { return std::move(module); }

private:
  LogicalResult addState(StateOp state, Location loc);

  OwningOpRef<ModuleOp> module;
  SymbolTable symbols;
};
} // namespace

/// Whether two states are one: of one kind, type, capacity and first value.
static bool areEqual(StateOp a, StateOp b) {
  if (a.getKind() != b.getKind() || a.getTensorType() != b.getTensorType() ||
      a.getCapacity() != b.getCapacity() ||
      a.getValue().getType() != b.getValue().getType())
    return false;
  if (a.getValue() == b.getValue())
    return true;
  FailureOr<ArrayRef<char>> left = getConstantBytes(a.getValue()),
                            right = getConstantBytes(b.getValue());
  return succeeded(left) && succeeded(right) && *left == *right;
}

LogicalResult Linker::addState(StateOp state, Location loc) {
  auto present = symbols.lookup<StateOp>(state.getName());
  if (present && areEqual(present, state))
    return success();
  if (present)
    return emitError(loc) << "expects state '" << state.getName()
                          << "' as another function has it, "
                          << stringifyStateKind(present.getKind()) << ' '
                          << present.getTensorType() << ", got "
                          << stringifyStateKind(state.getKind()) << ' '
                          << state.getTensorType()
                          << " or another capacity or first value";
  state->remove();
  symbols.insert(state);
  return success();
}

LogicalResult Linker::add(const ProgramFunction &request, ModuleOp model) {
  auto functions = llvm::to_vector(model.getOps<func::FuncOp>());
  SmallVector<StringRef> names;
  for (func::FuncOp function : functions)
    names.push_back(function.getName());
  func::FuncOp chosen;
  if (request.function.empty() && functions.size() == 1)
    chosen = functions.front();
  for (func::FuncOp function : functions)
    if (function.getName() == request.function)
      chosen = function;
  if (!chosen)
    return emitError(request.loc)
           << "expects a function of '" << request.model << "' ("
           << llvm::join(names, ", ") << "), got '" << request.function << "'";
  llvm::StringSet<> used;
  chosen.walk([&](Operation *op) {
    if (auto get = dyn_cast<GetStateOp>(op))
      used.insert(get.getState());
    else if (auto set = dyn_cast<SetStateOp>(op))
      used.insert(set.getState());
  });
  for (auto state : llvm::make_early_inc_range(model.getOps<StateOp>()))
    if (used.contains(state.getName()) && failed(addState(state, request.loc)))
      return failure();
  if (symbols.lookup(request.name))
    return emitError(request.loc)
           << "expects a name that no state has, got '" << request.name << "'";
  chosen->remove();
  chosen.setName(request.name);
  symbols.insert(chosen);
  return success();
}

LogicalResult Linker::change(const ProgramState &request) {
  auto state = symbols.lookup<StateOp>(request.name);
  if (!state)
    return emitError(request.loc)
           << "expects a state of the functions, got '" << request.name << "'";
  if (request.kind) {
    std::optional<StateKind> kind = symbolizeStateKind(*request.kind);
    if (!kind)
      return emitError(request.loc)
             << "expects the kind trained, kept or scratch, got '"
             << *request.kind << "'";
    state.setKind(*kind);
  }
  SmallVector<int64_t> capacity(
      state.getCapacity().value_or(ArrayRef<int64_t>()));
  for (const auto &[name, size] : request.capacity) {
    unsigned number = 0;
    bool isFound = false;
    for (AffineExpr dim : getDims(state.getTensorType())) {
      auto symbol = dyn_cast<AffineSymbolExpr>(dim);
      if (!symbol)
        continue;
      if (getDimSymbolName(symbol) == name) {
        capacity[number] = size;
        isFound = true;
      }
      ++number;
    }
    if (!isFound)
      return emitError(request.loc)
             << "expects a dimension that state '" << request.name
             << "' changes, got '" << name << "'";
  }
  if (!capacity.empty())
    state.setCapacity(capacity);
  return state.verify();
}

FailureOr<OwningOpRef<ModuleOp>>
tenon::readProgram(StringRef path, const FixedParts &fixed,
                   MLIRContext &context,
                   std::vector<ModelInput> *valuesNeeded) {
  FailureOr<ProgramFile> file = readProgramFile(path, context);
  if (failed(file))
    return failure();
  Linker linker(context, FileLineColLoc::get(&context, path, 1, 1));
  for (const ProgramFunction &function : file->functions) {
    if (StringRef(function.model).ends_with(".toml"))
      return emitError(function.loc)
             << "expects a model in a file .onnx, .mlir or .mlirbc, got '"
             << function.model << "'";
    FixedParts parts = function.fixed;
    llvm::append_range(parts.dims, fixed.dims);
    llvm::append_range(parts.values, fixed.values);
    llvm::append_range(parts.overrides, fixed.overrides);
    FailureOr<OwningOpRef<ModuleOp>> model =
        readModel(function.model, parts, context, valuesNeeded);
    if (failed(model) || failed(linker.add(function, **model)))
      return failure();
  }
  for (const ProgramState &state : file->states)
    if (failed(linker.change(state)))
      return failure();
  return linker.take();
}
