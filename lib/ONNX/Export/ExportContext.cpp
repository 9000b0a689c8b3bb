//===- ExportContext.cpp - what an export function sees -------------------===//

#include "ExportContext.h"
#include "../Import/Types.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace tenon;

ExportContext::ExportContext(func::FuncOp function, onnx::GraphProto &graph)
    : function(function), graph(&graph) {}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// The name in a location, which importers and GraphBuilder set.
static StringRef getLocationName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName();
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (StringRef name = getLocationName(part); !name.empty())
        return name;
  return "";
}

static std::string makeUnique(StringRef hint, llvm::StringSet<> &taken) {
  std::string name = hint.str();
  for (unsigned i = 1; !taken.insert(name).second; ++i)
    name = (hint + "_" + Twine(i)).str();
  return name;
}

std::string ExportContext::makeName(StringRef hint) {
  return makeUnique(hint.empty() ? "value" : hint, taken);
}

void ExportContext::setName(Value value, std::string name) {
  taken.insert(name);
  names[value] = std::move(name);
}

std::string ExportContext::getName(Value value) {
  if (!value)
    return "";
  std::string &name = names[value];
  if (name.empty())
    name = makeName(getLocationName(value.getLoc()));
  return name;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

onnx::NodeProto &ExportContext::addNode(StringRef opType, Operation *op,
                                        ArrayRef<std::string> inputs) {
  onnx::NodeProto &node = *graph->add_node();
  node.set_op_type(opType.str());
  StringRef name = getLocationName(op->getLoc());
  node.set_name(makeUnique(name.empty() ? opType : name, takenByNodes));
  for (const std::string &input : inputs)
    node.add_input(input);
  for (Value result : op->getResults())
    node.add_output(getName(result));
  return node;
}

onnx::NodeProto &ExportContext::addNode(StringRef opType, Operation *op) {
  return addNode(opType, op,
                 llvm::map_to_vector(op->getOperands(), [&](Value operand) {
                   return getName(operand);
                 }));
}

std::string ExportContext::addValue(StringRef opType,
                                    ArrayRef<std::string> inputs,
                                    onnx::NodeProto **added) {
  onnx::NodeProto &node = *graph->add_node();
  node.set_op_type(opType.str());
  for (const std::string &input : inputs)
    node.add_input(input);
  std::string name = makeName(opType.lower());
  node.add_output(name);
  if (added)
    *added = &node;
  return name;
}

void ExportContext::setInt(onnx::NodeProto &node, StringRef name,
                           int64_t value) {
  addAttribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void ExportContext::setFloat(onnx::NodeProto &node, StringRef name,
                             float value) {
  addAttribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void ExportContext::setInts(onnx::NodeProto &node, StringRef name,
                            ArrayRef<int64_t> values) {
  onnx::AttributeProto &attribute =
      addAttribute(node, name, onnx::AttributeProto::INTS);
  for (int64_t value : values)
    attribute.add_ints(value);
}

void ExportContext::setText(onnx::NodeProto &node, StringRef name,
                            StringRef value) {
  addAttribute(node, name, onnx::AttributeProto::STRING).set_s(value.str());
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

static void addGraphInput(onnx::GraphProto &graph, StringRef name, Type type) {
  onnx::ValueInfoProto &info = *graph.add_input();
  info.set_name(name.str());
  *info.mutable_type() = exportType(cast<RankedTensorType>(type));
}

LogicalResult ExportContext::addGraph(onnx::NodeProto &node, StringRef name,
                                      Region &region,
                                      ArrayRef<GraphInput> more) {
  onnx::GraphProto &body =
      *addAttribute(node, name, onnx::AttributeProto::GRAPH).mutable_g();
  body.set_name(makeName(name));
  llvm::SaveAndRestore inner(graph, &body);
  // sizes that are computed inside are not known outside
  llvm::SaveAndRestore outerDims(dims);
  Block &block = region.front();
  for (unsigned i = 0; i <= block.getNumArguments(); ++i) {
    for (const GraphInput &input : more)
      if (input.index == i)
        addGraphInput(body, makeName("unused"), input.type);
    if (i < block.getNumArguments())
      addGraphInput(body, getName(block.getArgument(i)),
                    block.getArgument(i).getType());
  }
  if (failed(exportOps(block)))
    return failure();
  // outputs have to be made inside, each by itself
  for (Value value : block.getTerminator()->getOperands()) {
    std::string output = addValue("Identity", {getName(value)});
    onnx::ValueInfoProto &info = *body.add_output();
    info.set_name(output);
    *info.mutable_type() = exportType(cast<RankedTensorType>(value.getType()));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// The elements' bytes in row-major order, one element after the other.
static std::optional<std::string> getBytes(ElementsAttr value) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    return std::string(blob->getData().begin(), blob->getData().end());
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense)
    return std::nullopt;
  if (dense.getElementType().isInteger(1)) {
    std::string bytes;
    for (bool bit : dense.getValues<bool>())
      bytes.push_back(bit);
    return bytes;
  }
  ArrayRef<char> raw = dense.getRawData();
  std::string bytes(raw.begin(), raw.end());
  if (!dense.isSplat())
    return bytes;
  std::string all;
  for (int64_t i = 0; i < dense.getNumElements(); ++i)
    all += bytes;
  return all;
}

LogicalResult ExportContext::addInitializer(StringRef name, ElementsAttr value,
                                            Location loc) {
  std::optional<std::string> bytes = getBytes(value);
  int32_t dataType = getDataType(value.getElementType());
  if (!bytes || dataType == onnx::TensorProto::UNDEFINED)
    return emitError(loc) << "expected a constant with values of an ONNX type, "
                             "got "
                          << value.getShapedType();
  onnx::TensorProto &tensor = *graph->add_initializer();
  tensor.set_name(name.str());
  tensor.set_data_type(dataType);
  for (int64_t dim : value.getShapedType().getShape())
    tensor.add_dims(dim);
  tensor.set_raw_data(std::move(*bytes));
  return success();
}

std::string ExportContext::addInts(ArrayRef<int64_t> values) {
  std::string name = makeName("ints");
  onnx::TensorProto &tensor = *graph->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(values.size());
  for (int64_t value : values)
    tensor.add_int64_data(value);
  return name;
}

std::string ExportContext::addFloats(ArrayRef<float> values) {
  std::string name = makeName("floats");
  onnx::TensorProto &tensor = *graph->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(values.size());
  for (float value : values)
    tensor.add_float_data(value);
  return name;
}

std::string ExportContext::addScalar(Type elementType, double value) {
  std::string name = makeName("scalar");
  Attribute element;
  if (auto floatType = dyn_cast<FloatType>(elementType))
    element = FloatAttr::get(floatType, value);
  else
    element = IntegerAttr::get(elementType, int64_t(value));
  auto type = RankedTensorType::get({}, elementType);
  (void)addInitializer(name, DenseElementsAttr::get(type, element),
                       function.getLoc());
  return name;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

/// The dimension of an input that is just this symbol.
std::string ExportContext::addSymbol(AffineSymbolExpr symbol) {
  for (BlockArgument argument : function.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    for (auto [index, dim] : llvm::enumerate(getDims(type))) {
      if (dim != symbol)
        continue;
      onnx::NodeProto *node;
      std::string shape = addValue("Shape", {getName(argument)}, &node);
      setInt(*node, "start", index);
      setInt(*node, "end", index + 1);
      return shape;
    }
  }
  emitError(function.getLoc())
      << "expected an input with dimension " << printDim(symbol);
  return "";
}

std::string ExportContext::addDim(AffineExpr dim) {
  if (std::string &known = dims[dim]; !known.empty())
    return known;
  std::string name;
  if (std::optional<int64_t> constant = getConstantDim(dim)) {
    name = addInts({*constant});
  } else if (auto symbol = dyn_cast<AffineSymbolExpr>(dim)) {
    std::optional<DerivedDim> derived = getDerivedDim(symbol);
    name = derived ? addValue(derived->isMax ? "Max" : "Min",
                              {addDim(derived->lhs), addDim(derived->rhs)})
                   : addSymbol(symbol);
  } else {
    auto binary = cast<AffineBinaryOpExpr>(dim);
    std::string lhs = addDim(binary.getLHS()), rhs = addDim(binary.getRHS());
    switch (binary.getKind()) {
    case AffineExprKind::Add:
      name = addValue("Add", {lhs, rhs});
      break;
    case AffineExprKind::Mul:
      name = addValue("Mul", {lhs, rhs});
      break;
    case AffineExprKind::Mod:
      name = addValue("Mod", {lhs, rhs});
      break;
    case AffineExprKind::CeilDiv: {
      // sizes are not negative, so division rounds down
      std::string sum = addValue("Add", {lhs, rhs});
      std::string less = addValue("Sub", {sum, addInts({1})});
      name = addValue("Div", {less, rhs});
      break;
    }
    default:
      name = addValue("Div", {lhs, rhs});
    }
  }
  return dims[dim] = name;
}

std::string ExportContext::addShape(ArrayRef<AffineExpr> exprs) {
  SmallVector<int64_t> constants;
  for (AffineExpr expr : exprs)
    if (std::optional<int64_t> constant = getConstantDim(expr))
      constants.push_back(*constant);
  if (constants.size() == exprs.size())
    return addInts(constants);
  SmallVector<std::string> parts;
  for (AffineExpr expr : exprs)
    parts.push_back(addDim(expr));
  onnx::NodeProto *node;
  std::string shape = addValue("Concat", parts, &node);
  setInt(*node, "axis", 0);
  return shape;
}
