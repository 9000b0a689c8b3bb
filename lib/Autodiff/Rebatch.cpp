//===- Rebatch.cpp - a model for any number of samples --------------------===//
//
// Exported models often fix the batch, mostly at 1: in their inputs, in the
// shapes that their reshapes name, and in constants that were folded with it.
// Training wants another, a dimension symbol. On the way there the batch is a
// number that no model has, so that each type says by itself where its samples
// are, and what does not fit it is found at once, not at run time.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Transforms/RegionUtils.h"
#include "tenon/Autodiff/TrainingProgram.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

static AffineExpr getBatch(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() ? getDim(tensor, 0) : AffineExpr();
}

static constexpr int64_t kMarker = 1000003; // a prime

/// How often the marker is in `dim`; null where it is not.
static AffineExpr divideByMarker(AffineExpr dim) {
  if (!dim || getConstantDim(dim) == 0)
    return {};
  return divideExactly(dim, getAffineConstantExpr(kMarker, dim.getContext()));
}

/// `type` with dimension `index` replaced.
static RankedTensorType withDim(RankedTensorType type, unsigned index,
                                AffineExpr dim) {
  SmallVector<AffineExpr> dims = getDims(type);
  dims[index] = simplifyDim(dim);
  return getTensorType(dims, type.getElementType());
}

static bool isBatched(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && llvm::any_of(getDims(tensor), divideByMarker);
}

/// The dimension that counts samples; none, or several, are no answer.
static std::optional<unsigned> findBatch(RankedTensorType type) {
  std::optional<unsigned> found;
  for (auto [index, dim] : llvm::enumerate(getDims(type))) {
    if (!divideByMarker(dim))
      continue;
    if (found)
      return std::nullopt;
    found = index;
  }
  return found;
}

namespace {
/// Walks the ops of a function in order and gives their results the types that
/// follow from operands with another batch.
class Rebatcher {
public:
  Rebatcher(func::FuncOp function, AffineExpr from, unsigned predictions)
      : function(function), predictions(predictions), from(from),
        to(getAffineConstantExpr(kMarker, from.getContext())) {}

  LogicalResult run();
  void replaceMarker(AffineExpr batch);

private:
  LogicalResult update(Operation *op);
  void keepOuterParts(Operation *op);
  LogicalResult inferAgain(Operation *op);
  bool canInferAgain(Operation *op);
  bool repeatOthers(Operation *op);
  bool repeatOthers(Operation *op, MutableArrayRef<OpOperand> operands);
  FailureOr<RankedTensorType> followAligned(Operation *op);
  FailureOr<RankedTensorType> followReshape(ReshapeOp op);
  RankedTensorType getOldType(Value value) const {
    auto type = cast<RankedTensorType>(value.getType());
    return oldTypes.lookup_or(value, type);
  }
  void setType(Value value, Type type);
  /// How many elements of the dimension with the samples belong to each of
  /// these: 12 in a dimension of 12 steps with all samples in each.
  AffineExpr getOuterPart(Value value) const {
    return outerParts.lookup_or(value,
                                getAffineConstantExpr(1, from.getContext()));
  }
  InFlightDiagnostic emitError(Operation *op) const {
    return op->emitError("cannot train with another batch than ")
           << printDim(from) << ": ";
  }

  func::FuncOp function;
  unsigned predictions;
  AffineExpr from, to;
  DenseMap<Value, RankedTensorType> oldTypes;
  DenseMap<Value, AffineExpr> outerParts;
};
} // namespace

void Rebatcher::setType(Value value, Type type) {
  if (value.getType() == type)
    return;
  oldTypes.try_emplace(value, cast<RankedTensorType>(value.getType()));
  value.setType(type);
}

//===----------------------------------------------------------------------===//
// Ops that infer their results' types
//===----------------------------------------------------------------------===//

LogicalResult Rebatcher::inferAgain(Operation *op) {
  auto inference = cast<InferTypeOpInterface>(op);
  SmallVector<Type> types;
  if (failed(inference.inferReturnTypes(
          op->getContext(), op->getLoc(), op->getOperands(),
          op->getAttrDictionary(), op->getPropertiesStorage(), op->getRegions(),
          types)))
    return failure();
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
    setType(result, type);
  if (!isa<ShapeOp>(op) && !llvm::all_of(types, isBatched))
    return failure();
  return verify(op);
}

bool Rebatcher::canInferAgain(Operation *op) {
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  return succeeded(inferAgain(op));
}

/// Constants that were folded for one sample (initial states, tokens put before
/// a sequence) stand beside a batch: finds which of their dimensions of 1 have
/// to be repeated for `op` to be valid.
bool Rebatcher::repeatOthers(Operation *op,
                             MutableArrayRef<OpOperand> operands) {
  if (operands.empty())
    return canInferAgain(op);
  if (repeatOthers(op, operands.drop_front()))
    return true;
  Value value = operands.front().get();
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || isBatched(type))
    return false;
  Composer c(op->getLoc(), OpBuilder(op));
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (getDim(type, i) != from)
      continue;
    auto repeated = BroadcastOp::create(c, withDim(type, i, to), value);
    operands.front().set(repeated);
    if (repeatOthers(op, operands.drop_front()))
      return true;
    operands.front().set(value);
    repeated.erase();
  }
  return false;
}

bool Rebatcher::repeatOthers(Operation *op) {
  constexpr unsigned kMaxOperands = 8; // the search is exponential
  return getConstantDim(from) == 1 && op->getNumOperands() <= kMaxOperands &&
         repeatOthers(op, op->getOpOperands());
}

//===----------------------------------------------------------------------===//
// Ops that carry their result's type
//===----------------------------------------------------------------------===//

/// Slices, broadcasts, resizes: the result's dimensions are the operand's,
/// aligned at the last one.
FailureOr<RankedTensorType> Rebatcher::followAligned(Operation *op) {
  Value operand = op->getOperand(0);
  auto now = cast<RankedTensorType>(operand.getType());
  RankedTensorType before = getOldType(operand);
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  int64_t offset = result.getRank() - now.getRank();
  for (int64_t i = 0; i < now.getRank(); ++i) {
    if (getDim(now, i) == getDim(before, i))
      continue;
    auto slice = dyn_cast<SliceOp>(op);
    bool isWhole =
        offset >= 0 && getDim(result, i + offset) == getDim(before, i) &&
        (!slice || (getConstantDim(slice.getStarts().getExprs()[i]) == 0 &&
                    slice.getSteps()[i] == 1));
    if (!isWhole)
      return emitError(op) << "the samples are dimension " << i
                           << " of the operand, of which the result " << result
                           << " is not the whole";
    result = withDim(result, i + offset, getDim(now, i));
  }
  return result;
}

/// Elements keep their order, so the samples stay where as many elements lie
/// before them.
FailureOr<RankedTensorType> Rebatcher::followReshape(ReshapeOp op) {
  auto result = cast<RankedTensorType>(op.getType());
  SmallVector<AffineExpr> before = getDims(getOldType(op.getOperand())),
                          after = getDims(result);
  auto getOuter = [&](ArrayRef<AffineExpr> dims, unsigned index) {
    return getProduct(dims.take_front(index), op.getContext());
  };
  std::optional<unsigned> batch =
      findBatch(cast<RankedTensorType>(op.getOperand().getType()));
  AffineExpr outer = batch ? getOuter(before, *batch) : AffineExpr();
  if (outer)
    outer = simplifyDim(outer * getOuterPart(op.getOperand()));

  // A dimension of its own is best, then a part of another but the last one,
  // for that holds features; of several, that which moves least.
  std::optional<unsigned> found;
  AffineExpr outerPart;
  std::tuple<bool, bool, int64_t> bestRank;
  for (unsigned i = 0; outer && i < after.size(); ++i) {
    AffineExpr others = divideExactly(after[i], from),
               part = divideExactly(outer, getOuter(after, i));
    if (!others || !part || !divideExactly(others, part))
      continue;
    std::tuple rank(after[i] != from, i + 1 == after.size(),
                    std::abs(int64_t(i) - int64_t(*batch)));
    if (found && rank >= bestRank)
      continue;
    found = i;
    outerPart = part;
    bestRank = rank;
  }
  if (!found)
    return emitError(op) << "expected a shape in which " << printDim(from)
                         << " is the number of samples, got " << result;
  outerParts[op] = outerPart;
  return withDim(result, *found, divideExactly(after[*found], from) * to);
}

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

/// Other ops than reshapes leave the order inside of a dimension; what is put
/// behind the samples in a concatenation makes it the outer one.
void Rebatcher::keepOuterParts(Operation *op) {
  for (Value result : op->getResults()) {
    auto type = cast<RankedTensorType>(result.getType());
    std::optional<unsigned> batch = findBatch(type);
    if (!batch)
      continue;
    auto concat = dyn_cast<ConcatOp>(op);
    if (concat && concat.getAxis() == *batch)
      outerParts[result] = divideByMarker(getDim(type, *batch));
    else
      for (Value operand : op->getOperands())
        if (outerParts.contains(operand))
          outerParts[result] = outerParts.at(operand);
  }
}

LogicalResult Rebatcher::update(Operation *op) {
  auto isTouched = [&](Value value) { return isBatched(value.getType()); };
  SetVector<Value> used(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), used);
  if (llvm::none_of(used, isTouched))
    return success();
  if (op->getNumRegions())
    return emitError(op) << "a branch or a loop fixes it";
  if (isa<InferTypeOpInterface>(op)) {
    if (canInferAgain(op) || repeatOthers(op)) {
      keepOuterParts(op);
      return success();
    }
    // what the op itself would say speaks of the marker
    SmallVector<Type> types =
        llvm::map_to_vector(op->getOperands(), [&](Value value) -> Type {
          return getOldType(value);
        });
    return emitError(op) << "there is no '" << op->getName()
                         << "' of more samples for operands of types " << types;
  }
  if (op->getNumResults() != 1 || !isTouched(op->getOperand(0)))
    return emitError(op) << "the op's result type fixes it";
  auto reshape = dyn_cast<ReshapeOp>(op);
  FailureOr<RankedTensorType> type =
      reshape ? followReshape(reshape) : followAligned(op);
  if (failed(type))
    return failure();
  setType(op->getResult(0), *type);
  if (!reshape)
    keepOuterParts(op);
  return verify(op);
}

LogicalResult Rebatcher::run() {
  for (BlockArgument argument : function.getArguments())
    if (getBatch(argument.getType()) == from)
      setType(argument,
              withDim(cast<RankedTensorType>(argument.getType()), 0, to));
  for (Operation &op : function.front().without_terminator())
    if (failed(update(&op)))
      return failure();
  Value results = function.front().getTerminator()->getOperand(predictions);
  if (getBatch(results.getType()) != to)
    return emitError(function) << "output " << predictions
                               << ", which the loss takes, has no row for each "
                                  "sample";
  return success();
}

void Rebatcher::replaceMarker(AffineExpr batch) {
  auto replace = [&](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type)
      return;
    for (auto [index, dim] : llvm::enumerate(getDims(type)))
      if (AffineExpr factor = divideByMarker(dim))
        type = withDim(type, index, factor * batch);
    value.setType(type);
  };
  Block &body = function.front();
  llvm::for_each(body.getArguments(), replace);
  for (Operation &op : body)
    llvm::for_each(op.getResults(), replace);
  function.setType(FunctionType::get(function.getContext(),
                                     body.getArgumentTypes(),
                                     body.getTerminator()->getOperandTypes()));
}

AffineExpr tenon::makeBatchSymbolic(func::FuncOp function,
                                    unsigned predictions) {
  AffineExpr batch;
  for (Type type : function.getArgumentTypes()) {
    AffineExpr dim = getBatch(type);
    if (!dim || (batch && dim != batch)) {
      function.emitError("expected inputs whose first dimension is the batch, "
                         "to train the model, got ")
          << type;
      return {};
    }
    batch = dim;
  }
  if (!batch) {
    function.emitError("expected a model with inputs to train");
    return {};
  }
  if (isa<AffineSymbolExpr>(batch))
    return batch;
  if (!getConstantDim(batch)) {
    function.emitError("expected a batch that is a constant or a symbol, got ")
        << printDim(batch);
    return {};
  }
  Rebatcher rebatcher(function, batch, predictions);
  if (failed(rebatcher.run()))
    return {};
  AffineExpr symbol = getFreshDimSymbol(function.getContext(), "batch");
  rebatcher.replaceMarker(symbol);
  return symbol;
}
