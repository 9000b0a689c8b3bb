//===- Control.cpp - If, Loop and Scan ------------------------------------===//

#include "ImportFunctions.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

static Block *createBlock(OnnxNode &node, Region &region, TypeRange types) {
  SmallVector<Location> locs(types.size(), node.getLoc());
  return node.getBuilder().createBlock(&region, region.end(), types, locs);
}

/// The type of slices of type `type`, stacked.
static RankedTensorType getStackedType(AffineExpr length, Type type) {
  auto slice = cast<RankedTensorType>(type);
  SmallVector<AffineExpr> dims = {length};
  llvm::append_range(dims, getDims(slice));
  return getTensorType(dims, slice.getElementType());
}

/// Builds the op of `state`, which has its regions.
static LogicalResult finish(OnnxNode &node, OperationState &state) {
  Operation *op = tryCreateTyped(node.getBuilder(), state);
  return op ? node.setResults(op->getResults()) : failure();
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// The value of a condition that does not depend on the run.
static std::optional<bool> getKnownCondition(Value condition) {
  std::optional<SmallVector<AffineExpr>> elements =
      condition ? getSymbolicElements(condition) : std::nullopt;
  if (!elements || elements->size() != 1 || !elements->front())
    return std::nullopt;
  std::optional<int64_t> constant = getConstantDim(elements->front());
  return constant ? std::optional(*constant != 0) : std::nullopt;
}

/// The types of values that come from either branch. Dimensions that differ
/// have sizes of their own.
static FailureOr<SmallVector<Type>> joinTypes(OnnxNode &node, ValueRange onTrue,
                                              ValueRange onFalse) {
  if (onTrue.size() != onFalse.size())
    return node.emitError() << "expected branches of equally many results, got "
                            << onTrue.size() << " and " << onFalse.size();
  SmallVector<Type> types;
  for (auto [a, b] : llvm::zip_equal(onTrue, onFalse)) {
    if (a.getType() != b.getType())
      return node.emitError() << "expected branches of equal types, got "
                              << a.getType() << " and " << b.getType();
    types.push_back(a.getType());
  }
  return types;
}

LogicalResult tenon::importIf(OnnxNode &node) {
  Value condition = node.getOperand(0);
  if (std::optional<bool> known = getKnownCondition(condition)) {
    FailureOr<SmallVector<Value>> results =
        node.importSubgraph(*known ? "then_branch" : "else_branch", {});
    return failed(results) ? failure() : node.setResults(*results);
  }
  OperationState state(node.getLoc(), IfOp::getOperationName());
  state.addOperands(condition);
  OpBuilder &builder = node.getBuilder();
  SmallVector<SmallVector<Value>> results;
  for (StringRef branch : {"then_branch", "else_branch"}) {
    OpBuilder::InsertionGuard guard(builder);
    createBlock(node, *state.addRegion(), {});
    FailureOr<SmallVector<Value>> values = node.importSubgraph(branch, {});
    if (failed(values))
      return failure();
    YieldOp::create(builder, node.getLoc(), *values);
    results.push_back(*values);
  }
  FailureOr<SmallVector<Type>> types = joinTypes(node, results[0], results[1]);
  if (failed(types))
    return failure();
  state.addTypes(*types);
  return finish(node, state);
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

/// How many times a loop runs: its trip count where nothing else ends it.
static AffineExpr getTripCount(OnnxNode &node, Value yieldedCondition) {
  MLIRContext *context = node.getContext();
  bool endsByCount =
      getKnownCondition(yieldedCondition) == true &&
      (!node.getOperand(1) || getKnownCondition(node.getOperand(1)) == true);
  if (endsByCount && node.getOperand(0))
    if (auto count = getSymbolicElements(node.getOperand(0));
        count && count->size() == 1 && count->front())
      return getConstantDim(count->front()).value_or(0) < 0
                 ? getAffineConstantExpr(0, context)
                 : count->front();
  return getFreshDimSymbol(context, "loop");
}

LogicalResult tenon::importLoop(OnnxNode &node) {
  OpBuilder &builder = node.getBuilder();
  auto inits =
      node.getOperands().drop_front(std::min<size_t>(2, node.getNumOperands()));
  OperationState state(node.getLoc(), LoopOp::getOperationName());
  for (unsigned i : {0, 1})
    if (Value operand = node.getOperand(i))
      state.addOperands(operand);
  state.addOperands(inits);
  state.getOrAddProperties<LoopOp::Properties>().operandSegmentSizes = {
      node.getOperand(0) ? 1 : 0, node.getOperand(1) ? 1 : 0,
      static_cast<int32_t>(inits.size())};

  AffineExpr length;
  SmallVector<Value> yielded;
  {
    OpBuilder::InsertionGuard guard(builder);
    SmallVector<Type> types = {RankedTensorType::get({}, builder.getI64Type())};
    llvm::append_range(types, ValueRange(inits).getTypes());
    Block *body = createBlock(node, *state.addRegion(), types);
    // inside, the condition held
    SmallVector<Value> arguments = {body->getArgument(0),
                                    node.createScalar(builder.getI1Type(), 1)};
    llvm::append_range(arguments, body->getArguments().drop_front());
    FailureOr<SmallVector<Value>> values =
        node.importSubgraph("body", arguments);
    if (failed(values))
      return failure();
    if (values->size() < 1 + inits.size())
      return node.emitError()
             << "expected a body of at least " << 1 + inits.size()
             << " results, got " << values->size();
    YieldOp::create(builder, node.getLoc(), *values);
    yielded = *values;
  }
  length = getTripCount(node, yielded.front());
  ArrayRef<Value> slices = ArrayRef(yielded).drop_front(1 + inits.size());
  state.addTypes(ValueRange(inits).getTypes());
  for (Value slice : slices)
    state.addTypes(getStackedType(length, slice.getType()));
  return finish(node, state);
}

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

/// `value` with dimension `from` moved to place `to`.
static Value moveDim(OnnxNode &node, Value value, int64_t from, int64_t to) {
  if (!value || from == to)
    return value;
  SmallVector<int64_t> permutation = llvm::to_vector(
      llvm::seq<int64_t>(0, cast<RankedTensorType>(value.getType()).getRank()));
  permutation.erase(permutation.begin() + from);
  permutation.insert(permutation.begin() + to, from);
  return node.create<TransposeOp>(value, permutation);
}

static RankedTensorType getSliceType(Value stacked) {
  auto type = cast<RankedTensorType>(stacked.getType());
  return getTensorType(ArrayRef(getDims(type)).drop_front(),
                       type.getElementType());
}

/// The scan's inputs, walked along their first dimensions.
static FailureOr<SmallVector<Value>> getScanInputs(OnnxNode &node,
                                                   size_t count) {
  SmallVector<int64_t> axes =
      node.getInts("scan_input_axes").value_or(SmallVector<int64_t>(count, 0));
  SmallVector<Value> inputs;
  for (auto [index, input] :
       llvm::enumerate(node.getOperands().take_back(count))) {
    int64_t rank = cast<RankedTensorType>(input.getType()).getRank();
    FailureOr<int64_t> axis =
        node.normalizeAxis(index < axes.size() ? axes[index] : 0, rank);
    if (failed(axis))
      return failure();
    inputs.push_back(moveDim(node, input, *axis, 0));
  }
  return inputs;
}

static void appendDirections(OnnxNode &node, StringRef attribute, size_t count,
                             SmallVectorImpl<bool> &reverse) {
  SmallVector<int64_t> directions =
      node.getInts(attribute).value_or(SmallVector<int64_t>());
  directions.resize(count, 0);
  llvm::append_range(reverse, directions);
}

LogicalResult tenon::importScan(OnnxNode &node) {
  OpBuilder &builder = node.getBuilder();
  size_t numInputs = node.getInt("num_scan_inputs", 0);
  if (numInputs < 1 || numInputs > node.getNumOperands())
    return node.emitError()
           << "expected scan inputs among the " << node.getNumOperands()
           << " inputs, got " << numInputs;
  auto inits = node.getOperands().drop_back(numInputs);
  FailureOr<SmallVector<Value>> inputs = getScanInputs(node, numInputs);
  if (failed(inputs) || node.hasFailed())
    return failure();

  OperationState state(node.getLoc(), ScanOp::getOperationName());
  state.addOperands(inits);
  state.addOperands(*inputs);
  SmallVector<Value> yielded;
  {
    OpBuilder::InsertionGuard guard(builder);
    SmallVector<Type> types(ValueRange(inits).getTypes());
    for (Value input : *inputs)
      types.push_back(getSliceType(input));
    Block *body = createBlock(node, *state.addRegion(), types);
    FailureOr<SmallVector<Value>> values =
        node.importSubgraph("body", body->getArguments());
    if (failed(values))
      return failure();
    if (values->size() < inits.size())
      return node.emitError() << "expected a body of at least " << inits.size()
                              << " results, got " << values->size();
    YieldOp::create(builder, node.getLoc(), *values);
    yielded = *values;
  }
  ArrayRef<Value> slices = ArrayRef(yielded).drop_front(inits.size());
  AffineExpr length =
      getDim(cast<RankedTensorType>(inputs->front().getType()), 0);
  SmallVector<bool> reverse;
  appendDirections(node, "scan_input_directions", numInputs, reverse);
  appendDirections(node, "scan_output_directions", slices.size(), reverse);
  auto &properties = state.getOrAddProperties<ScanOp::Properties>();
  properties.operandSegmentSizes = {static_cast<int32_t>(inits.size()),
                                    static_cast<int32_t>(numInputs)};
  properties.setLength(DimsAttr::get(node.getContext(), length));
  properties.setReverse(builder.getDenseBoolArrayAttr(reverse));
  state.addTypes(ValueRange(inits).getTypes());
  for (Value slice : slices)
    state.addTypes(getStackedType(length, slice.getType()));
  Operation *op = tryCreateTyped(builder, state);
  if (!op)
    return failure();

  SmallVector<Value> results(op->getResults());
  SmallVector<int64_t> axes =
      node.getInts("scan_output_axes").value_or(SmallVector<int64_t>());
  for (auto [index, axis] : llvm::enumerate(axes)) {
    if (index >= slices.size())
      break;
    Value &result = results[inits.size() + index];
    FailureOr<int64_t> to = node.normalizeAxis(
        axis, cast<RankedTensorType>(result.getType()).getRank());
    if (failed(to))
      return failure();
    result = moveDim(node, result, 0, *to);
  }
  return node.setResults(results);
}
