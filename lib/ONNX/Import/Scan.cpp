//===- Scan.cpp - Scan ----------------------------------------------------===//

#include "Control.h"
#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/Rounds.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

/// The type of slices of type `type`, stacked.
static RankedTensorType getStackedType(AffineExpr length, Type type) {
  auto slice = cast<RankedTensorType>(type);
  SmallVector<AffineExpr> dims = {length};
  llvm::append_range(dims, getDims(slice));
  return getTensorType(dims, slice.getElementType());
}

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

static StringRef getInputDirections(OnnxNode &node) {
  return node.getVersion() < 9 ? "directions" : "scan_input_directions";
}

/// Whether one kernel can run `body` for all slices: carried values keep their
/// types, and no round finds out a size.
static bool isBodyOfScan(Block &body, ValueRange inits) {
  Operation *yield = body.getTerminator();
  WalkResult walked = body.walk([](Operation *op) {
    return isa<BindDimOp>(op) || findsSizes(op) ? WalkResult::interrupt()
                                                : WalkResult::advance();
  });
  return !walked.wasInterrupted() &&
         llvm::equal(
             inits.getTypes(),
             TypeRange(yield->getOperandTypes()).take_front(inits.size()));
}

/// The results of a ScanOp; nothing where the scan has to be a loop.
static FailureOr<std::optional<SmallVector<Value>>>
importAsScan(OnnxNode &node, ValueRange inits, ArrayRef<Value> inputs,
             AffineExpr length) {
  OpBuilder &builder = node.getBuilder();
  OperationState state(node.getLoc(), ScanOp::getOperationName());
  state.addOperands(inits);
  state.addOperands(inputs);
  SmallVector<Value> yielded;
  {
    OpBuilder::InsertionGuard guard(builder);
    SmallVector<Type> types(inits.getTypes());
    for (Value input : inputs)
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
    if (!isBodyOfScan(*body, inits))
      return std::optional<SmallVector<Value>>();
  }
  ArrayRef<Value> slices = ArrayRef(yielded).drop_front(inits.size());
  SmallVector<bool> reverse;
  appendDirections(node, getInputDirections(node), inputs.size(), reverse);
  appendDirections(node, "scan_output_directions", slices.size(), reverse);
  auto &properties = state.getOrAddProperties<ScanOp::Properties>();
  properties.operandSegmentSizes = {static_cast<int32_t>(inits.size()),
                                    static_cast<int32_t>(inputs.size())};
  properties.setLength(DimsAttr::get(node.getContext(), length));
  properties.setReverse(builder.getDenseBoolArrayAttr(reverse));
  state.addTypes(inits.getTypes());
  for (Value slice : slices)
    state.addTypes(getStackedType(length, slice.getType()));
  Operation *op = tryCreateTyped(builder, state);
  if (!op)
    return failure();
  return std::optional(llvm::to_vector_of<Value>(op->getResults()));
}

/// A loop that looks up the slices, and whose lists may be read from the end.
static FailureOr<SmallVector<Value>> importAsLoop(OnnxNode &node,
                                                  ArrayRef<Value> inits,
                                                  ArrayRef<Value> inputs,
                                                  AffineExpr length) {
  NodeComposer c(node);
  LoopOperands operands{c.sizeOf(length, c.getI64Type()),
                        /*condition=*/{},
                        inits,
                        {},
                        /*isScan=*/true};
  SmallVector<bool> reverse;
  appendDirections(node, getInputDirections(node), inputs.size(), reverse);
  for (auto [input, isReversed] : llvm::zip_equal(inputs, reverse)) {
    // each has a slice for every round
    SmallVector<AffineExpr> dims = getShape(input);
    dims.front() = length;
    operands.walked.push_back({c.reshape(input, dims), isReversed});
  }
  FailureOr<SmallVector<Value>> results = createLoop(node, operands);
  if (failed(results))
    return failure();
  auto stacked = MutableArrayRef<Value>(*results).drop_front(inits.size());
  reverse.clear();
  appendDirections(node, "scan_output_directions", stacked.size(), reverse);
  for (auto [list, isReversed] : llvm::zip_equal(stacked, reverse))
    if (isReversed)
      list = c.reverseRounds(list);
  return results;
}

LogicalResult tenon::importScan(OnnxNode &node) {
  size_t numInputs = node.getInt("num_scan_inputs", 0);
  if (numInputs < 1 || numInputs > node.getNumOperands())
    return node.emitError()
           << "expected scan inputs among the " << node.getNumOperands()
           << " inputs, got " << numInputs;
  auto inits = node.getOperands().drop_back(numInputs);
  FailureOr<SmallVector<Value>> inputs = getScanInputs(node, numInputs);
  if (failed(inputs) || node.hasFailed())
    return failure();
  AffineExpr length =
      getDim(cast<RankedTensorType>(inputs->front().getType()), 0);
  auto scanned = importAsScan(node, inits, *inputs, length);
  if (failed(scanned))
    return failure();
  SmallVector<Value> results;
  if (*scanned) {
    results = **scanned;
  } else {
    auto looped = importAsLoop(node, inits, *inputs, length);
    if (failed(looped))
      return failure();
    results = *looped;
  }
  SmallVector<int64_t> axes =
      node.getInts("scan_output_axes").value_or(SmallVector<int64_t>());
  for (auto [result, axis] : llvm::zip(
           MutableArrayRef<Value>(results).drop_front(inits.size()), axes)) {
    FailureOr<int64_t> to = node.normalizeAxis(
        axis, cast<RankedTensorType>(result.getType()).getRank());
    if (failed(to))
      return failure();
    result = moveDim(node, result, 0, *to);
  }
  return node.setResults(results);
}

/// Version 8: a scan for each sample of a batch, the first dimension of all
/// operands; a scan over the samples.
LogicalResult tenon::importBatchedScan(OnnxNode &node) {
  size_t numInputs = node.getInt("num_scan_inputs", 0);
  if (numInputs < 1 || numInputs >= node.getNumOperands())
    return node.emitError()
           << "expected scan inputs behind the sequences' lengths, got "
           << numInputs << " of " << node.getNumOperands() << " inputs";
  if (node.getOperand(0))
    return node.emitError() << "expected sequences of equal lengths, got their "
                               "lengths (sequence_lens)";
  ArrayRef<Value> samples = node.getOperands().drop_front();
  for (auto [index, value] : llvm::enumerate(samples))
    if (int64_t rank = getTensorTypeOf(value).getRank(),
        least = index + numInputs < samples.size() ? 1 : 2;
        rank < least)
      return node.emitError()
             << "expected input " << 1 + index << " to have rank " << least
             << " or more, got rank " << rank;
  OpBuilder &builder = node.getBuilder();
  AffineExpr count = getShape(samples.front()).front();
  Region region;
  SmallVector<Value> results;
  {
    OpBuilder::InsertionGuard guard(builder);
    Block *body = createBlock(
        node, region, llvm::map_to_vector(samples, [](Value value) -> Type {
          return getSliceType(value);
        }));
    SmallVector<Value> arguments(body->getArguments());
    ArrayRef<Value> inputs = ArrayRef(arguments).take_back(numInputs);
    auto scanned = importAsScan(node, ArrayRef(arguments).drop_back(numInputs),
                                inputs, getShape(inputs.front()).front());
    if (failed(scanned))
      return failure();
    if (!*scanned)
      return node.emitError() << "expected a body that changes no sizes";
    results = **scanned;
    YieldOp::create(builder, node.getLoc(), results);
  }
  SmallVector<Type> types =
      llvm::map_to_vector(results, [&](Value value) -> Type {
        return getStackedType(count, value.getType());
      });
  auto scan = ScanOp::create(builder, node.getLoc(), types, ValueRange(),
                             samples, DimsAttr::get(node.getContext(), count),
                             SmallVector<bool>(samples.size() + types.size()));
  scan.getBody().takeBody(region);
  return node.setResults(llvm::to_vector_of<Value>(scan.getResults()));
}
