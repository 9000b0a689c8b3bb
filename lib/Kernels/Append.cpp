//===- Append.cpp - next values of states that are longer -----------------===//

#include "Append.h"
#include "GroupBody.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"

using namespace mlir;
using namespace tenon;

static SmallVector<AffineExpr> getDimsOf(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

static AffineExpr countElements(Value value) {
  return getProduct(getDimsOf(value), value.getContext());
}

std::optional<Place> tenon::findView(Value value, BlockArgument present,
                                     const Place &place) {
  if (value == present)
    return place;
  auto group = value.getDefiningOp<GroupOp>();
  auto slice =
      group ? getOnlyOp<SliceOp>(group) : value.getDefiningOp<SliceOp>();
  if (slice) {
    Value source = group ? getOutside(group, slice.getOperand())
                         : Value(slice.getOperand());
    auto whole = source ? findView(source, present, place) : std::nullopt;
    return whole ? getSliceOf(*whole, slice) : whole;
  }
  auto reshape = value.getDefiningOp<ReshapeOp>();
  auto source =
      reshape ? findView(reshape.getOperand(), present, place) : std::nullopt;
  auto strides = source ? reshapeStrides(getDimsOf(reshape.getOperand()),
                                         source->strides, getDimsOf(value))
                        : std::nullopt;
  if (!strides)
    return std::nullopt;
  source->strides = *strides;
  return source;
}

namespace {
/// The concatenations that make a state's next value from its present one.
class AppendTree {
public:
  AppendTree(BlockArgument present, Place place)
      : present(present), place(std::move(place)),
        found(getAffineConstantExpr(0, present.getContext())) {}

  /// Looks for parts of the present value in `value`, which is to lie at
  /// `wanted`; returns the concatenation that makes it, null if none does.
  GroupOp visit(Value value, Place wanted);
  /// Whether all of the present value has been found where it lies.
  bool isComplete() const { return found == countElements(present); }

private:
  BlockArgument present;
  Place place;
  AffineExpr found; ///< elements of the present value
};
} // namespace

GroupOp AppendTree::visit(Value value, Place wanted) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>()) {
    auto strides = reshapeStrides(getDimsOf(value), wanted.strides,
                                  getDimsOf(reshape.getOperand()));
    if (!strides)
      return {};
    wanted.strides = *strides;
    value = reshape.getOperand();
  }
  auto group = value.getDefiningOp<GroupOp>();
  auto concat = group ? getOnlyOp<ConcatOp>(group) : ConcatOp();
  if (!concat || llvm::is_contained(getDimsOf(value), AffineExpr()))
    return {};
  for (auto [index, input] : llvm::enumerate(concat.getInputs())) {
    Value operand = getOutside(group, input);
    Place piece = getPieceOf(wanted, concat.getType(), concat.getInputs(),
                             concat.getAxis(), index);
    auto view = operand ? findView(operand, present, place) : std::nullopt;
    if (view && view->offset == piece.offset && view->strides == piece.strides)
      found = simplifyDim(found + countElements(operand));
    else if (operand)
      visit(operand, piece);
  }
  return group;
}

GroupOp tenon::findAppend(func::FuncOp function, unsigned index,
                          ArrayRef<AffineExpr> stored) {
  BlockArgument present = findPresentValue(function, index);
  Value next = function.front().getTerminator()->getOperand(index);
  SmallVector<AffineExpr> symbols = getProgramSymbols(function);
  if (!present || !llvm::all_of(getDimsOf(next), [&](AffineExpr dim) {
        return dim && followsFrom(dim, symbols);
      }))
    return {};
  auto getWhole = [&](Value value) {
    return Place{present, getAffineConstantExpr(0, function.getContext()),
                 normalizeStrides(getDimsOf(value), stored)};
  };
  AppendTree tree(present, getWhole(present));
  GroupOp group = tree.visit(next, getWhole(next));
  return group && tree.isComplete() ? group : GroupOp();
}
