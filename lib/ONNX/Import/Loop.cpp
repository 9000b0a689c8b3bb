//===- Loop.cpp - Loop, and loops that Scan becomes -----------------------===//

#include "Control.h"
#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace tenon;

namespace {
/// Imports one loop. Values that it carries may change their sizes: those are
/// carried as well, and the body binds them in each round. So are those of
/// slices that only the rounds know, and the number of rounds.
class LoopImporter {
public:
  LoopImporter(OnnxNode &node, LoopOperands operands);

  FailureOr<SmallVector<Value>> import();

private:
  /// Imports the body for values of the shapes in `carried`.
  LogicalResult importBody(Region &region);
  Value createSlice(const WalkedInput &input, Value number);
  /// Makes sizes in `carried` unknown that a round changes; whether there are
  /// any.
  FailureOr<bool> generalize();
  AffineExpr getTripCount();
  /// What is known of stacked results outside of the loop.
  void findSliceShapes(Block &body);
  /// Which carried value is the number of rounds; the model's own, or a new
  /// one.
  unsigned carryCount(Block &body);
  /// Ends the body, with what is carried besides the model's values.
  void finishBody(Block &body);
  FailureOr<SmallVector<Value>> finish(OperationState &state);
  SmallVector<Value> refineResults(ValueRange results);
  ArrayRef<Value> getSlices() const {
    return ArrayRef(yielded).drop_front(1 + operands.inits.size());
  }

  OnnxNode &node;
  OpBuilder &builder;
  RankedTensorType scalar;
  LoopOperands operands;
  SmallVector<Shape> &carried;
  /// What the body yields: the condition, carried values, slices.
  SmallVector<Value> yielded;
  SmallVector<Value> hiddenInits, hiddenYields;
  /// Of stacked results, the number of rounds first.
  SmallVector<Shape> stacked;
  /// Which carried values are the unknown sizes of results, in their order.
  SmallVector<unsigned> sizes;
};
} // namespace

LoopImporter::LoopImporter(OnnxNode &node, LoopOperands given)
    : node(node), builder(node.getBuilder()),
      scalar(RankedTensorType::get({}, builder.getI64Type())),
      operands(std::move(given)), carried(node.getCarriedShapes()) {
  // a loop inside of a body that is imported again knows its own already
  bool isKnown = carried.size() == operands.inits.size();
  carried.resize(operands.inits.size());
  for (auto [init, shape] : llvm::zip_equal(operands.inits, carried)) {
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
      (!operands.condition || getKnownCondition(operands.condition) == true);
  if (!endsByCount || !operands.tripCount)
    return {};
  auto count = getSymbolicElements(operands.tripCount);
  return count ? count->front() : AffineExpr();
}

Value LoopImporter::createSlice(const WalkedInput &input, Value number) {
  NodeComposer c(node);
  AffineExpr length = getShape(input.value).front();
  Value position = input.isReversed
                       ? c.sub(c.sizeOf(length - 1, c.getI64Type()), number)
                       : number;
  return c.create<GatherOp>(input.value, position, /*axis=*/0,
                            /*in_bounds=*/true);
}

LogicalResult LoopImporter::importBody(Region &region) {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types{scalar};
  size_t numSizes = 0;
  for (auto [init, shape] : llvm::zip_equal(operands.inits, carried)) {
    types.push_back(getType(shape, init));
    numSizes += llvm::count(shape, AffineExpr());
  }
  types.append(numSizes, scalar);
  Block *body = createBlock(node, region, types);
  ValueRange unknown = body->getArguments().take_back(numSizes);
  // inside, the condition held
  Value yes = node.createScalar(builder.getI1Type(), 1);
  SmallVector<Value> arguments;
  if (!operands.isScan)
    arguments = {body->getArgument(0), yes};
  for (auto [index, shape] : llvm::enumerate(carried))
    arguments.push_back(
        refine(node, body->getArgument(1 + index), shape, unknown));
  for (const WalkedInput &input : operands.walked)
    arguments.push_back(createSlice(input, body->getArgument(0)));
  FailureOr<SmallVector<Value>> results =
      node.importSubgraph("body", arguments);
  if (failed(results))
    return failure();
  yielded = *results;
  if (operands.isScan)
    yielded.insert(yielded.begin(), yes);
  size_t least = 1 + operands.inits.size();
  if (yielded.size() < least)
    return node.emitError()
           << "expected a body of at least " << least - operands.isScan
           << " results, got " << results->size();
  return success();
}

FailureOr<bool> LoopImporter::generalize() {
  bool changed = false;
  for (auto [index, shape] : llvm::enumerate(carried)) {
    Value init = operands.inits[index], next = yielded[1 + index];
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

/// Whether `value` is the body's number of the round and one.
static bool countsRounds(Value value, Block &body) {
  auto sum = value.getDefiningOp<AddOp>();
  if (!sum || getTensorTypeOf(value).getRank() != 0)
    return false;
  bool isNumber[2], isOne[2];
  for (auto [i, operand] : llvm::enumerate(sum->getOperands())) {
    auto elements = getSymbolicElements(operand);
    isNumber[i] = operand == body.getArgument(0);
    isOne[i] = elements && elements->size() == 1 &&
               getConstantDim(elements->front()) == 1;
  }
  return (isNumber[0] && isOne[1]) || (isNumber[1] && isOne[0]);
}

unsigned LoopImporter::carryCount(Block &body) {
  size_t count = operands.inits.size();
  for (unsigned i = 0; i < count; ++i) {
    auto first = getSymbolicElements(operands.inits[i]);
    if (first && first->size() == 1 && getConstantDim(first->front()) == 0 &&
        countsRounds(yielded[1 + i], body))
      return i;
  }
  for (auto [i, value] : llvm::enumerate(hiddenYields))
    if (countsRounds(value, body))
      return count + i;
  NodeComposer c(node);
  hiddenYields.push_back(
      c.add(body.getArgument(0), c.constant(c.getI64Type(), 1)));
  return count + hiddenYields.size() - 1;
}

void LoopImporter::finishBody(Block &body) {
  NodeComposer outside(node);
  OpBuilder::InsertionGuard guard(builder);
  ArrayRef<Value> inits = operands.inits;
  for (auto [init, shape] : llvm::zip_equal(inits, carried))
    appendSizes(node, init, shape, hiddenInits);
  builder.setInsertionPointToEnd(&body);
  for (auto [index, shape] : llvm::enumerate(carried))
    appendSizes(node, yielded[1 + index], shape, hiddenYields);
  while (sizes.size() < hiddenYields.size())
    sizes.push_back(inits.size() + sizes.size());
  findSliceShapes(body);
  for (auto [slice, shape] : llvm::zip_equal(getSlices(), stacked)) {
    if (!shape.front())
      sizes.push_back(carryCount(body));
    size_t before = hiddenYields.size();
    appendSizes(node, slice, Shape(ArrayRef(shape).drop_front()), hiddenYields);
    for (size_t i = before; i < hiddenYields.size(); ++i)
      sizes.push_back(inits.size() + i);
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
  SmallVector<Value> found = llvm::map_to_vector(
      sizes, [&](unsigned index) -> Value { return results[index]; });
  ValueRange unknown(found);
  SmallVector<Value> refined;
  for (auto [value, shape] :
       llvm::zip_equal(results.take_front(carried.size()), carried))
    refined.push_back(refine(node, value, shape, unknown));
  for (auto [value, shape] :
       llvm::zip_equal(results.take_back(stacked.size()), stacked))
    refined.push_back(refine(node, value, shape, unknown));
  return refined;
}

FailureOr<SmallVector<Value>> LoopImporter::finish(OperationState &state) {
  finishBody(state.regions.front()->front());
  for (Value operand : {operands.tripCount, operands.condition})
    if (operand)
      state.addOperands(operand);
  state.addOperands(operands.inits);
  state.addOperands(hiddenInits);
  state.getOrAddProperties<LoopOp::Properties>().operandSegmentSizes = {
      operands.tripCount ? 1 : 0, operands.condition ? 1 : 0,
      static_cast<int32_t>(operands.inits.size() + hiddenInits.size())};
  for (auto [init, shape] : llvm::zip_equal(operands.inits, carried))
    state.addTypes(getType(shape, init));
  state.types.append(hiddenInits.size(), scalar);
  for (auto [slice, shape] : llvm::zip_equal(getSlices(), stacked))
    state.addTypes(getType(shape, slice));
  Operation *op = tryCreateTyped(builder, state);
  if (!op)
    return failure();
  return refineResults(op->getResults());
}

FailureOr<SmallVector<Value>> LoopImporter::import() {
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

FailureOr<SmallVector<Value>> tenon::createLoop(OnnxNode &node,
                                                LoopOperands operands) {
  return LoopImporter(node, std::move(operands)).import();
}

LogicalResult tenon::importLoop(OnnxNode &node) {
  LoopOperands operands{
      node.getOperand(0),
      node.getOperand(1),
      node.getOperands().drop_front(std::min<size_t>(2, node.getNumOperands())),
      {},
      /*isScan=*/false};
  FailureOr<SmallVector<Value>> results = createLoop(node, operands);
  return failed(results) ? failure() : node.setResults(*results);
}
