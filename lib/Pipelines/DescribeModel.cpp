//===- DescribeModel.cpp - what an artefact says of its model -------------===//

#include "tenon/Pipelines/DescribeModel.h"
#include "tenon/Autodiff/TrainingProgram.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Pipelines/ConstantBytes.h"

using namespace mlir;
using namespace tenon;

std::optional<tenon_dtype> tenon::getDtype(Type type) {
  if (type.isF32())
    return TENON_FLOAT32;
  if (type.isF64())
    return TENON_FLOAT64;
  if (type.isF16())
    return TENON_FLOAT16;
  if (type.isBF16())
    return TENON_BFLOAT16;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return TENON_BOOL;
  case 8:
    return isUnsigned ? TENON_UINT8 : TENON_INT8;
  case 16:
    return isUnsigned ? TENON_UINT16 : TENON_INT16;
  case 32:
    return isUnsigned ? TENON_UINT32 : TENON_INT32;
  case 64:
    return isUnsigned ? TENON_UINT64 : TENON_INT64;
  default:
    return std::nullopt;
  }
}

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

std::vector<ValueDescription> tenon::describeParameters(func::FuncOp program) {
  std::vector<ValueDescription> parameters;
  for (ConstantOp constant : findParameters(program)) {
    auto type = cast<RankedTensorType>(constant.getType());
    std::optional<tenon_dtype> dtype = getDtype(type.getElementType());
    if (!dtype)
      continue;
    ValueDescription &parameter = parameters.emplace_back();
    parameter.name =
        constant->getAttrOfType<StringAttr>(initializerAttrName).str();
    parameter.dtype = *dtype;
    for (AffineExpr dim : getDims(type))
      parameter.dims.push_back(describeDim(dim, /*symbols=*/{}));
  }
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

/// The parameter that an argument or result is; empty: none.
static std::string getParameterName(DictionaryAttr attributes) {
  auto name = attributes ? attributes.getAs<StringAttr>(parameterAttrName)
                         : StringAttr();
  return name ? name.str() : "";
}

static int32_t findInput(const ModelDescription &model, StringRef parameter) {
  return llvm::find_if(model.inputs,
                       [&](const ValueDescription &input) {
                         return input.parameter == parameter;
                       }) -
         model.inputs.begin();
}

FailureOr<ModelDescription> tenon::describeModel(func::FuncOp program,
                                                 StringRef name) {
  ModelDescription model;
  model.name = name.str();
  SmallVector<AffineExpr> symbols = getProgramSymbols(program);
  for (AffineExpr symbol : symbols)
    model.symbols.push_back(
        getDimSymbolName(cast<AffineSymbolExpr>(symbol)).str());
  for (auto [index, type] : llvm::enumerate(program.getArgumentTypes())) {
    auto value = describeValue(
        type, program.getArgAttrOfType<StringAttr>(index, nameAttrName),
        "input_" + std::to_string(index), symbols,
        program.getArgument(index).getLoc());
    if (failed(value))
      return failure();
    value->parameter = getParameterName(program.getArgAttrDict(index));
    for (const DimDescription &dim : value->dims)
      if (dim.value == TENON_DIM_EXPRESSION)
        return emitError(program.getLoc())
               << "expected constant or symbolic dimensions in input '"
               << value->name << "', got " << dim.text;
    model.inputs.push_back(*value);
  }
  for (auto [index, type] : llvm::enumerate(program.getResultTypes())) {
    auto value = describeValue(
        type, program.getResultAttrOfType<StringAttr>(index, nameAttrName),
        "output_" + std::to_string(index), symbols, program.getLoc());
    if (failed(value))
      return failure();
    value->parameter = getParameterName(program.getResultAttrDict(index));
    if (program.getResultAttr(index, inPlaceAttrName))
      value->donatedInput = findInput(model, value->parameter);
    model.outputs.push_back(*value);
  }
  if (auto blocks = program->getAttrOfType<IntegerAttr>(numLateBlocksAttrName))
    model.numLateBlocks = blocks.getInt();
  program.walk([&](LaunchOp launch) {
    model.launches.push_back(describeLaunch(launch));
    if (launch.getCost())
      model.flops +=
          getConstantDim(launch.getCostAttr().getExprs()[0]).value_or(0);
  });
  for (auto guard : program.getOps<DimGuardOp>())
    if (isCheckedAtStart(guard))
      model.guards.push_back(describeGuard(guard));
  return model;
}

//===----------------------------------------------------------------------===//
// Training programs
//===----------------------------------------------------------------------===//

FailureOr<TrainingDescription>
tenon::describeTraining(ModuleOp module, StringRef name, WeightImage &initial) {
  TrainingDescription training;
  training.name = name.str();
  for (auto op : module.getOps<ParameterOp>()) {
    auto value = describeValue(op.getTensorType(), op.getSymNameAttr(), "", {},
                               op.getLoc());
    FailureOr<ArrayRef<char>> bytes = getConstantBytes(op.getValue());
    if (failed(value))
      return failure();
    if (failed(bytes))
      return op.emitOpError("has a value without bytes: the weights file of "
                            "the module is missing");
    ParameterDescription parameter{*value, initial.append(*bytes),
                                   static_cast<int64_t>(bytes->size()),
                                   op.getState()};
    training.parameters.push_back(parameter);
  }
  for (auto function : module.getOps<func::FuncOp>()) {
    FailureOr<ModelDescription> model =
        describeModel(function, getProgramName(function, name));
    if (failed(model))
      return failure();
    training.functionNames.push_back(function.getName().str());
    training.functions.push_back(std::move(*model));
  }
  return training;
}
