//===- OnnxNode.cpp - what an import function sees ------------------------===//

#include "OnnxNode.h"
#include "../Ops/Table.h"
#include "GraphImporter.h"
#include "Types.h"
#include "mlir/AsmParser/AsmParser.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

OnnxNode::OnnxNode(GraphImporter &importer, const onnx::NodeProto &proto,
                   int64_t version, Location loc, SmallVector<Value> operands)
    : importer(importer), proto(proto), version(version), loc(loc),
      operands(std::move(operands)) {
  while (!this->operands.empty() && !this->operands.back())
    this->operands.pop_back();
}

StringRef OnnxNode::getOpType() const { return proto.op_type(); }

OpBuilder &OnnxNode::getBuilder() { return importer.getBuilder(); }

InFlightDiagnostic OnnxNode::emitError() {
  InFlightDiagnostic diagnostic = mlir::emitError(loc);
  if (std::exchange(hadError, true))
    diagnostic.abandon(); // is a failure still
  return diagnostic;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

Value OnnxNode::getOperand(unsigned index) const {
  return index < operands.size() ? operands[index] : Value();
}

RankedTensorType OnnxNode::getOperandType(unsigned index) const {
  Value operand = getOperand(index);
  return operand ? cast<RankedTensorType>(operand.getType())
                 : RankedTensorType();
}

int64_t OnnxNode::getOperandRank(unsigned index) const {
  return getOperandType(index).getRank();
}

LogicalResult OnnxNode::evaluateOperand(unsigned index) {
  Value operand = getOperand(index);
  if (!operand)
    return success();
  FailureOr<Value> value = importer.evaluate(operand);
  hadError |= failed(value);
  if (succeeded(value))
    operands[index] = *value;
  return value;
}

void OnnxNode::noteValueNeeded(unsigned index) {
  importer.noteValueNeeded(getOperand(index));
}

LogicalResult OnnxNode::emitValueNeeded(unsigned index, StringRef what) {
  if (hadError)
    return failure();
  bool canBeFixed = importer.noteValueNeeded(getOperand(index));
  return emitError() << "expected input " << index << " (" << what
                     << ") to be known when the model is compiled, got values "
                        "known only at run time"
                     << (canBeFixed ? "; --value fixes an input's" : "");
}

FailureOr<SmallVector<AffineExpr>> OnnxNode::getPartialOperand(unsigned index,
                                                               StringRef what) {
  Value operand = getOperand(index);
  if (!operand)
    return emitError() << "expected an input " << index << " (" << what << ")";
  auto isKnown = [](const std::optional<SmallVector<AffineExpr>> &elements) {
    return elements && !llvm::is_contained(*elements, AffineExpr());
  };
  auto elements = getPartialElements(operand);
  if (!isKnown(elements)) {
    if (failed(evaluateOperand(index)))
      return failure();
    elements = getPartialElements(getOperand(index));
  }
  if (elements)
    return *elements;
  RankedTensorType type = getOperandType(index);
  if (!type.hasStaticShape())
    return emitValueNeeded(index, what);
  return SmallVector<AffineExpr>(type.getNumElements(), AffineExpr());
}

SmallVector<AffineExpr> OnnxNode::getSizes(Value value, AffineExpr bound) {
  FailureOr<Value> evaluated = importer.evaluate(value);
  hadError |= failed(evaluated);
  auto type = cast<RankedTensorType>(value.getType());
  if (hadError) {
    int64_t count = type.hasStaticShape() ? type.getNumElements() : 1;
    return SmallVector<AffineExpr>(std::max<int64_t>(count, 1),
                                   getAffineConstantExpr(1, getContext()));
  }
  value = *evaluated;
  if (!type.getElementType().isSignlessInteger(32) &&
      !type.getElementType().isSignlessInteger(64))
    value = create<CastOp>(value, TypeAttr::get(getBuilder().getI64Type()));
  auto known = getPartialElements(value);
  SmallVector<AffineExpr> sizes =
      known.value_or(SmallVector<AffineExpr>(type.getNumElements()));
  for (auto [position, size] : llvm::enumerate(sizes))
    if (!size)
      size =
          importer.bindSize(value, position, getOpType().lower(), loc, bound);
  return sizes;
}

AffineExpr OnnxNode::bindSize(Value value) {
  AffineExpr symbol = getFreshDimSymbol(getContext(), getOpType().lower());
  create<BindDimOp>(value, 0, DimsAttr::get(getContext(), symbol), DimsAttr());
  return symbol;
}

SmallVector<SmallVector<AffineExpr>> &OnnxNode::getCarriedShapes() {
  return importer.getCarriedShapes(proto);
}

FailureOr<SmallVector<AffineExpr>> OnnxNode::getShapeOperand(unsigned index,
                                                             StringRef what) {
  FailureOr<SmallVector<AffineExpr>> elements = getPartialOperand(index, what);
  if (failed(elements) || !llvm::is_contained(*elements, AffineExpr()))
    return elements;
  return getSizes(getOperand(index));
}

/// `element` of operand `index` as a number.
static FailureOr<int64_t> getConstantElement(OnnxNode &node, unsigned index,
                                             StringRef what,
                                             AffineExpr element) {
  if (std::optional<int64_t> number = getConstantDim(simplifyDim(element)))
    return *number;
  return node.emitError() << "expected input " << index << " (" << what
                          << ") to be constant, got " << printDim(element);
}

FailureOr<SmallVector<int64_t>> OnnxNode::getIntOperand(unsigned index,
                                                        StringRef what) {
  FailureOr<SmallVector<AffineExpr>> elements = getPartialOperand(index, what);
  if (failed(elements))
    return failure();
  SmallVector<int64_t> integers;
  for (AffineExpr element : *elements) {
    if (!element)
      return emitValueNeeded(index, what);
    FailureOr<int64_t> number = getConstantElement(*this, index, what, element);
    if (failed(number))
      return failure();
    integers.push_back(*number);
  }
  return integers;
}

/// The only one of an operand's `elements`.
template <typename T>
static FailureOr<T> getOnly(OnnxNode &node, unsigned index, StringRef what,
                            FailureOr<SmallVector<T>> elements) {
  if (failed(elements))
    return failure();
  if (elements->size() != 1)
    return node.emitError() << "expected one element in input " << index << " ("
                            << what << "), got " << elements->size();
  return elements->front();
}

FailureOr<AffineExpr> OnnxNode::getShapeScalar(unsigned index, StringRef what) {
  return getOnly(*this, index, what, getShapeOperand(index, what));
}

FailureOr<int64_t> OnnxNode::getIntScalar(unsigned index, StringRef what) {
  return getOnly(*this, index, what, getIntOperand(index, what));
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const onnx::AttributeProto *OnnxNode::findAttribute(StringRef name) const {
  for (const onnx::AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

bool OnnxNode::hasAttribute(StringRef name) const {
  return findAttribute(name);
}

int64_t OnnxNode::getInt(StringRef name, int64_t defaultValue) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? attribute->i() : defaultValue;
}

double OnnxNode::getFloat(StringRef name, double defaultValue) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? attribute->f() : defaultValue;
}

StringRef OnnxNode::getText(StringRef name, StringRef defaultValue) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  return attribute ? StringRef(attribute->s()) : defaultValue;
}

std::optional<SmallVector<int64_t>> OnnxNode::getInts(StringRef name) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  if (!attribute)
    return std::nullopt;
  return SmallVector<int64_t>(attribute->ints().begin(),
                              attribute->ints().end());
}

std::optional<SmallVector<double>> OnnxNode::getFloats(StringRef name) const {
  const onnx::AttributeProto *attribute = findAttribute(name);
  if (!attribute)
    return std::nullopt;
  return SmallVector<double>(attribute->floats().begin(),
                             attribute->floats().end());
}

SmallVector<StringRef> OnnxNode::getTexts(StringRef name) const {
  SmallVector<StringRef> texts;
  if (const onnx::AttributeProto *attribute = findAttribute(name))
    for (const std::string &text : attribute->strings())
      texts.push_back(text);
  return texts;
}

ElementsAttr OnnxNode::getTensor(StringRef name) {
  const onnx::AttributeProto *attribute = findAttribute(name);
  if (!attribute)
    return {};
  StringRef resource = proto.output_size() ? StringRef(proto.output(0)) : name;
  return importer.importTensor(resource, attribute->t(),
                               [&] { return emitError(); });
}

Type OnnxNode::getElementTypeAttribute(StringRef name) {
  int64_t dataType = getInt(name, onnx::TensorProto::UNDEFINED);
  Type type = getElementType(getContext(), dataType);
  if (!type)
    emitError() << "expected attribute \"" << name
                << "\" to be a type of numbers or booleans, got "
                << getDataTypeName(dataType);
  return type;
}

FailureOr<int64_t> OnnxNode::normalizeAxis(int64_t axis, int64_t rank,
                                           bool allowEnd) {
  if (axis < -rank || axis >= rank + allowEnd)
    return emitError() << "expected an axis of a tensor of rank " << rank
                       << ", got " << axis;
  return axis < 0 ? axis + rank : axis;
}

FailureOr<SmallVector<int64_t>> OnnxNode::normalizeAxes(ArrayRef<int64_t> axes,
                                                        int64_t rank) {
  SmallVector<int64_t> normalized;
  for (int64_t axis : axes) {
    FailureOr<int64_t> one = normalizeAxis(axis, rank);
    if (failed(one))
      return failure();
    if (llvm::is_contained(normalized, *one))
      return emitError() << "expected different axes, got " << axis << " twice";
    normalized.push_back(*one);
  }
  return normalized;
}

FailureOr<std::optional<SmallVector<int64_t>>>
OnnxNode::getAxes(unsigned index, StringRef name, int64_t rank) {
  std::optional<SmallVector<int64_t>> axes = getInts(name);
  if (getOperand(index)) {
    FailureOr<SmallVector<int64_t>> operand = getIntOperand(index, name);
    if (failed(operand))
      return failure();
    axes = *operand;
  }
  if (!axes)
    return axes;
  FailureOr<SmallVector<int64_t>> normalized = normalizeAxes(*axes, rank);
  if (failed(normalized))
    return failure();
  return std::optional(*normalized);
}

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

Operation *OnnxNode::create(StringRef mnemonic, ValueRange operands,
                            ArrayRef<NamedAttribute> attributes) {
  if (hadError)
    return nullptr;
  OperationState state(loc, ("tenon." + mnemonic).str());
  state.addOperands(operands);
  state.addAttributes(attributes);
  Operation *op = tryCreate(getBuilder(), state);
  hadError |= !op;
  return op;
}

/// The attribute's value as its default in the table has it.
static Attribute parseDefault(const AttributeRecord &record, Builder &builder) {
  StringRef text = record.defaultText;
  int64_t integer = 0;
  double number = 0;
  switch (record.kind) {
  case AttributeRecord::Int:
  case AttributeRecord::Axis:
    text.getAsInteger(10, integer);
    return builder.getI64IntegerAttr(integer);
  case AttributeRecord::Flag:
    return builder.getBoolAttr(text != "0");
  case AttributeRecord::Float:
    text.getAsDouble(number);
    return builder.getF32FloatAttr(number);
  case AttributeRecord::Text:
    return builder.getStringAttr(text);
  case AttributeRecord::Fixed:
    return parseAttribute(text, builder.getContext());
  case AttributeRecord::Ints:
    return {};
  }
  return {};
}

static Attribute convert(const AttributeRecord &record,
                         const onnx::AttributeProto &proto, Builder &builder) {
  switch (record.kind) {
  case AttributeRecord::Int:
  case AttributeRecord::Axis:
    return builder.getI64IntegerAttr(proto.i());
  case AttributeRecord::Flag:
    return builder.getBoolAttr(proto.i());
  case AttributeRecord::Float:
    return builder.getF32FloatAttr(proto.f());
  case AttributeRecord::Text:
    return builder.getStringAttr(proto.s());
  case AttributeRecord::Ints:
    return builder.getDenseI64ArrayAttr(
        ArrayRef<int64_t>(proto.ints().data(), proto.ints_size()));
  case AttributeRecord::Fixed:
    return {};
  }
  return {};
}

FailureOr<SmallVector<NamedAttribute>>
OnnxNode::convertAttributes(ArrayRef<AttributeRecord> records) {
  Builder builder(getContext());
  SmallVector<NamedAttribute> attributes;
  for (const AttributeRecord &record : records) {
    const onnx::AttributeProto *given =
        record.onnxName.empty() ? nullptr : findAttribute(record.onnxName);
    Attribute value = given ? convert(record, *given, builder)
                            : parseDefault(record, builder);
    if (!value)
      continue;
    if (record.kind == AttributeRecord::Axis) {
      FailureOr<int64_t> axis =
          normalizeAxis(cast<IntegerAttr>(value).getInt(), getOperandRank(0));
      if (failed(axis))
        return failure();
      value = builder.getI64IntegerAttr(*axis);
    }
    attributes.push_back(builder.getNamedAttr(record.tenonName, value));
  }
  return attributes;
}

Value OnnxNode::createConstant(ElementsAttr value) {
  if (!value) {
    hadError = true;
    return createPoison(getBuilder(), loc);
  }
  return create<ConstantOp>(value);
}

Value OnnxNode::createInts(ArrayRef<int64_t> values) {
  return createConstant(getBuilder().getI64TensorAttr(values));
}

/// `value` rounded to zero; the nearest number of `width` bits where there is
/// none, 0 for NaN.
static APInt toInteger(double value, IntegerType type) {
  APSInt integer(type.getWidth(),
                 /*isUnsigned=*/type.isUnsigned() || type.isInteger(1));
  bool isExact;
  APFloat(value).convertToInteger(integer, APFloat::rmTowardZero, &isExact);
  return integer;
}

Value OnnxNode::createScalar(Type elementType, double value) {
  auto type = RankedTensorType::get({}, elementType);
  if (auto floatType = dyn_cast<FloatType>(elementType))
    return createConstant(DenseElementsAttr::get(
        type, Attribute(FloatAttr::get(floatType, value))));
  if (auto integerType = dyn_cast<IntegerType>(elementType))
    return createConstant(
        DenseElementsAttr::get(type, toInteger(value, integerType)));
  emitError() << "expected numbers, got " << elementType;
  return createPoison(getBuilder(), loc);
}

Value OnnxNode::castTo(Value value, Type elementType) {
  if (!value || getElementTypeOrSelf(value.getType()) == elementType)
    return value;
  return create<CastOp>(value, TypeAttr::get(elementType));
}

Value OnnxNode::widenFloats(Value value) {
  auto element =
      value ? dyn_cast<FloatType>(getElementTypeOrSelf(value.getType()))
            : FloatType();
  return element && element.getWidth() < 32
             ? castTo(value, getBuilder().getF32Type())
             : value;
}

Value OnnxNode::addBias(Value value, Value bias) {
  Value sum = create<AddOp>(value, bias);
  if (!hadError && !areCompatibleTypes(sum.getType(), value.getType()))
    emitError() << "expected a bias that broadcasts to " << value.getType()
                << ", got " << bias.getType();
  return sum;
}

Value OnnxNode::createReshape(Value value, ArrayRef<AffineExpr> dims) {
  if (!value)
    return {};
  Type elementType = cast<RankedTensorType>(value.getType()).getElementType();
  return create<ReshapeOp>(getTensorType(dims, elementType), value);
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

unsigned OnnxNode::getNumResults() const { return proto.output_size(); }

StringRef OnnxNode::getResultName(unsigned index) const {
  return index < getNumResults() ? StringRef(proto.output(index)) : "";
}

bool OnnxNode::wantsResult(unsigned index) const {
  return index < getNumResults() && !proto.output(index).empty();
}

LogicalResult OnnxNode::setResult(Value value) {
  return setResults(ValueRange(value));
}

LogicalResult OnnxNode::setResults(ValueRange values) {
  if (hadError)
    return failure();
  for (auto [index, value] : llvm::enumerate(values)) {
    if (!value)
      return emitError() << "expected a value for result " << index;
    // later nodes count on it
    if (!hasKnownSizes(cast<RankedTensorType>(value.getType())))
      return emitError() << "expected result " << index
                         << " to have sizes from 0 on and at most "
                         << maxTensorElements << " elements";
  }
  results.assign(values.begin(), values.end());
  return success();
}

//===----------------------------------------------------------------------===//
// Subgraphs
//===----------------------------------------------------------------------===//

unsigned OnnxNode::getNumSubgraphInputs(StringRef attribute) const {
  const onnx::AttributeProto *graph = findAttribute(attribute);
  return graph ? graph->g().input_size() : 0;
}

FailureOr<SmallVector<Value>> OnnxNode::importSubgraph(StringRef attribute,
                                                       ValueRange arguments) {
  const onnx::AttributeProto *graph = findAttribute(attribute);
  if (!graph)
    return emitError() << "expected a graph in attribute \"" << attribute
                       << "\"";
  FailureOr<SmallVector<Value>> values =
      importer.importSubgraph(graph->g(), arguments);
  hadError |= failed(values);
  return values;
}
