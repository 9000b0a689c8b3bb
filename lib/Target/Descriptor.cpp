//===- Descriptor.cpp - tenon_model as LLVM constants
//----------------------===//

#include "tenon/Target/Descriptor.h"

#include "tenon-rt/program.h"
#include "tenon/Target/Version.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace tenon;

namespace {
/// Builds the constants of one descriptor. The C structs have natural padding
/// only, so literal LLVM structs with the same members have their layout.
class DescriptorBuilder {
public:
  DescriptorBuilder(Module &module, const ModelDescription &model)
      : module(module), model(model),
        pointerType(PointerType::getUnqual(module.getContext())) {}

  Constant *getInt32(int64_t value) {
    return ConstantInt::getSigned(Type::getInt32Ty(module.getContext()), value);
  }
  Constant *getInt64(int64_t value) {
    return ConstantInt::getSigned(Type::getInt64Ty(module.getContext()), value);
  }
  Constant *getNull() { return ConstantPointerNull::get(pointerType); }

  Constant *getString(StringRef text) {
    Constant *&global = strings[text];
    if (!global)
      global = makePrivate(
          ConstantDataArray::getString(module.getContext(), text), "text");
    return global;
  }

  /// A pointer to an array of the elements; null for none.
  Constant *getArray(ArrayRef<Constant *> elements, StringRef name) {
    if (elements.empty())
      return getNull();
    return makePrivate(getArrayConstant(elements), name);
  }

  Constant *getStruct(ArrayRef<Constant *> members) {
    return ConstantStruct::getAnon(members);
  }

  Constant *getFunction(StringRef name) {
    FunctionType *type =
        FunctionType::get(Type::getVoidTy(module.getContext()), false);
    auto *function =
        cast<Function>(module.getOrInsertFunction(name, type).getCallee());
    function->setVisibility(GlobalValue::HiddenVisibility);
    return function;
  }

  Constant *getData(StringRef name, GlobalValue::VisibilityTypes visibility) {
    Constant *global =
        module.getOrInsertGlobal(name, Type::getInt8Ty(module.getContext()));
    cast<GlobalVariable>(global)->setVisibility(visibility);
    return global;
  }

  Constant *getValues(ArrayRef<ValueDescription> values);
  Constant *getSymbols();
  Constant *getDonated();
  Constant *getProgram();

  GlobalVariable *define(StringRef name, Constant *initializer,
                         GlobalValue::VisibilityTypes visibility) {
    auto *global =
        new GlobalVariable(module, initializer->getType(), /*isConstant=*/true,
                           GlobalValue::ExternalLinkage, initializer, name);
    global->setVisibility(visibility);
    return global;
  }

private:
  Constant *getArrayConstant(ArrayRef<Constant *> elements) {
    return ConstantArray::get(
        ArrayType::get(elements.front()->getType(), elements.size()), elements);
  }
  Constant *makePrivate(Constant *initializer, StringRef name) {
    auto *global =
        new GlobalVariable(module, initializer->getType(), /*isConstant=*/true,
                           GlobalValue::PrivateLinkage, initializer, name);
    global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    return global;
  }
  Constant *getValue(const ValueDescription &value);

  Module &module;
  const ModelDescription &model;
  PointerType *pointerType;
  StringMap<Constant *> strings;
};

/// tenon_value
Constant *DescriptorBuilder::getValue(const ValueDescription &value) {
  SmallVector<Constant *> dims, texts;
  for (const DimDescription &dim : value.dims) {
    dims.push_back(getInt64(dim.value));
    texts.push_back(dim.isConstant() ? getNull() : getString(dim.text));
  }
  bool hasTexts = !value.hasStaticShape();
  return getStruct({getString(value.name), getArray(dims, "dims"),
                    hasTexts ? getArray(texts, "dim_names") : getNull(),
                    getInt32(value.dtype), getInt32(value.dims.size()),
                    getInt64(value.minIndex), getInt64(value.maxIndex)});
}

Constant *DescriptorBuilder::getValues(ArrayRef<ValueDescription> values) {
  SmallVector<Constant *> elements;
  for (const ValueDescription &value : values)
    elements.push_back(getValue(value));
  return getArray(elements, "values");
}

Constant *DescriptorBuilder::getSymbols() {
  SmallVector<Constant *> names;
  for (const std::string &symbol : model.symbols)
    names.push_back(getString(symbol));
  return getArray(names, "symbols");
}

/// The input that each output may lie in; null where there is none at all.
Constant *DescriptorBuilder::getDonated() {
  SmallVector<Constant *> inputs;
  bool hasAny = false;
  for (const ValueDescription &output : model.outputs) {
    inputs.push_back(getInt32(output.donatedInput));
    hasAny |= output.donatedInput >= 0;
  }
  return hasAny ? getArray(inputs, "donated") : getNull();
}

/// tenon_program and its tenon_rt_launch_records
Constant *DescriptorBuilder::getProgram() {
  SmallVector<Constant *> records;
  for (const LaunchDescription &launch : model.launches)
    records.push_back(
        getStruct({getString(launch.kernel), getString(launch.nodes),
                   launch.blockSize ? getNull() : getFunction(launch.kernel),
                   getInt64(launch.numBuffers), getInt64(launch.numDims),
                   getInt64(launch.blockSize)}));
  Constant *launches = records.empty() ? getNull()
                                       : define(model.getLaunchesSymbol(),
                                                getArrayConstant(records),
                                                GlobalValue::HiddenVisibility);
  SmallVector<Constant *> guards;
  for (const std::string &guard : model.guards)
    guards.push_back(getString(guard));
  SmallVector<Constant *> texts;
  for (const DeviceText &text : model.texts)
    texts.push_back(getStruct({getString(text.arch), getString(text.ptx)}));
  return makePrivate(
      getStruct({getFunction(model.getRunSymbol()),
                 getFunction(model.getSizesSymbol()), launches,
                 getInt64(records.size()), getInt64(model.isSequential),
                 getArray(guards, "guards"), getInt64(guards.size()),
                 getDonated(), getArray(texts, "texts"), getInt64(texts.size()),
                 model.deviceDescriptor.empty()
                     ? getNull()
                     : getData(model.deviceDescriptor,
                               GlobalValue::ProtectedVisibility),
                 getInt64(model.flops), getInt64(model.numLateBlocks)}),
      "program");
}
} // namespace

void tenon::emitDescriptor(Module &module, const ModelDescription &model,
                           const WeightPlacement &weights, StringRef target,
                           ArrayRef<std::string> cpuFeatures) {
  DescriptorBuilder builder(module, model);
  bool isInSection = weights.size && weights.file.empty();
  Constant *descriptor = builder.getStruct({
      builder.getInt32(TENON_ABI_VERSION),
      builder.getInt32(sizeof(tenon_model)),
      builder.getString(model.title.empty() ? model.name : model.title),
      builder.getString("tenon " TENON_VERSION),
      builder.getString(target),
      builder.getString(llvm::join(cpuFeatures, ",")),
      builder.getData("tenon_rt_functions", GlobalValue::DefaultVisibility),
      builder.getProgram(),
      builder.getValues(model.inputs),
      builder.getValues(model.outputs),
      builder.getSymbols(),
      builder.getInt32(model.inputs.size()),
      builder.getInt32(model.outputs.size()),
      builder.getInt32(model.symbols.size()),
      /*num_devices=*/builder.getInt32(!model.deviceDescriptor.empty()),
      builder.getInt64(model.numParameters),
      isInSection ? builder.getData(model.getWeightsSymbol(),
                                    GlobalValue::HiddenVisibility)
                  : builder.getNull(),
      builder.getInt64(weights.size),
      weights.file.empty() ? builder.getNull()
                           : builder.getString(weights.file),
  });
  static_assert(sizeof(tenon_model) == 128,
                "tenon_model changed: emit its new members");
  builder.define(model.getDescriptorSymbol(), descriptor,
                 GlobalValue::ProtectedVisibility);
}

//===----------------------------------------------------------------------===//
// Training programs
//===----------------------------------------------------------------------===//

/// tenon_step
static Constant *getStep(DescriptorBuilder &builder, Module &module,
                         const TrainingDescription &training, size_t index) {
  const ModelDescription &function = training.functions[index];
  auto findParameter = [&](const ValueDescription &value) -> int64_t {
    return llvm::find_if(training.parameters,
                         [&](const ParameterDescription &parameter) {
                           return parameter.value.name == value.parameter;
                         }) -
           training.parameters.begin();
  };
  SmallVector<Constant *> reads, writes;
  for (const ValueDescription &input : function.inputs)
    if (!input.parameter.empty())
      reads.push_back(builder.getInt32(findParameter(input)));
  for (const ValueDescription &output : function.outputs)
    if (!output.parameter.empty())
      writes.push_back(builder.getInt32(findParameter(output)));
  return builder.getStruct(
      {builder.getString(training.functionNames[index]),
       module.getNamedValue(function.getDescriptorSymbol()),
       builder.getArray(reads, "reads"), builder.getArray(writes, "writes"),
       builder.getInt32(function.inputs.size() - reads.size()),
       builder.getInt32(function.outputs.size() - writes.size())});
}

/// tenon_parameter
static Constant *getParameter(DescriptorBuilder &builder,
                              const ParameterDescription &parameter) {
  SmallVector<Constant *> dims;
  for (const DimDescription &dim : parameter.value.dims)
    dims.push_back(builder.getInt64(dim.value));
  return builder.getStruct(
      {builder.getString(parameter.value.name), builder.getArray(dims, "dims"),
       builder.getInt32(parameter.value.dtype), builder.getInt32(dims.size()),
       builder.getInt64(parameter.bytes), builder.getInt64(parameter.offset),
       builder.getInt32(parameter.isState), builder.getInt32(0)});
}

void tenon::emitTrainingDescriptor(Module &module,
                                   const TrainingDescription &training,
                                   uint64_t initialSize) {
  ModelDescription none;
  DescriptorBuilder builder(module, none);
  SmallVector<Constant *> steps, parameters;
  for (size_t i = 0; i < training.functions.size(); ++i)
    steps.push_back(getStep(builder, module, training, i));
  for (const ParameterDescription &parameter : training.parameters)
    parameters.push_back(getParameter(builder, parameter));
  Constant *descriptor = builder.getStruct(
      {builder.getInt32(TENON_ABI_VERSION),
       builder.getInt32(sizeof(tenon_training)),
       builder.getString(training.name),
       builder.getString("tenon " TENON_VERSION),
       builder.getData("tenon_rt_training_functions",
                       GlobalValue::DefaultVisibility),
       builder.getArray(steps, "steps"),
       builder.getArray(parameters, "parameters"),
       builder.getInt32(steps.size()), builder.getInt32(parameters.size()),
       initialSize ? builder.getData(training.getInitialSymbol(),
                                     GlobalValue::HiddenVisibility)
                   : builder.getNull(),
       builder.getInt64(initialSize)});
  static_assert(sizeof(tenon_training) == 72 && sizeof(tenon_step) == 40 &&
                    sizeof(tenon_parameter) == 48,
                "training.h changed: emit its new members");
  builder.define(training.getDescriptorSymbol(), descriptor,
                 GlobalValue::ProtectedVisibility);
}
