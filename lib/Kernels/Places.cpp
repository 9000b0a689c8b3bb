//===- Places.cpp - values that lie in the memory of others ---------------===//

#include "tenon/Kernels/Places.h"
#include "tenon/Dialect/Tenon/IR/KernelAttributes.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/Placement.h"

using namespace mlir;
using namespace tenon;

using Exprs = SmallVector<AffineExpr>;

static SmallVector<AffineExpr> getDimsOf(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

SmallVector<AffineExpr> tenon::getDenseStrides(ArrayRef<AffineExpr> dims,
                                               MLIRContext *context) {
  Exprs strides(dims.size());
  AffineExpr stride = getAffineConstantExpr(1, context);
  for (int64_t i = dims.size() - 1; i >= 0; --i) {
    strides[i] = stride;
    if (i > 0)
      stride = simplifyDim(stride * dims[i]);
  }
  return strides;
}

SmallVector<AffineExpr> tenon::normalizeStrides(ArrayRef<AffineExpr> dims,
                                                ArrayRef<AffineExpr> strides) {
  if (strides.empty())
    return {};
  MLIRContext *context = dims.front().getContext();
  Exprs normal(strides.size());
  for (int64_t i = dims.size() - 1; i >= 0; --i) {
    if (getConstantDim(dims[i]) != 1)
      normal[i] = simplifyDim(strides[i]);
    else if (i + 1 < int64_t(dims.size()))
      normal[i] = simplifyDim(normal[i + 1] * dims[i + 1]);
    else
      normal[i] = getAffineConstantExpr(1, context);
  }
  return normal == getDenseStrides(dims, context) ? Exprs() : normal;
}

namespace {
/// The dimensions of a shape from the last to the first, without those of
/// size 1.
class DimWalk {
public:
  explicit DimWalk(ArrayRef<AffineExpr> dims) : dims(dims), next(dims.size()) {
    advance();
  }

  bool isAtEnd() const { return next < 0; }
  int64_t getIndex() const { return next; }
  AffineExpr getSize() const { return dims[next]; }
  void advance() {
    do
      --next;
    while (next >= 0 && getConstantDim(dims[next]) == 1);
  }

private:
  ArrayRef<AffineExpr> dims;
  int64_t next;
};
} // namespace

/// Whether `small` is to be multiplied by more dimensions before it can be
/// `large`.
static bool isPartOf(AffineExpr small, AffineExpr large) {
  std::optional<int64_t> a = getConstantDim(small), b = getConstantDim(large);
  return a && b ? *a < *b : bool(divideExactly(large, small));
}

std::optional<SmallVector<AffineExpr>>
tenon::reshapeStrides(ArrayRef<AffineExpr> from, ArrayRef<AffineExpr> strides,
                      ArrayRef<AffineExpr> to) {
  if (strides.empty())
    return Exprs();
  // Runs of dimensions with as many elements on both sides, from the last; the
  // elements of a run lie evenly apart unless it is one dimension.
  Exprs result(to.size());
  DimWalk source(from), target(to);
  while (!source.isAtEnd() && !target.isAtEnd()) {
    AffineExpr step = strides[source.getIndex()], size = source.getSize(),
               reached = target.getSize();
    result[target.getIndex()] = step;
    while (size != reached) {
      if (isPartOf(reached, size)) {
        target.advance();
        if (target.isAtEnd())
          return std::nullopt;
        result[target.getIndex()] = simplifyDim(step * reached);
        reached = simplifyDim(reached * target.getSize());
      } else if (isPartOf(size, reached)) {
        source.advance();
        if (source.isAtEnd() ||
            simplifyDim(strides[source.getIndex()]) != simplifyDim(step * size))
          return std::nullopt;
        size = simplifyDim(size * source.getSize());
      } else {
        return std::nullopt;
      }
    }
    source.advance();
    target.advance();
  }
  if (!source.isAtEnd() || !target.isAtEnd())
    return std::nullopt;
  return normalizeStrides(to, result);
}

OpOperand *tenon::findConcatUse(Value value) {
  for (OpOperand &use : value.getUses()) {
    if (isa<ConcatOp>(use.getOwner()))
      return &use;
    if (auto reshape = dyn_cast<ReshapeOp>(use.getOwner()))
      if (OpOperand *found = findConcatUse(reshape))
        return found;
  }
  return nullptr;
}

/// The use of `value`, or of a reshape of it, as the next value of a state;
/// null if there is none.
static OpOperand *findStateUse(Value value) {
  for (OpOperand &use : value.getUses()) {
    if (auto reshape = dyn_cast<ReshapeOp>(use.getOwner()))
      if (OpOperand *found = findStateUse(reshape))
        return found;
    if (!isa<func::ReturnOp>(use.getOwner()))
      continue;
    auto function = cast<func::FuncOp>(use.getOwner()->getParentOp());
    if (function.getResultAttr(use.getOperandNumber(), stateAttrName))
      return &use;
  }
  return nullptr;
}

BlockArgument tenon::findPresentValue(func::FuncOp function, unsigned index) {
  Attribute name = function.getResultAttr(index, stateAttrName);
  for (BlockArgument argument : function.getArguments())
    if (name &&
        function.getArgAttr(argument.getArgNumber(), stateAttrName) == name)
      return argument;
  return {};
}

/// The strides of a value of `dims` at `place`, also of a dense one.
static Exprs getStrides(const Place &place, ArrayRef<AffineExpr> dims) {
  return place.isDense() ? getDenseStrides(dims, place.offset.getContext())
                         : place.strides;
}

Place tenon::getPieceOf(const Place &place, RankedTensorType result,
                        OperandRange operands, int64_t axis, unsigned index) {
  Exprs strides = getStrides(place, getDims(result));
  AffineExpr before = getAffineConstantExpr(0, result.getContext());
  for (Value operand : operands.take_front(index))
    before = before + getDimsOf(operand)[axis];
  return Place{place.buffer, simplifyDim(place.offset + before * strides[axis]),
               normalizeStrides(getDimsOf(operands[index]), strides)};
}

/// The place of `value` where `view`, a reshape of it, lies at `place`.
static Place lookThroughReshapes(Place place, Value view, Value value) {
  while (view != value) {
    Value source = view.getDefiningOp<ReshapeOp>().getOperand();
    auto strides =
        reshapeStrides(getDimsOf(view), place.strides, getDimsOf(source));
    assert(strides && "values are computed into what they can be seen in");
    place.strides = *strides;
    view = source;
  }
  return place;
}

/// The place of `value`, of which operand `use` of a concatenation is a
/// reshape.
static Place getPlaceIn(OpOperand &use, Value value) {
  auto concat = cast<ConcatOp>(use.getOwner());
  Place piece =
      getPieceOf(getPlace(concat), concat.getType(), concat.getInputs(),
                 concat.getAxis(), use.getOperandNumber());
  return lookThroughReshapes(piece, use.get(), value);
}

static Exprs readStrides(Attribute attribute) {
  auto strides = dyn_cast_or_null<DimsAttr>(attribute);
  return strides ? Exprs(strides.getExprs()) : Exprs();
}

static Place getPlaceOf(BlockArgument argument) {
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  Place place{argument, getAffineConstantExpr(0, argument.getContext()), {}};
  if (function)
    place.strides = normalizeStrides(
        getDimsOf(argument), readStrides(function.getArgAttr(
                                 argument.getArgNumber(), kStridesAttr)));
  return place;
}

/// The place of `value`, of which `use` returns a reshape as a state.
static Place getPlaceOfState(OpOperand &use, Value value) {
  auto function = cast<func::FuncOp>(use.getOwner()->getParentOp());
  unsigned index = use.getOperandNumber();
  Place place{value, getAffineConstantExpr(0, value.getContext()),
              normalizeStrides(
                  getDimsOf(use.get()),
                  readStrides(function.getResultAttr(index, kStridesAttr)))};
  if (function.getResultAttr(index, updatedAttrName))
    place.buffer = findPresentValue(function, index);
  return lookThroughReshapes(place, use.get(), value);
}

Place tenon::getSliceOf(Place place, SliceOp slice) {
  Exprs strides = getStrides(place, getDimsOf(slice.getOperand()));
  for (auto [stride, start, step] : llvm::zip_equal(
           strides, slice.getStarts().getExprs(), slice.getSteps())) {
    place.offset = place.offset + start * stride;
    stride = stride * step;
  }
  return Place{place.buffer, simplifyDim(place.offset),
               normalizeStrides(getDimsOf(slice), strides)};
}

Place tenon::getPlace(Value value) {
  if (auto reshape = value.getDefiningOp<ReshapeOp>()) {
    Place place = getPlace(reshape.getOperand());
    auto strides = reshapeStrides(getDimsOf(reshape.getOperand()),
                                  place.strides, getDimsOf(value));
    assert(strides && "form-views leaves reshapes of what can be looked at");
    place.strides = *strides;
    return place;
  }
  if (auto await = value.getDefiningOp<AwaitOp>())
    return getPlace(await.getValue());
  if (auto slice = value.getDefiningOp<SliceOp>())
    return getSliceOf(getPlace(slice.getOperand()), slice);
  if (OpOperand *use = findConcatUse(value); use && value.getDefiningOp())
    return getPlaceIn(*use, value);
  if (auto argument = dyn_cast<BlockArgument>(value))
    return getPlaceOf(argument);
  if (auto updated =
          value.getDefiningOp()->getAttrOfType<IntegerAttr>(kUpdatesAttr))
    return getPlace(value.getDefiningOp()->getOperand(updated.getInt()));
  if (OpOperand *use = findStateUse(value))
    return getPlaceOfState(*use, value);
  return Place{value, getAffineConstantExpr(0, value.getContext()), {}};
}
