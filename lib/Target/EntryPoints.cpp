//===- EntryPoints.cpp - NAME_open, NAME_run, ... as LLVM IR --------------===//

#include "tenon/Target/Descriptor.h"

#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace tenon;

namespace {
class EntryPointBuilder {
public:
  EntryPointBuilder(Module &module, const ModelDescription &model)
      : module(module), model(model), builder(module.getContext()) {}

  void emitOpen();
  void emitClose();
  void emitFunction(int32_t number, StringRef entry);

private:
  void emitPrepare(StringRef name);
  void emitRunStatic(StringRef name);
  void emitForward(StringRef name, StringRef callee);
  Type *pointer() { return builder.getPtrTy(); }
  Type *status() { return builder.getInt32Ty(); }

  Function *begin(StringRef name, Type *result, ArrayRef<Type *> arguments);
  /// Ends the function with a call of the runtime whose result it returns.
  void forward(StringRef callee, ArrayRef<Value *> operands);
  /// Stores values of one type into an array on the stack.
  Value *spill(ArrayRef<Value *> values, Type *type);

  Module &module;
  const ModelDescription &model;
  /// The function that entry points are being made for.
  const FunctionDescription *called = nullptr;
  int32_t number = 0;
  IRBuilder<> builder;
};

Function *EntryPointBuilder::begin(StringRef name, Type *result,
                                   ArrayRef<Type *> arguments) {
  auto *function = Function::Create(FunctionType::get(result, arguments, false),
                                    GlobalValue::ExternalLinkage, name, module);
  function->setVisibility(GlobalValue::ProtectedVisibility);
  function->addFnAttr(Attribute::NoUnwind);
  builder.SetInsertPoint(BasicBlock::Create(module.getContext(), "", function));
  return function;
}

void EntryPointBuilder::forward(StringRef callee, ArrayRef<Value *> operands) {
  SmallVector<Type *> types;
  for (Value *operand : operands)
    types.push_back(operand->getType());
  Type *result = builder.getCurrentFunctionReturnType();
  FunctionCallee function = module.getOrInsertFunction(
      callee, FunctionType::get(result, types, false));
  CallInst *call = builder.CreateCall(function, operands);
  if (result->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
}

Value *EntryPointBuilder::spill(ArrayRef<Value *> values, Type *type) {
  Value *array = builder.CreateAlloca(ArrayType::get(type, values.size()));
  for (auto [index, value] : llvm::enumerate(values))
    builder.CreateStore(value,
                        builder.CreateConstInBoundsGEP1_64(type, array, index));
  return array;
}

SmallVector<Value *> getArguments(Function *function) {
  return llvm::map_to_vector(
      function->args(),
      [](Argument &argument) -> Value * { return &argument; });
}

void EntryPointBuilder::emitOpen() {
  Function *function =
      begin(model.name + "_open", pointer(), {pointer(), pointer()});
  Constant *descriptor = module.getNamedValue(model.getDescriptorSymbol());
  forward("tenon_rt_open",
          {descriptor, function->getArg(0), function->getArg(1)});
}

void EntryPointBuilder::emitClose() {
  Function *function =
      begin(model.name + "_close", builder.getVoidTy(), {pointer()});
  forward("tenon_rt_close", {function->getArg(0)});
}

/// NAME_prepare(context, symbol..., error)
void EntryPointBuilder::emitPrepare(StringRef name) {
  SmallVector<Type *> types(called->symbols.size(), builder.getInt64Ty());
  types.insert(types.begin(), pointer());
  types.push_back(pointer());
  SmallVector<Value *> arguments = getArguments(begin(name, status(), types));
  Value *dims =
      spill(ArrayRef(arguments).drop_front().drop_back(), builder.getInt64Ty());
  forward("tenon_rt_prepare", {arguments.front(), builder.getInt32(number),
                               dims, arguments.back()});
}

/// NAME_run(context, input..., output..., error)
void EntryPointBuilder::emitRunStatic(StringRef name) {
  size_t numInputs = called->getOwnInputs().size();
  SmallVector<Type *> types(numInputs + called->getOwnOutputs().size() + 2,
                            pointer());
  SmallVector<Value *> arguments = getArguments(begin(name, status(), types));
  ArrayRef<Value *> values = ArrayRef(arguments).drop_front().drop_back();
  Value *inputs = spill(values.take_front(numInputs), pointer());
  Value *outputs = spill(values.drop_front(numInputs), pointer());
  forward("tenon_rt_run_static", {arguments.front(), builder.getInt32(number),
                                  inputs, outputs, arguments.back()});
}

/// NAME_name(context, inputs, outputs, error)
void EntryPointBuilder::emitForward(StringRef name, StringRef callee) {
  SmallVector<Type *> types(4, pointer());
  SmallVector<Value *> arguments = getArguments(begin(name, status(), types));
  arguments.insert(arguments.begin() + 1, builder.getInt32(number));
  forward(callee, arguments);
}

/// What the names of an entry point's companions begin with: NAME where the
/// model has one function, NAME_FUNCTION where it has several.
StringRef getCompanionPrefix(const ModelDescription &model, StringRef entry) {
  return model.functions.size() == 1 ? StringRef(model.name) : entry;
}

void EntryPointBuilder::emitFunction(int32_t function, StringRef entry) {
  number = function;
  called = &model.functions[function];
  StringRef prefix = getCompanionPrefix(model, entry);
  if (!called->symbols.empty())
    emitPrepare((prefix + "_prepare").str());
  if (called->hasStaticShapes()) {
    emitRunStatic(entry);
    return;
  }
  emitForward(entry, "tenon_rt_run");
  emitForward((prefix + "_output_shapes").str(), "tenon_rt_output_shapes");
}
} // namespace

void tenon::emitEntryPoints(Module &module, const ModelDescription &model) {
  EntryPointBuilder builder(module, model);
  builder.emitOpen();
  builder.emitClose();
  for (auto [number, entry] : llvm::enumerate(model.getEntryNames()))
    builder.emitFunction(number, entry);
}

std::vector<std::string>
tenon::getExportedSymbols(const ModelDescription &model) {
  std::vector<std::string> symbols = {
      model.getDescriptorSymbol(), model.name + "_open", model.name + "_close"};
  for (auto [function, entry] :
       llvm::zip_equal(model.functions, model.getEntryNames())) {
    std::string prefix = getCompanionPrefix(model, entry).str();
    symbols.push_back(entry);
    if (!function.symbols.empty())
      symbols.push_back(prefix + "_prepare");
    if (!function.hasStaticShapes())
      symbols.push_back(prefix + "_output_shapes");
  }
  return symbols;
}
