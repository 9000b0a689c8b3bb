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

/// The strides of `view`, a reshape of `root`, whose strides are these; nullopt
/// if it is none, or the elements do not lie evenly.
static std::optional<SmallVector<AffineExpr>>
viewThrough(Value view, Value root, ArrayRef<AffineExpr> strides) {
  if (view == root)
    return SmallVector<AffineExpr>(strides);
  auto reshape = view.getDefiningOp<ReshapeOp>();
  if (!reshape)
    return std::nullopt;
  auto source = viewThrough(reshape.getOperand(), root, strides);
  return source ? reshapeStrides(getDimsOf(reshape.getOperand()), *source,
                                 getDimsOf(view))
                : source;
}

/// The strides of what `view` is a reshape of, where its own are these.
static std::optional<SmallVector<AffineExpr>>
lookThroughReshapes(Value &view, SmallVector<AffineExpr> strides) {
  while (auto reshape = view.getDefiningOp<ReshapeOp>()) {
    auto source = reshapeStrides(getDimsOf(view), strides,
                                 getDimsOf(reshape.getOperand()));
    if (!source)
      return std::nullopt;
    strides = *source;
    view = reshape.getOperand();
  }
  return strides;
}

std::optional<Append> tenon::findAppend(func::FuncOp function, unsigned index,
                                        ArrayRef<AffineExpr> stored) {
  BlockArgument present = findPresentValue(function, index);
  Value next = function.front().getTerminator()->getOperand(index);
  if (!present)
    return std::nullopt;
  auto strides =
      lookThroughReshapes(next, normalizeStrides(getDimsOf(next), stored));
  auto group = next.getDefiningOp<GroupOp>();
  auto concat = group ? getOnlyOp<ConcatOp>(group) : ConcatOp();
  Value first =
      concat ? getOutside(group, concat.getInputs().front()) : Value();
  SmallVector<AffineExpr> symbols = getProgramSymbols(function);
  if (!strides || !first || !llvm::all_of(getDimsOf(next), [&](AffineExpr dim) {
        return dim && followsFrom(dim, symbols);
      }))
    return std::nullopt;
  // what is appended to has to lie already where it is to lie
  Place whole{present, getAffineConstantExpr(0, function.getContext()),
              *strides};
  auto lies =
      viewThrough(first, present, normalizeStrides(getDimsOf(present), stored));
  if (!lies || *lies != getPieceOf(whole, concat.getType(), concat.getInputs(),
                                   concat.getAxis(), 0)
                            .strides)
    return std::nullopt;
  return Append{group, concat, present};
}
