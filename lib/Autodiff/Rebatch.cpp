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

/// Dimension `axis`, null where there is none.
static AffineExpr getBatch(Type type, int64_t axis = 0) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && axis >= 0 && axis < tensor.getRank() ? getDim(tensor, axis)
                                                        : AffineExpr();
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
  /// `axes` has the dimension that counts samples for each argument.
  Rebatcher(func::FuncOp function, AffineExpr from, ArrayRef<int64_t> axes,
            ArrayRef<unsigned> predictions)
      : function(function), axes(axes), predictions(predictions), from(from),
        to(getAffineConstantExpr(kMarker, from.getContext())) {}

  LogicalResult run();
  void replaceMarker(AffineExpr batch);

private:
  LogicalResult update(Operation *op);
  void keepOuterParts(Operation *op);
  LogicalResult inferAgain(Operation *op);
  bool canInferAgain(Operation *op);
  /// Whether `op` computes the same of any number of samples, as a mean does.
  bool losesSamples(Operation *op);
  /// The op between the inputs and `value` whose result has no samples any
  /// more; null: there is none.
  Operation *findLoss(Value value);
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
  ArrayRef<int64_t> axes;
  ArrayRef<unsigned> predictions;
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

bool Rebatcher::losesSamples(Operation *op) {
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  SmallVector<Type> before(op->getResultTypes());
  // fails for the samples alone: types that are as before are right
  return succeeded(inferAgain(op)) ||
         (before == SmallVector<Type>(op->getResultTypes()) &&
          succeeded(verify(op)));
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
    if (losesSamples(op))
      return success();
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

Operation *Rebatcher::findLoss(Value value) {
  SmallVector<Value> open{value};
  llvm::SmallPtrSet<Operation *, 16> seen;
  while (!open.empty()) {
    Operation *op = open.pop_back_val().getDefiningOp();
    if (!op || !seen.insert(op).second)
      continue;
    if (llvm::any_of(op->getOperands(),
                     [](Value v) { return isBatched(v.getType()); }))
      return op;
    llvm::append_range(open, op->getOperands());
  }
  return nullptr;
}

LogicalResult Rebatcher::run() {
  for (auto [argument, axis] : llvm::zip_equal(function.getArguments(), axes))
    if (getBatch(argument.getType(), axis) == from)
      setType(argument,
              withDim(cast<RankedTensorType>(argument.getType()), axis, to));
  for (Operation &op : function.front().without_terminator())
    if (failed(update(&op)))
      return failure();
  for (unsigned index : predictions) {
    Value result = function.front().getTerminator()->getOperand(index);
    if (getBatch(result.getType()) == to)
      continue;
    InFlightDiagnostic error = emitError(function)
                               << "output " << index
                               << ", which the loss takes, has no row for each "
                                  "sample";
    if (Operation *op =
            isBatched(result.getType()) ? nullptr : findLoss(result))
      error.attachNote(op->getLoc())
          << "'" << op->getName() << "' makes one of all samples here";
    return error;
  }
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

/// For each argument the dimension that counts samples: as `given` says, or the
/// first. Scalars have none.
static FailureOr<SmallVector<int64_t>>
findAxes(func::FuncOp function,
         ArrayRef<std::pair<std::string, int64_t>> given) {
  SmallVector<int64_t> axes(function.getNumArguments(), 0);
  SmallVector<bool> isUsed(given.size(), false);
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || type.getRank() == 0)
      axes[index] = -1;
    auto name = function.getArgAttrOfType<StringAttr>(index, nameAttrName);
    for (auto [entry, used] : llvm::zip_equal(given, isUsed)) {
      if (!name || name != entry.first)
        continue;
      axes[index] = entry.second;
      used = true;
      if (!type || entry.second >= type.getRank())
        return function.emitError("expected input '")
               << entry.first << "' to have dimension " << entry.second
               << ", got " << argument.getType();
    }
  }
  for (auto [entry, used] : llvm::zip_equal(given, isUsed))
    if (!used)
      return function.emitError("expected an input whose samples are counted, "
                                "got '")
             << entry.first << "'";
  return axes;
}

AffineExpr
tenon::makeBatchSymbolic(func::FuncOp function, ArrayRef<unsigned> predictions,
                         ArrayRef<std::pair<std::string, int64_t>> given) {
  FailureOr<SmallVector<int64_t>> axes = findAxes(function, given);
  if (failed(axes))
    return {};
  AffineExpr batch;
  for (auto [type, axis] :
       llvm::zip_equal(function.getArgumentTypes(), *axes)) {
    if (axis < 0)
      continue;
    AffineExpr dim = getBatch(type, axis);
    if (!dim || (batch && dim != batch)) {
      function.emitError("expected inputs whose first dimension is the batch, "
                         "to train the model, or --batch-axis INPUT=AXIS, got ")
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
  Rebatcher rebatcher(function, batch, *axes, predictions);
  if (failed(rebatcher.run()))
    return {};
  AffineExpr symbol = getFreshDimSymbol(function.getContext(), "batch");
  rebatcher.replaceMarker(symbol);
  return symbol;
}
