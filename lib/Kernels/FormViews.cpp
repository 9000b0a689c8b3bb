//===- FormViews.cpp - concatenations and slices that copy nothing --------===//

#include "Append.h"
#include "GroupBody.h"
#include "Update.h"
#include "tenon/Dialect/Tenon/IR/KernelAttributes.h"
#include "tenon/Kernels/AssumedSizes.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"
#include "tenon/Target/MachineModel.h"

namespace tenon {
#define GEN_PASS_DEF_FORMVIEWSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Elements that lie next to each other should fill a cache line: threads that
/// write parts of one wait for each other, and vectors don't fit into less.
static constexpr int64_t kMinRunBytes = bufferAlignment;

static SmallVector<AffineExpr> getDimsOf(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

static bool isReturned(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return user->hasTrait<OpTrait::IsTerminator>() ||
           (isa<ReshapeOp>(user) && isReturned(user->getResult(0)));
  });
}

/// Whether all reshapes of `value` can look at it where elements are `strides`
/// apart, and nothing reads it as a dense array.
static bool canReshape(Value value, ArrayRef<AffineExpr> strides) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    if (isa<GroupOp, ConcatOp, SliceOp>(user))
      return true;
    auto reshape = dyn_cast<ReshapeOp>(user);
    if (!reshape)
      return false;
    auto viewed = reshapeStrides(getDimsOf(value), strides, getDimsOf(reshape));
    return viewed && canReshape(reshape, *viewed);
  });
}

static int64_t estimateBytes(Value value) {
  AffineExpr bytes = getByteSize(cast<RankedTensorType>(value.getType()));
  return bytes ? getAssumedValue(bytes) : 0;
}

/// Whether vectors of neighbours can be read and written.
static bool hasLongRuns(Value value, ArrayRef<AffineExpr> strides) {
  if (strides.empty())
    return true;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<AffineExpr> dims = getDims(type);
  AffineExpr run = getAffineConstantExpr(1, type.getContext());
  for (int64_t i = dims.size() - 1; i >= 0 && strides[i] == run; --i)
    run = simplifyDim(run * dims[i]);
  return getAssumedValue(run) * getElementBytes(type.getElementType()) >=
         kMinRunBytes;
}

static bool hasKnownDims(Value value) {
  return llvm::all_of(getDimsOf(value), [](AffineExpr dim) { return !!dim; });
}

namespace {
/// The operands of a concatenation that is a group, from outside of it.
class Pieces {
public:
  Pieces(GroupOp group, ConcatOp concat) : group(group), concat(concat) {
    for (Value input : concat.getInputs())
      values.push_back(getOutside(group, input));
  }

  /// What is to be computed for piece `index` to lie in the result's memory,
  /// whose place is `whole`; null if nothing can.
  Value findComputed(const Place &whole, unsigned index) const;
  /// Whether to have pieces `copied` copied to their place costs less than a
  /// kernel that copies all.
  bool isWorthIt(ArrayRef<unsigned> copied) const;
  void replaceGroup(ArrayRef<unsigned> copied);

  /// Where piece `index` lies if the result lies at `whole`.
  Place getPlaceOf(const Place &whole, unsigned index) const {
    return getPieceOf(whole, concat.getType(), concat.getInputs(),
                      concat.getAxis(), index);
  }

  // (mutable: an op's accessors are not const)
  mutable GroupOp group;
  mutable ConcatOp concat;
  /// Null: a constant inside the group.
  SmallVector<Value> values;
};
} // namespace

Value Pieces::findComputed(const Place &whole, unsigned index) const {
  Value value = values[index];
  if (!value)
    return {};
  SmallVector<AffineExpr> strides = getPlaceOf(whole, index).strides;
  while (auto reshape = value.getDefiningOp<ReshapeOp>()) {
    auto viewed = reshapeStrides(getDimsOf(value), strides,
                                 getDimsOf(reshape.getOperand()));
    if (!viewed)
      return {};
    strides = *viewed;
    value = reshape.getOperand();
  }
  auto producer = value.getDefiningOp<GroupOp>();
  bool isFree = producer && producer->getBlock() == group->getBlock() &&
                !findConcatUse(value) && !isReturned(value);
  return isFree && hasLongRuns(value, strides) && canReshape(value, strides)
             ? value
             : Value();
}

bool Pieces::isWorthIt(ArrayRef<unsigned> copied) const {
  if (copied.size() == values.size())
    return false;
  int64_t saved = 0;
  for (auto [index, value] : llvm::enumerate(concat.getInputs()))
    if (!llvm::is_contained(copied, index))
      saved += estimateBytes(value);
  return copied.size() <= 1 ||
         saved >= MachineModel::kLaunchBytes * int64_t(copied.size() - 1);
}

void Pieces::replaceGroup(ArrayRef<unsigned> copied) {
  OpBuilder builder(group);
  for (unsigned index : copied) {
    Value value = values[index];
    if (!value)
      value = builder.clone(*concat.getInputs()[index].getDefiningOp())
                  ->getResult(0);
    values[index] = createCopy(builder, group.getLoc(), value);
  }
  auto view = ConcatOp::create(builder, group.getLoc(), concat.getType(),
                               values, concat.getAxis());
  group.replaceAllUsesWith(ValueRange(view));
  group.erase();
}

namespace {
struct FormViews : tenon::impl::FormViewsPassBase<FormViews> {
  void runOnOperation() override {
    SmallVector<GroupOp> groups;
    getOperation().walk([&](GroupOp group) {
      if (llvm::all_of(group.getResults(), hasKnownDims))
        groups.push_back(group);
    });
    nestConcats(groups);
    // the last first: where a concatenation lies is known before its pieces
    formed.clear();
    for (GroupOp &group : llvm::reverse(groups))
      if (auto concat =
              isFormed(group) ? ConcatOp() : getOnlyOp<ConcatOp>(group);
          concat && formConcat(group, concat))
        group = nullptr;
    for (GroupOp &group : groups)
      if (auto slice = isFormed(group) ? SliceOp() : getOnlyOp<SliceOp>(group);
          slice && formSlice(group, slice))
        group = nullptr;
    updateInPlace(groups);
  }

  /// Whether there is a view where the group was.
  bool isFormed(GroupOp group) const {
    return !group || formed.contains(group);
  }

  void updateInPlace(ArrayRef<GroupOp> groups) {
    func::FuncOp function = getOperation();
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      if (function.getResultAttr(i, stateAttrName) &&
          !function.getResultAttr(i, updatedAttrName))
        numUpdated += updateState(function, i);
    for (GroupOp group : groups)
      if (!isFormed(group))
        updateOperand(function, group);
  }

  /// concat(a, b, c) where there is d = concat(a, b) is concat(d, c).
  void nestConcats(MutableArrayRef<GroupOp> groups) {
    SmallVector<Pieces> earlier;
    for (GroupOp &group : groups) {
      auto concat = getOnlyOp<ConcatOp>(group);
      if (!concat)
        continue;
      Pieces pieces(group, concat);
      if (llvm::is_contained(pieces.values, Value()))
        continue;
      const Pieces *longest = nullptr;
      for (const Pieces &other : earlier)
        if (isPrefix(other, pieces) &&
            (!longest || other.values.size() > longest->values.size()))
          longest = &other;
      // the list as it was: the next one may begin with all of it
      if (longest)
        nest(*longest, pieces);
      group = pieces.group;
      earlier.push_back(pieces);
    }
  }

  void nest(const Pieces &prefix, Pieces &pieces) {
    SmallVector<Value> values{prefix.group->getResult(0)};
    llvm::append_range(
        values, ArrayRef(pieces.values).drop_front(prefix.values.size()));
    OpBuilder builder(pieces.group);
    auto group = GroupOp::create(builder, pieces.group.getLoc(),
                                 pieces.group.getResultTypes(), values);
    Block *body = builder.createBlock(
        &group.getBody(), {}, ValueRange(values).getTypes(),
        SmallVector<Location>(values.size(), group.getLoc()));
    pieces.concat = ConcatOp::create(
        builder, pieces.concat.getLoc(), pieces.concat.getType(),
        body->getArguments(), pieces.concat.getAxis());
    YieldOp::create(builder, group.getLoc(), pieces.concat.getResult());
    pieces.group.replaceAllUsesWith(group);
    pieces.group.erase();
    pieces.group = group;
  }

  static bool isPrefix(const Pieces &prefix, const Pieces &pieces) {
    return prefix.group->getBlock() == pieces.group->getBlock() &&
           prefix.concat.getAxis() == pieces.concat.getAxis() &&
           prefix.values.size() < pieces.values.size() &&
           ArrayRef(pieces.values).take_front(prefix.values.size()) ==
               ArrayRef(prefix.values);
  }

  bool formConcat(GroupOp group, ConcatOp concat) {
    // the first piece is computed into memory of the whole's size
    if (!llvm::all_of(getDimsOf(group.getResult(0)), [&](AffineExpr dim) {
          return followsFrom(dim, getProgramSymbols(getOperation()));
        }))
      return false;
    bool isAppend = markAppend(group);
    Pieces pieces(group, concat);
    SmallVector<unsigned> copied = findCopied(pieces);
    if (!isAppend && !pieces.isWorthIt(copied))
      return false;
    pieces.replaceGroup(copied);
    ++numConcats;
    numCopies += copied.size();
    return true;
  }

  /// Whether `group` appends to a state with room; marks the result that it is.
  bool markAppend(GroupOp group) {
    func::FuncOp function = getOperation();
    for (unsigned i = 0; i < function.getNumResults(); ++i) {
      auto stored = function.getResultAttrOfType<DimsAttr>(i, kStridesAttr);
      if (!stored || findAppend(function, i, stored.getExprs()) != group)
        continue;
      function.setResultAttr(i, updatedAttrName, UnitAttr::get(&getContext()));
      ++numUpdated;
      return true;
    }
    return false;
  }

  /// The pieces that can't be computed where they will lie. Those that are the
  /// present value of the state in whose memory the whole lies are there.
  SmallVector<unsigned> findCopied(Pieces &pieces) {
    Place whole = getPlace(pieces.group.getResult(0));
    auto present = dyn_cast<BlockArgument>(whole.buffer);
    SmallVector<unsigned> copied;
    llvm::SmallPtrSet<Value, 8> computed;
    for (auto [i, piece] : llvm::enumerate(pieces.values)) {
      if (piece && present &&
          liesAt(piece, present, pieces.getPlaceOf(whole, i))) {
        piece = formSlices(piece);
        continue;
      }
      Value value = pieces.findComputed(whole, i);
      if (!value || !computed.insert(value).second)
        copied.push_back(i);
    }
    return copied;
  }

  static bool liesAt(Value value, BlockArgument present, const Place &place) {
    std::optional<Place> view = findView(value, present, getPlace(present));
    return view && view->offset == place.offset &&
           view->strides == place.strides;
  }

  /// Makes views of the slices that `value`, a part of a state, is made by;
  /// returns what it is then.
  Value formSlices(Value value) {
    if (auto reshape = value.getDefiningOp<ReshapeOp>()) {
      formSlices(reshape.getOperand());
      return value;
    }
    auto group = value.getDefiningOp<GroupOp>();
    if (!group)
      return value;
    auto slice = getOnlyOp<SliceOp>(group);
    Value source = formSlices(getOutside(group, slice.getOperand()));
    OpBuilder builder(group);
    Value view = SliceOp::create(builder, group.getLoc(), slice.getType(),
                                 source, slice.getStarts(), slice.getSteps());
    group.replaceAllUsesWith(ValueRange(view));
    formed.insert(group);
    group.erase();
    ++numSlices;
    return view;
  }

  bool formSlice(GroupOp group, SliceOp slice) {
    auto argument = dyn_cast<BlockArgument>(slice.getOperand());
    Value result = group.getResult(0);
    bool isForward =
        llvm::all_of(slice.getSteps(), [](int64_t step) { return step > 0; });
    if (!argument || !isForward || isReturned(result) || findConcatUse(result))
      return false;
    OpBuilder builder(group);
    auto view = SliceOp::create(builder, group.getLoc(), slice.getType(),
                                group.getInputs()[argument.getArgNumber()],
                                slice.getStarts(), slice.getSteps());
    Place place = getPlace(view);
    if (!hasLongRuns(result, place.strides) ||
        !canReshape(result, place.strides)) {
      view.erase();
      return false;
    }
    group.replaceAllUsesWith(ValueRange(view));
    group.erase();
    ++numSlices;
    return true;
  }

  /// The groups of slices that became views of a state before their turn.
  llvm::SmallPtrSet<Operation *, 8> formed;
};
} // namespace
