//===- IndependentDims.cpp - what rounds of a loop do not mix -------------===//

#include "tenon/Codegen/Kernel/IndependentDims.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tenon;

namespace {
/// Follows one dimension of a tensor through all operations that touch it, in
/// both directions.
class DimFollower {
public:
  explicit DimFollower(scf::ForOp loop) : loop(loop) {}

  bool follow(Value start, int64_t dim);

  IndependentDims dims;

private:
  bool mark(Value value, int64_t dim);
  bool isMarked(Value value) const { return dims.contains(value); }
  /// Marks both if one is.
  bool unite(Value a, int64_t dimOfA, Value b, int64_t dimOfB);
  bool followValue(Value value);
  /// Marks what `op` relates to its marked operands and results; whether it
  /// keeps their elements apart.
  bool relate(Operation *op);
  bool relateRounds();
  bool relateLoops(linalg::LinalgOp op);
  bool relateSlice(Value whole, Value slice, ArrayRef<OpFoldResult> offsets,
                   ArrayRef<OpFoldResult> sizes, ArrayRef<OpFoldResult> strides,
                   const llvm::SmallBitVector &dropped);
  bool relateReshape(Value collapsed, Value expanded,
                     ArrayRef<ReassociationIndices> groups);

  scf::ForOp loop;
  SmallVector<Value> worklist;
};
} // namespace

bool DimFollower::mark(Value value, int64_t dim) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || dim >= type.getRank() || type.isDynamicDim(dim))
    return false;
  auto [entry, isNew] = dims.try_emplace(value, dim);
  if (isNew)
    worklist.push_back(value);
  return entry->second == dim;
}

bool DimFollower::unite(Value a, int64_t dimOfA, Value b, int64_t dimOfB) {
  auto isAt = [&](Value value, int64_t dim) {
    auto entry = dims.find(value);
    return entry != dims.end() && entry->second == dim;
  };
  if (isAt(a, dimOfA))
    return mark(b, dimOfB);
  return !isAt(b, dimOfB) || mark(a, dimOfA);
}

bool DimFollower::follow(Value start, int64_t dim) {
  if (!mark(start, dim))
    return false;
  while (!worklist.empty())
    if (!followValue(worklist.pop_back_val()))
      return false;
  return true;
}

bool DimFollower::followValue(Value value) {
  Operation *maker = value.getDefiningOp();
  if (maker == loop || (maker && loop->isProperAncestor(maker))) {
    if (!relate(maker))
      return false;
  } else if (!maker && value.getParentBlock() == loop.getBody() &&
             !relateRounds()) {
    return false;
  }
  for (Operation *user : value.getUsers()) {
    if (user != loop && !loop->isProperAncestor(user))
      continue;
    // what the body of another operation reads may be any element
    if (user != loop && user->getBlock() != loop.getBody())
      return false;
    if (!relate(user))
      return false;
  }
  return true;
}

bool DimFollower::relate(Operation *op) {
  if (op == loop || op == loop.getBody()->getTerminator())
    return relateRounds();
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<tensor::EmptyOp>([](Operation *) { return true; })
      .Case([](arith::ConstantOp constant) {
        return isa<SplatElementsAttr>(constant.getValue());
      })
      .Case([&](linalg::LinalgOp linalgOp) { return relateLoops(linalgOp); })
      .Case([&](tensor::ExtractSliceOp slice) {
        return relateSlice(slice.getSource(), slice.getResult(),
                           slice.getMixedOffsets(), slice.getMixedSizes(),
                           slice.getMixedStrides(), slice.getDroppedDims());
      })
      .Case([&](tensor::InsertSliceOp insert) {
        Value whole = insert.getDest(), result = insert.getResult();
        auto relateResult = [&] {
          auto entry = dims.find(isMarked(whole) ? whole : result);
          if (entry == dims.end())
            return true;
          int64_t dim = entry->second;
          return mark(whole, dim) && mark(result, dim);
        };
        return relateResult() &&
               relateSlice(whole, insert.getSource(), insert.getMixedOffsets(),
                           insert.getMixedSizes(), insert.getMixedStrides(),
                           insert.getDroppedDims()) &&
               relateResult();
      })
      .Case([&](tensor::CollapseShapeOp collapse) {
        return relateReshape(collapse.getResult(), collapse.getSrc(),
                             collapse.getReassociationIndices());
      })
      .Case([&](tensor::ExpandShapeOp expand) {
        return relateReshape(expand.getSrc(), expand.getResult(),
                             expand.getReassociationIndices());
      })
      .Default([](Operation *) { return false; });
}

bool DimFollower::relateRounds() {
  for (auto [init, argument, yielded, result] :
       llvm::zip_equal(loop.getInitArgs(), loop.getRegionIterArgs(),
                       loop.getYieldedValues(), loop.getResults())) {
    Value values[] = {init, argument, yielded, result};
    for (Value value : values)
      if (auto entry = dims.find(value); entry != dims.end()) {
        int64_t dim = entry->second;
        if (!llvm::all_of(values, [&](Value v) { return mark(v, dim); }))
          return false;
        break;
      }
  }
  return true;
}

/// The one loop that walks the marked dimensions walks one dimension of each
/// operand that it walks at all.
bool DimFollower::relateLoops(linalg::LinalgOp op) {
  SmallVector<std::pair<Value, AffineMap>> values;
  for (OpOperand &operand : op->getOpOperands())
    values.emplace_back(operand.get(), op.getMatchingIndexingMap(&operand));
  for (OpResult result : op->getResults())
    values.emplace_back(result, op.getIndexingMapMatchingResult(result));
  AffineExpr walking;
  for (auto [value, map] : values) {
    auto entry = dims.find(value);
    if (entry == dims.end())
      continue;
    AffineExpr expr = map.getResult(entry->second);
    if (!isa<AffineDimExpr>(expr) || (walking && walking != expr))
      return false;
    walking = expr;
  }
  unsigned number = cast<AffineDimExpr>(walking).getPosition();
  if (op.getIteratorTypesArray()[number] != utils::IteratorType::parallel)
    return false;
  WalkResult walked = op->walk([&](linalg::IndexOp index) {
    return index.getDim() == number ? WalkResult::interrupt()
                                    : WalkResult::advance();
  });
  if (walked.wasInterrupted())
    return false;
  for (auto [value, map] : values) {
    auto position = map.getResultPosition(walking);
    if (!position) {
      if (map.isFunctionOfDim(number))
        return false;
      continue;
    }
    for (auto [i, expr] : llvm::enumerate(map.getResults()))
      if (i != *position && expr.isFunctionOfDim(number))
        return false;
    if (!mark(value, *position))
      return false;
  }
  return true;
}

/// A slice keeps elements apart that takes all of them.
bool DimFollower::relateSlice(Value whole, Value slice,
                              ArrayRef<OpFoldResult> offsets,
                              ArrayRef<OpFoldResult> sizes,
                              ArrayRef<OpFoldResult> strides,
                              const llvm::SmallBitVector &dropped) {
  auto type = cast<RankedTensorType>(whole.getType());
  int64_t inner = 0;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    bool isWhole = getConstantIntValue(offsets[dim]) == 0 &&
                   getConstantIntValue(sizes[dim]) == type.getDimSize(dim) &&
                   getConstantIntValue(strides[dim]) == 1;
    if (!dropped.test(dim)) {
      if (isWhole && !unite(whole, dim, slice, inner))
        return false;
      ++inner;
    }
  }
  return isMarked(whole) && isMarked(slice);
}

bool DimFollower::relateReshape(Value collapsed, Value expanded,
                                ArrayRef<ReassociationIndices> groups) {
  auto from = cast<RankedTensorType>(collapsed.getType()),
       to = cast<RankedTensorType>(expanded.getType());
  for (auto [dim, group] : llvm::enumerate(groups))
    for (int64_t inner : group)
      if (!from.isDynamicDim(dim) &&
          to.getDimSize(inner) == from.getDimSize(dim) &&
          !unite(collapsed, dim, expanded, inner))
        return false;
  return isMarked(collapsed) && isMarked(expanded);
}

std::optional<IndependentDims>
tenon::findIndependentDims(scf::ForOp loop, unsigned index, int64_t dim) {
  DimFollower follower(loop);
  auto isSplit = [&](Value result) { return follower.dims.contains(result); };
  if (!follower.follow(loop.getRegionIterArg(index), dim) ||
      !llvm::all_of(loop.getResults(), isSplit))
    return std::nullopt;
  return std::move(follower.dims);
}
