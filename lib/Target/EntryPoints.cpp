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
  void emitPrepare();
  void emitRunStatic();
  void emitForward(StringRef name);

private:
  Type *pointer() { return builder.getPtrTy(); }
  Type *status() { return builder.getInt32Ty(); }

  Function *begin(StringRef name, Type *result, ArrayRef<Type *> arguments);
  /// Ends the function with a call of the runtime whose result it returns.
  void forward(StringRef callee, ArrayRef<Value *> operands);
  /// Stores values of one type into an array on the stack.
  Value *spill(ArrayRef<Value *> values, Type *type);

  Module &module;
  const ModelDescription &model;
  IRBuilder<> builder;
};

Function *EntryPointBuilder::begin(StringRef name, Type *result,
                                   ArrayRef<Type *> arguments) {
  auto *function = Function::Create(FunctionType::get(result, arguments, false),
                                    GlobalValue::ExternalLinkage,
                                    model.getSymbol(name), module);
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
  Function *function = begin("_open", pointer(), {pointer(), pointer()});
  Constant *descriptor = module.getNamedValue(model.getDescriptorSymbol());
  forward("tenon_rt_open",
          {descriptor, function->getArg(0), function->getArg(1)});
}

void EntryPointBuilder::emitClose() {
  Function *function = begin("_close", builder.getVoidTy(), {pointer()});
  forward("tenon_rt_close", {function->getArg(0)});
}

/// NAME_prepare(context, symbol..., error)
void EntryPointBuilder::emitPrepare() {
  SmallVector<Type *> types(model.symbols.size(), builder.getInt64Ty());
  types.insert(types.begin(), pointer());
  types.push_back(pointer());
  SmallVector<Value *> arguments =
      getArguments(begin("_prepare", status(), types));
  Value *dims =
      spill(ArrayRef(arguments).drop_front().drop_back(), builder.getInt64Ty());
  forward("tenon_rt_prepare", {arguments.front(), dims, arguments.back()});
}

/// NAME_run(context, input..., output..., error)
void EntryPointBuilder::emitRunStatic() {
  size_t numInputs = model.inputs.size();
  SmallVector<Type *> types(numInputs + model.outputs.size() + 2, pointer());
  SmallVector<Value *> arguments = getArguments(begin("_run", status(), types));
  ArrayRef<Value *> values = ArrayRef(arguments).drop_front().drop_back();
  Value *inputs = spill(values.take_front(numInputs), pointer());
  Value *outputs = spill(values.drop_front(numInputs), pointer());
  forward("tenon_rt_run_static",
          {arguments.front(), inputs, outputs, arguments.back()});
}

/// NAME_name(context, inputs, outputs, error)
void EntryPointBuilder::emitForward(StringRef name) {
  SmallVector<Type *> types(4, pointer());
  forward(("tenon_rt" + name).str(),
          getArguments(begin(name, status(), types)));
}
} // namespace

void tenon::emitEntryPoints(Module &module, const ModelDescription &model) {
  EntryPointBuilder builder(module, model);
  builder.emitOpen();
  builder.emitClose();
  if (!model.symbols.empty())
    builder.emitPrepare();
  if (model.hasStaticShapes()) {
    builder.emitRunStatic();
    return;
  }
  builder.emitForward("_run");
  builder.emitForward("_output_shapes");
}

std::vector<std::string>
tenon::getExportedSymbols(const ModelDescription &model) {
  std::vector<std::string> symbols;
  for (StringRef suffix : {"_model", "_open", "_close", "_run"})
    symbols.push_back(model.getSymbol(suffix));
  if (!model.symbols.empty())
    symbols.push_back(model.getSymbol("_prepare"));
  if (!model.hasStaticShapes())
    symbols.push_back(model.getSymbol("_output_shapes"));
  return symbols;
}
