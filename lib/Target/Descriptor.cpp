//===- Descriptor.cpp - tenon_model as LLVM constants ---------------------===//

#include "tenon/Target/Descriptor.h"

#include "tenon-rt/program.h"
#include "tenon/Target/MachineModel.h"
#include "tenon/Target/Version.h"

#include "llvm/ADT/SmallVectorExtras.h"
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
  explicit DescriptorBuilder(Module &module)
      : module(module),
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

  Constant *getCallee(StringRef name) {
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
  Constant *get(const std::string &text) { return getString(text); }
  Constant *get(int32_t number) { return getInt32(number); }
  Constant *get(int64_t number) { return getInt64(number); }
  template <typename List> Constant *getList(const List &list, StringRef name) {
    return getArray(
        llvm::map_to_vector(list,
                            [&](const auto &element) { return get(element); }),
        name);
  }
  Constant *getFunction(const FunctionDescription &function);
  Constant *getState(const StateDescription &state);
  Constant *getCode(const CodeDescription &code);
  Constant *getProgram(const PlacedProgram &program, Constant *onDevice);

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
  PointerType *pointerType;
  StringMap<Constant *> strings;
};

/// tenon_value_info
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

/// tenon_function
Constant *DescriptorBuilder::getFunction(const FunctionDescription &function) {
  return getStruct(
      {getString(function.name), getValues(function.inputs),
       getValues(function.outputs), getList(function.reads, "reads"),
       getList(function.writes, "writes"), getList(function.symbols, "symbols"),
       getInt32(function.getOwnInputs().size()),
       getInt32(function.getOwnOutputs().size()),
       getInt32(function.reads.size()), getInt32(function.writes.size()),
       getInt32(function.symbols.size()), getInt32(0)});
}

/// tenon_state_info
Constant *DescriptorBuilder::getState(const StateDescription &state) {
  SmallVector<int64_t> dims;
  SmallVector<Constant *> texts;
  for (const DimDescription &dim : state.dims) {
    dims.push_back(dim.isConstant() ? dim.value : -1);
    texts.push_back(dim.isConstant() ? getNull() : getString(dim.text));
  }
  bool isStatic = llvm::all_of(dims, [](int64_t dim) { return dim >= 0; });
  Constant *dimArray = getList(dims, "dims");
  return getStruct(
      {getString(state.name), dimArray,
       isStatic ? getNull() : getArray(texts, "dim_names"),
       isStatic ? dimArray : getList(state.capacity, "capacity"),
       isStatic ? dimArray : getList(state.firstDims, "first_dims"),
       getInt32(state.dtype), getInt32(dims.size()), getInt32(state.kind),
       getInt32(state.inputNumber), getInt64(state.first),
       getInt32(state.outputNumber), getInt32(state.isUpdated)});
}

/// tenon_code and its tenon_rt_launch_records
Constant *DescriptorBuilder::getCode(const CodeDescription &code) {
  SmallVector<Constant *> records;
  for (const LaunchDescription &launch : code.launches)
    records.push_back(
        getStruct({getString(launch.kernel), getString(launch.nodes),
                   launch.blockSize ? getNull() : getCallee(launch.kernel),
                   getInt64(launch.numBuffers), getInt64(launch.numDims),
                   getInt64(launch.blockSize)}));
  Constant *launches = records.empty() ? getNull()
                                       : define(code.getLaunchesSymbol(),
                                                getArrayConstant(records),
                                                GlobalValue::HiddenVisibility);
  auto getInputs = [&](ArrayRef<int32_t> inputs, StringRef name) {
    bool isAny = llvm::any_of(inputs, [](int32_t input) { return input >= 0; });
    return isAny ? getList(inputs, name) : getNull();
  };
  return getStruct(
      {getCallee(code.getRunSymbol()), getCallee(code.getSizesSymbol()),
       launches, getInt64(records.size()), getInt64(code.firstChange),
       getList(code.guards, "guards"), getInt64(code.guards.size()),
       getInputs(code.donated, "donated"), getInputs(code.updated, "updated"),
       getInt64(code.flops), getInt64(code.arenaBytes),
       getInt64(code.liveBytes), getInt64(code.numTransfers)});
}

/// tenon_program
Constant *DescriptorBuilder::getProgram(const PlacedProgram &program,
                                        Constant *onDevice) {
  const ProgramDescription &description = program.description;
  const WeightPlacement &weights = program.weights;
  SmallVector<Constant *> functions, texts;
  for (const CodeDescription &code : description.functions)
    functions.push_back(getCode(code));
  for (const DeviceText &text : description.texts)
    texts.push_back(getStruct({getString(text.arch), getString(text.ptx)}));
  bool isInSection = weights.size && weights.file.empty();
  return makePrivate(
      getStruct({getArray(functions, "functions"),
                 isInSection ? getData(description.getWeightsSymbol(),
                                       GlobalValue::HiddenVisibility)
                             : getNull(),
                 getInt64(weights.size),
                 weights.file.empty() ? getNull() : getString(weights.file),
                 getInt64(description.isSequential), getArray(texts, "texts"),
                 getInt64(texts.size()), onDevice,
                 getInt64(MachineModel::kFlopsPerNanosecond),
                 getInt64(MachineModel::kBytesPerNanosecond),
                 getInt64(MachineModel::kMinSharedNanoseconds),
                 getInt64(description.numLateBlocks),
                 llvm::is_contained(description.atCapacity, 1)
                     ? getList(description.atCapacity, "at_capacity")
                     : getNull()}),
      "program");
}
} // namespace

void tenon::emitDescriptor(Module &module, const ModelDescription &model,
                           const PlacedProgram &host,
                           const PlacedProgram *device, StringRef target,
                           ArrayRef<std::string> cpuFeatures) {
  DescriptorBuilder builder(module);
  SmallVector<Constant *> functions, states;
  for (const FunctionDescription &function : model.functions)
    functions.push_back(builder.getFunction(function));
  for (const StateDescription &state : model.states)
    states.push_back(builder.getState(state));
  Constant *onDevice = device ? builder.getProgram(*device, builder.getNull())
                              : builder.getNull();
  Constant *descriptor = builder.getStruct({
      builder.getInt32(TENON_ABI_VERSION),
      builder.getInt32(sizeof(tenon_model)),
      builder.getString(model.name),
      builder.getString("tenon " TENON_VERSION),
      builder.getString(target),
      builder.getString(llvm::join(cpuFeatures, ",")),
      builder.getData("tenon_rt_calls", GlobalValue::DefaultVisibility),
      builder.getProgram(host, onDevice),
      builder.getArray(functions, "functions"),
      builder.getArray(states, "states"),
      builder.getInt32(functions.size()),
      builder.getInt32(states.size()),
      /*num_devices=*/builder.getInt32(device != nullptr),
      /*reserved=*/builder.getInt32(0),
      builder.getInt64(model.numParameters),
  });
  static_assert(sizeof(tenon_model) == 96 && sizeof(tenon_function) == 72 &&
                    sizeof(tenon_state_info) == 72 &&
                    sizeof(tenon_code) == 104 && sizeof(tenon_program) == 104,
                "tenon.h or program.h changed: emit its new members");
  builder.define(model.getDescriptorSymbol(), descriptor,
                 GlobalValue::ProtectedVisibility);
}
