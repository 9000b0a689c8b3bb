//===- Control.cpp - If, Loop and Scan ------------------------------------===//

#include "ImportFunctions.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "llvm/ADT/DenseSet.h"

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

/// The value of a condition that does not depend on the run.
static std::optional<bool> getKnownCondition(Value condition) {
  std::optional<SmallVector<AffineExpr>> elements =
      condition ? getSymbolicElements(condition) : std::nullopt;
  if (!elements || elements->size() != 1 || !elements->front())
    return std::nullopt;
  std::optional<int64_t> constant = getConstantDim(elements->front());
  return constant ? std::optional(*constant != 0) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Sizes that branches and rounds find out
//===----------------------------------------------------------------------===//

/// Dimensions of a value; null where only a run knows.
using Shape = SmallVector<AffineExpr>;

static Shape getShape(Value value) { return getDims(getTensorTypeOf(value)); }

static Type getType(const Shape &shape, Value like) {
  return getTensorType(shape, getTensorTypeOf(like).getElementType());
}

static bool haveEqualRanksAndElements(Value a, Value b) {
  RankedTensorType first = getTensorTypeOf(a), second = getTensorTypeOf(b);
  return first.getRank() == second.getRank() &&
         first.getElementType() == second.getElementType();
}

/// Makes dimensions of `shape` that `other` has otherwise unknown; whether
/// there are any.
static bool join(Shape &shape, ArrayRef<AffineExpr> other) {
  bool changed = false;
  for (auto [dim, otherDim] : llvm::zip_equal(shape, other))
    if (dim && dim != otherDim) {
      dim = {};
      changed = true;
    }
  return changed;
}

/// The sizes of `value`, as scalars, of which `shape` knows nothing.
static void appendSizes(OnnxNode &node, Value value, const Shape &shape,
                        SmallVectorImpl<Value> &sizes) {
  Composer c(node.getLoc(), node.getBuilder());
  for (auto [known, dim] : llvm::zip_equal(shape, getShape(value)))
    if (!known)
      sizes.push_back(c.sizeOf(dim, c.getI64Type()));
}

/// `value` under the type of `shape`, with the next of `sizes`, which this
/// takes, for what that does not know.
static Value refine(OnnxNode &node, Value value, Shape shape,
                    ValueRange &sizes) {
  for (AffineExpr &dim : shape)
    if (!dim) {
      dim = node.bindSize(sizes.front());
      sizes = sizes.drop_front();
    }
  Type type = getType(shape, value);
  return type == value.getType() ? value : node.create<ReshapeOp>(type, value);
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// The results of a known condition's branch.
static LogicalResult importBranch(OnnxNode &node, StringRef branch) {
  FailureOr<SmallVector<Value>> results = node.importSubgraph(branch, {});
  return failed(results) ? failure() : node.setResults(*results);
}

/// What values that come from either branch have in common.
static FailureOr<SmallVector<Shape>>
joinShapes(OnnxNode &node, ArrayRef<Value> onTrue, ArrayRef<Value> onFalse) {
  if (onTrue.size() != onFalse.size())
    return node.emitError() << "expected branches of equally many results, got "
                            << onTrue.size() << " and " << onFalse.size();
  SmallVector<Shape> shapes;
  for (auto [a, b] : llvm::zip_equal(onTrue, onFalse)) {
    if (!haveEqualRanksAndElements(a, b)) {
      node.noteValueNeeded(0);
      return node.emitError() << "expected branches of equal ranks and element "
                                 "types, got "
                              << a.getType() << " and " << b.getType();
    }
    shapes.push_back(getShape(a));
    join(shapes.back(), getShape(b));
  }
  return shapes;
}

LogicalResult tenon::importIf(OnnxNode &node) {
  Value condition = node.getOperand(0);
  if (std::optional<bool> known = getKnownCondition(condition))
    return importBranch(node, *known ? "then_branch" : "else_branch");
  OperationState state(node.getLoc(), IfOp::getOperationName());
  state.addOperands(condition);
  OpBuilder &builder = node.getBuilder();
  SmallVector<Value> results[2];
  Block *blocks[2];
  for (unsigned i : {0, 1}) {
    OpBuilder::InsertionGuard guard(builder);
    blocks[i] = createBlock(node, *state.addRegion(), {});
    FailureOr<SmallVector<Value>> imported =
        node.importSubgraph(i == 0 ? "then_branch" : "else_branch", {});
    if (failed(imported))
      return failure();
    results[i] = *imported;
  }
  FailureOr<SmallVector<Shape>> shapes =
      joinShapes(node, results[0], results[1]);
  if (failed(shapes))
    return failure();
  size_t count = shapes->size();
  for (auto [values, shape] : llvm::zip_equal(results[0], *shapes))
    state.addTypes(getType(shape, values));
  for (unsigned i : {0, 1}) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(blocks[i]);
    SmallVector<Value> yielded(results[i]);
    for (auto [value, shape] : llvm::zip_equal(results[i], *shapes))
      appendSizes(node, value, shape, yielded);
    YieldOp::create(builder, node.getLoc(), yielded);
    state.types.resize(yielded.size(),
                       RankedTensorType::get({}, builder.getI64Type()));
  }
  Operation *op = tryCreateTyped(builder, state);
  if (!op)
    return failure();
  ValueRange sizes = op->getResults().drop_front(count);
  SmallVector<Value> refined;
  for (auto [value, shape] :
       llvm::zip_equal(op->getResults().take_front(count), *shapes))
    refined.push_back(refine(node, value, shape, sizes));
  return node.setResults(refined);
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

namespace {
/// Imports one loop. Values that it carries may change their sizes: those are
/// carried as well, and the body binds them in each round. So are those of
/// slices that only the rounds know, and the number of rounds.
class LoopImporter {
public:
  explicit LoopImporter(OnnxNode &node);

  LogicalResult import();

private:
  /// Imports the body for values of the shapes in `carried`.
  LogicalResult importBody(Region &region);
  /// Makes sizes in `carried` unknown that a round changes; whether there are
  /// any.
  FailureOr<bool> generalize();
  AffineExpr getTripCount();
  /// What is known of stacked results outside of the loop.
  void findSliceShapes(Block &body);
  /// Ends the body, with what is carried besides the model's values.
  void finishBody(Block &body);
  LogicalResult finish(OperationState &state);
  SmallVector<Value> refineResults(ValueRange results);
  ArrayRef<Value> getSlices() const {
    return ArrayRef(yielded).drop_front(1 + inits.size());
  }

  OnnxNode &node;
  OpBuilder &builder;
  RankedTensorType scalar;
  ArrayRef<Value> inits;
  SmallVector<Shape> &carried;
  /// What the body yields: the condition, carried values, slices.
  SmallVector<Value> yielded;
  SmallVector<Value> hiddenInits, hiddenYields;
  /// Of stacked results, the number of rounds first.
  SmallVector<Shape> stacked;
};
} // namespace

LoopImporter::LoopImporter(OnnxNode &node)
    : node(node), builder(node.getBuilder()),
      scalar(RankedTensorType::get({}, builder.getI64Type())),
      inits(node.getOperands().drop_front(
          std::min<size_t>(2, node.getNumOperands()))),
      carried(node.getCarriedShapes()) {
  // a loop inside of a body that is imported again knows its own already
  bool isKnown = carried.size() == inits.size();
  carried.resize(inits.size());
  for (auto [init, shape] : llvm::zip_equal(inits, carried)) {
    Shape known = getShape(init);
    if (isKnown && shape.size() == known.size())
      for (auto [dim, before] : llvm::zip_equal(known, shape))
        dim = before ? dim : AffineExpr();
    shape = known;
  }
}

/// How many times a loop runs: its trip count where nothing else ends it.
AffineExpr LoopImporter::getTripCount() {
  bool endsByCount =
      getKnownCondition(yielded.front()) == true &&
      (!node.getOperand(1) || getKnownCondition(node.getOperand(1)) == true);
  if (!endsByCount || !node.getOperand(0))
    return {};
  auto count = getSymbolicElements(node.getOperand(0));
  return count ? count->front() : AffineExpr();
}

LogicalResult LoopImporter::importBody(Region &region) {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types{scalar};
  size_t numSizes = 0;
  for (auto [init, shape] : llvm::zip_equal(inits, carried)) {
    types.push_back(getType(shape, init));
    numSizes += llvm::count(shape, AffineExpr());
  }
  types.append(numSizes, scalar);
  Block *body = createBlock(node, region, types);
  ValueRange sizes = body->getArguments().take_back(numSizes);
  // inside, the condition held
  SmallVector<Value> arguments = {body->getArgument(0),
                                  node.createScalar(builder.getI1Type(), 1)};
  for (auto [index, shape] : llvm::enumerate(carried))
    arguments.push_back(
        refine(node, body->getArgument(1 + index), shape, sizes));
  FailureOr<SmallVector<Value>> results =
      node.importSubgraph("body", arguments);
  if (failed(results))
    return failure();
  if (results->size() < 1 + inits.size())
    return node.emitError()
           << "expected a body of at least " << 1 + inits.size()
           << " results, got " << results->size();
  yielded = *results;
  return success();
}

FailureOr<bool> LoopImporter::generalize() {
  bool changed = false;
  for (auto [index, shape] : llvm::enumerate(carried)) {
    Value init = inits[index], next = yielded[1 + index];
    if (!haveEqualRanksAndElements(init, next))
      return node.emitError() << "expected carried value " << index
                              << " to keep its rank and element type, got "
                              << init.getType() << " and " << next.getType();
    changed |= join(shape, getShape(next));
  }
  return changed;
}

void LoopImporter::findSliceShapes(Block &body) {
  llvm::DenseSet<AffineExpr> inside;
  body.walk([&](BindDimOp bind) { inside.insert(bind.getDim()); });
  AffineExpr rounds = getTripCount();
  for (Value slice : getSlices()) {
    Shape &shape = stacked.emplace_back(Shape{rounds});
    for (AffineExpr dim : getShape(slice)) {
      bool isInside =
          llvm::any_of(getSourceSymbols(dim), [&](AffineSymbolExpr symbol) {
            return inside.contains(symbol);
          });
      shape.push_back(isInside ? AffineExpr() : dim);
    }
  }
}

void LoopImporter::finishBody(Block &body) {
  Composer outside(node.getLoc(), builder);
  OpBuilder::InsertionGuard guard(builder);
  for (auto [init, shape] : llvm::zip_equal(inits, carried))
    appendSizes(node, init, shape, hiddenInits);
  builder.setInsertionPointToEnd(&body);
  for (auto [index, shape] : llvm::enumerate(carried))
    appendSizes(node, yielded[1 + index], shape, hiddenYields);
  findSliceShapes(body);
  Composer c(node.getLoc(), builder);
  for (auto [slice, shape] : llvm::zip_equal(getSlices(), stacked)) {
    if (!shape.front())
      hiddenYields.push_back(
          c.add(body.getArgument(0), c.constant(c.getI64Type(), 1)));
    appendSizes(node, slice, Shape(ArrayRef(shape).drop_front()), hiddenYields);
  }
  while (body.getNumArguments() < 1 + inits.size() + hiddenYields.size())
    body.addArgument(scalar, node.getLoc());
  SmallVector<Value> values(ArrayRef(yielded).take_front(1 + inits.size()));
  llvm::append_range(values, hiddenYields);
  llvm::append_range(values, getSlices());
  YieldOp::create(builder, node.getLoc(), values);
  // of no round, there are none
  while (hiddenInits.size() < hiddenYields.size())
    hiddenInits.push_back(outside.constant(outside.getI64Type(), 0));
}

SmallVector<Value> LoopImporter::refineResults(ValueRange results) {
  ValueRange sizes = results.slice(inits.size(), hiddenInits.size());
  SmallVector<Value> refined;
  for (auto [value, shape] :
       llvm::zip_equal(results.take_front(inits.size()), carried))
    refined.push_back(refine(node, value, shape, sizes));
  for (auto [value, shape] :
       llvm::zip_equal(results.take_back(stacked.size()), stacked))
    refined.push_back(refine(node, value, shape, sizes));
  return refined;
}

LogicalResult LoopImporter::finish(OperationState &state) {
  finishBody(state.regions.front()->front());
  for (unsigned i : {0, 1})
    if (Value operand = node.getOperand(i))
      state.addOperands(operand);
  state.addOperands(inits);
  state.addOperands(hiddenInits);
  state.getOrAddProperties<LoopOp::Properties>().operandSegmentSizes = {
      node.getOperand(0) ? 1 : 0, node.getOperand(1) ? 1 : 0,
      static_cast<int32_t>(inits.size() + hiddenInits.size())};
  for (auto [init, shape] : llvm::zip_equal(inits, carried))
    state.addTypes(getType(shape, init));
  state.types.append(hiddenInits.size(), scalar);
  for (auto [slice, shape] : llvm::zip_equal(getSlices(), stacked))
    state.addTypes(getType(shape, slice));
  Operation *op = tryCreateTyped(builder, state);
  return op ? node.setResults(refineResults(op->getResults())) : failure();
}

LogicalResult LoopImporter::import() {
  OperationState state(node.getLoc(), LoopOp::getOperationName());
  Region *region = state.addRegion();
  // a body that changes sizes is imported again for sizes that change
  for (bool changed = true; changed;) {
    region->dropAllReferences();
    region->getBlocks().clear();
    if (failed(importBody(*region)))
      return failure();
    FailureOr<bool> generalized = generalize();
    if (failed(generalized))
      return failure();
    changed = *generalized;
  }
  return finish(state);
}

LogicalResult tenon::importLoop(OnnxNode &node) {
  return LoopImporter(node).import();
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
