//===- DescribeModel.cpp - what an artefact says of its model -------------===//

#include "tenon/Pipelines/DescribeModel.h"
#include "tenon/Autodiff/TrainingProgram.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/Dtype.h"
#include "tenon/Dialect/Tenon/IR/KernelAttributes.h"
#include "tenon/Dialect/Tenon/IR/NodeNames.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"
#include "tenon/Pipelines/ConstantBytes.h"

using namespace mlir;
using namespace tenon;

static DimDescription describeDim(AffineExpr dim,
                                  ArrayRef<AffineExpr> symbols) {
  if (std::optional<int64_t> constant = getConstantDim(dim))
    return DimDescription::getConstant(*constant);
  if (llvm::is_contained(symbols, dim))
    return DimDescription::getSymbol(
        llvm::find(symbols, dim) - symbols.begin(),
        getDimSymbolName(cast<AffineSymbolExpr>(dim)));
  if (!followsFrom(dim, symbols))
    return DimDescription::getLate(printDim(dim));
  return DimDescription::getExpression(printDim(dim));
}

static FailureOr<ValueDescription> describeValue(Type type, StringAttr name,
                                                 StringRef fallback,
                                                 ArrayRef<AffineExpr> symbols,
                                                 Location loc) {
  ValueDescription value;
  value.name = name ? name.str() : fallback.str();
  auto tensor = dyn_cast<RankedTensorType>(type);
  std::optional<tenon_dtype> dtype =
      tensor ? getDtype(tensor.getElementType()) : std::nullopt;
  if (!dtype)
    return emitError(loc)
           << "expected a tensor of numbers at the border of the model, got "
           << type;
  value.dtype = *dtype;
  for (AffineExpr dim : getDims(tensor))
    value.dims.push_back(describeDim(dim, symbols));
  return value;
}

std::vector<ValueDescription> tenon::describeParameters(ModuleOp module) {
  std::vector<ValueDescription> parameters;
  llvm::DenseSet<std::pair<StringRef, Type>> names;
  auto add = [&](RankedTensorType type, StringRef name) {
    std::optional<tenon_dtype> dtype = getDtype(type.getElementType());
    if (!dtype || !names.insert({name, type}).second)
      return;
    ValueDescription &parameter = parameters.emplace_back();
    parameter.name = name.str();
    parameter.dtype = *dtype;
    for (AffineExpr dim : getDims(type))
      parameter.dims.push_back(describeDim(dim, /*symbols=*/{}));
  };
  for (auto state : module.getOps<StateOp>())
    if (state.isTrained())
      add(state.getTensorType(), state.getName());
  for (auto function : module.getOps<func::FuncOp>())
    for (ConstantOp constant : findParameters(function))
      add(cast<RankedTensorType>(constant.getType()),
          constant->getAttrOfType<StringAttr>(initializerAttrName));
  return parameters;
}

int64_t tenon::countElements(llvm::ArrayRef<ValueDescription> parameters) {
  int64_t elements = 0;
  for (const ValueDescription &parameter : parameters) {
    int64_t product = 1;
    for (const DimDescription &dim : parameter.dims)
      product *= dim.value;
    elements += product;
  }
  return elements;
}

static LaunchDescription describeLaunch(LaunchOp launch) {
  LaunchDescription description;
  description.kernel = launch.getKernel().str();
  description.nodes = getNodeNames(launch.getLoc());
  description.numBuffers = launch.getInputs().size() + launch.getNumResults();
  description.numDims = launch.getDims().getExprs().size();
  return description;
}

/// The number among the module's states of the one that an argument or result
/// is; nothing: it is the function's own.
static std::optional<int32_t> getState(func::FuncOp function,
                                       DictionaryAttr attributes) {
  auto name =
      attributes ? attributes.getAs<StringAttr>(stateAttrName) : StringAttr();
  if (!name)
    return std::nullopt;
  int32_t number = 0;
  for (auto state : function->getParentOfType<ModuleOp>().getOps<StateOp>()) {
    if (state.getNameAttr() == name)
      break;
    ++number;
  }
  return number;
}

/// The name in the model, or of the state.
static StringAttr getValueName(DictionaryAttr attributes) {
  if (!attributes)
    return StringAttr();
  auto name = attributes.getAs<StringAttr>(nameAttrName);
  return name ? name : attributes.getAs<StringAttr>(stateAttrName);
}

/// What a guard says of an input whose elements are looked up.
static void describeIndices(IndexGuardOp guard, FunctionDescription &function) {
  auto input = dyn_cast<BlockArgument>(getBuffer(guard.getIndices()));
  ArrayRef<AffineExpr> sizes = guard.getSizes().getExprs();
  std::optional<int64_t> size = getConstantDim(sizes[0]);
  if (!input || sizes.size() > 1 || !size)
    return;
  ValueDescription &value = function.inputs[input.getArgNumber()];
  bool isFirst = value.maxIndex == 0;
  value.maxIndex = isFirst ? *size - 1 : std::min(value.maxIndex, *size - 1);
  int64_t least = guard.getFromEnd() ? -*size : 0;
  value.minIndex = isFirst ? least : std::max(value.minIndex, least);
}

FailureOr<FunctionDescription> tenon::describeFunction(func::FuncOp function) {
  FunctionDescription result;
  result.name = function.getName().str();
  SmallVector<AffineExpr> symbols = getProgramSymbols(function);
  for (AffineExpr symbol : symbols)
    result.symbols.push_back(
        getDimSymbolName(cast<AffineSymbolExpr>(symbol)).str());
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    DictionaryAttr attributes = function.getArgAttrDict(index);
    auto value = describeValue(type, getValueName(attributes),
                               "input_" + std::to_string(index), symbols,
                               function.getArgument(index).getLoc());
    if (failed(value))
      return failure();
    for (const DimDescription &dim : value->dims)
      if (dim.value == TENON_DIM_EXPRESSION)
        return emitError(function.getLoc())
               << "expected constant or symbolic dimensions in input '"
               << value->name << "', got " << dim.text;
    result.inputs.push_back(*value);
    if (std::optional<int32_t> state = getState(function, attributes))
      result.reads.push_back(*state);
  }
  for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
    DictionaryAttr attributes = function.getResultAttrDict(index);
    auto value = describeValue(type, getValueName(attributes),
                               "output_" + std::to_string(index), symbols,
                               function.getLoc());
    if (failed(value))
      return failure();
    result.outputs.push_back(*value);
    std::optional<int32_t> state = getState(function, attributes);
    if (state && value->isLate())
      return emitError(function.getLoc())
             << "expected the size of state '" << value->name
             << "' to follow from the inputs' dimensions, got "
             << value->getShapeText()
             << "; what data decides can be an output, and an input of the "
                "next call";
    if (state)
      result.writes.push_back(*state);
  }
  for (auto guard : function.getOps<IndexGuardOp>())
    describeIndices(guard, result);
  return result;
}

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

static tenon_state_kind getKind(StateKind kind) {
  switch (kind) {
  case StateKind::trained:
    return TENON_STATE_TRAINED;
  case StateKind::kept:
    return TENON_STATE_KEPT;
  case StateKind::scratch:
    return TENON_STATE_SCRATCH;
  }
  llvm_unreachable("all kinds are handled");
}

static FailureOr<StateDescription> describeState(StateOp op) {
  RankedTensorType type = op.getTensorType();
  FailureOr<ValueDescription> value =
      describeValue(type, op.getSymNameAttr(), "", /*symbols=*/{}, op.getLoc());
  if (failed(value))
    return failure();
  StateDescription state;
  state.name = value->name;
  state.dtype = value->dtype;
  state.kind = getKind(op.getKind());
  llvm::append_range(state.firstDims, op.getValue().getShapedType().getShape());
  ArrayRef<int64_t> capacity = op.getCapacity().value_or(ArrayRef<int64_t>());
  for (auto [dim, first] : llvm::zip_equal(getDims(type), state.firstDims)) {
    bool isStatic = isa<AffineConstantExpr>(dim);
    state.dims.push_back(isStatic
                             ? DimDescription::getConstant(first)
                             : DimDescription::getExpression(printDim(dim)));
    state.capacity.push_back(isStatic ? first : capacity.front());
    if (!isStatic)
      capacity = capacity.drop_front();
  }
  if (auto offset = op->getAttrOfType<IntegerAttr>(weightOffsetAttrName))
    state.first = offset.getInt();
  if (auto number = op->getAttrOfType<IntegerAttr>(inputNumberAttrName))
    state.inputNumber = number.getInt();
  if (auto number = op->getAttrOfType<IntegerAttr>(outputNumberAttrName))
    state.outputNumber = number.getInt();
  for (auto function : op->getParentOfType<ModuleOp>().getOps<func::FuncOp>())
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      state.isUpdated |=
          function.getResultAttr(i, stateAttrName) == op.getSymNameAttr() &&
          (function.getResultAttr(i, updatedAttrName) ||
           function.getResultAttr(i, inPlaceAttrName));
  return state;
}

FailureOr<ModelDescription> tenon::describeModel(ModuleOp module,
                                                 StringRef name) {
  ModelDescription model;
  model.name = name.str();
  for (auto op : module.getOps<StateOp>()) {
    FailureOr<StateDescription> state = describeState(op);
    if (failed(state))
      return failure();
    model.states.push_back(*state);
  }
  for (auto op : module.getOps<func::FuncOp>()) {
    FailureOr<FunctionDescription> function = describeFunction(op);
    if (failed(function))
      return failure();
    model.functions.push_back(*function);
  }
  return model;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

/// The inputs whose memory each result may be, and is.
static void describePlaces(func::FuncOp function, CodeDescription &code) {
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    BlockArgument present = findPresentValue(function, i);
    auto getInput = [&](StringRef attribute) {
      return function.getResultAttr(i, attribute)
                 ? static_cast<int32_t>(present.getArgNumber())
                 : -1;
    };
    code.donated.push_back(getInput(inPlaceAttrName));
    code.updated.push_back(getInput(updatedAttrName));
  }
}

/// The number of the first launch that writes where a state is read.
static int64_t findFirstChange(func::FuncOp function,
                               const CodeDescription &code) {
  llvm::DenseSet<Operation *> writers;
  Operation *terminator = function.front().getTerminator();
  for (auto [operand, donated] :
       llvm::zip_equal(terminator->getOperands(), code.donated))
    if (donated >= 0)
      writers.insert(getBuffer(operand).getDefiningOp());
  int64_t number = 0, first = code.launches.size();
  function.walk([&](LaunchOp launch) {
    // (what is appended changes nothing that was there)
    bool isUpdate = launch->hasAttr(kUpdatesAttr) &&
                    isa<BlockArgument>(getPlace(launch.getResult(0)).buffer);
    if (isUpdate || writers.contains(launch))
      first = std::min(first, number);
    ++number;
  });
  return first;
}

static CodeDescription describeCode(func::FuncOp function, StringRef symbol) {
  CodeDescription code;
  code.symbol = symbol.str();
  function.walk([&](LaunchOp launch) {
    code.launches.push_back(describeLaunch(launch));
    if (launch.getCost())
      code.flops +=
          getConstantDim(launch.getCostAttr().getExprs()[0]).value_or(0);
  });
  function.walk(
      [&](Operation *op) { code.numTransfers += isTransfer(op) ? 1 : 0; });
  for (auto guard : function.getOps<DimGuardOp>())
    if (isCheckedAtStart(guard))
      code.guards.push_back(describeGuard(guard));
  if (auto live = function->getAttrOfType<IntegerAttr>(liveBytesAttrName)) {
    auto arena = function->getAttrOfType<DimsAttr>(arenaBytesAttrName);
    code.arenaBytes = getConstantDim(arena.getExprs()[0]).value_or(-1);
    code.liveBytes = live.getInt();
  }
  describePlaces(function, code);
  code.firstChange = findFirstChange(function, code);
  return code;
}

ProgramDescription tenon::describeProgram(ModuleOp module, StringRef symbol) {
  ProgramDescription program;
  program.symbol = symbol.str();
  for (auto state : module.getOps<StateOp>())
    program.atCapacity.push_back(state->hasAttr(atCapacityAttrName));
  for (auto function : module.getOps<func::FuncOp>()) {
    program.functions.push_back(
        describeCode(function, getCodeSymbol(function, symbol)));
    if (auto blocks =
            function->getAttrOfType<IntegerAttr>(numLateBlocksAttrName))
      program.numLateBlocks = std::max(program.numLateBlocks, blocks.getInt());
  }
  return program;
}
