//===- ShapeRules.cpp - rules that several ops' shape inference shares ----===//

#include "tenon/Dialect/Tenon/IR/ShapeRules.h"
#include "mlir/IR/Diagnostics.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

using namespace mlir;
using namespace tenon;

/// The dimension to which two aligned ones broadcast; null where they can't.
static AffineExpr broadcastDim(AffineExpr lhs, AffineExpr rhs) {
  if (!lhs || !rhs) // an unknown size: the other one, unless that is 1
    return lhs && getConstantDim(lhs) != 1
               ? lhs
               : (rhs && getConstantDim(rhs) != 1 ? rhs : AffineExpr());
  if (lhs == rhs || getConstantDim(rhs) == 1)
    return lhs;
  if (getConstantDim(lhs) == 1)
    return rhs;
  if (!getConstantDim(lhs))
    return getConstantDim(rhs) ? rhs : lhs;
  return getConstantDim(rhs) ? AffineExpr() : lhs;
}

FailureOr<SmallVector<AffineExpr>>
tenon::broadcastDims(std::optional<Location> loc, ArrayRef<AffineExpr> lhs,
                     ArrayRef<AffineExpr> rhs) {
  size_t rank = std::max(lhs.size(), rhs.size());
  SmallVector<AffineExpr> result(rank);
  for (size_t i = 0; i < rank; ++i) {
    // aligned at the last dimension; missing leading ones are 1
    auto at = [&](ArrayRef<AffineExpr> dims) {
      return i < dims.size() ? &dims[dims.size() - 1 - i] : nullptr;
    };
    const AffineExpr *l = at(lhs), *r = at(rhs);
    AffineExpr &dim = result[rank - 1 - i];
    dim = !l ? *r : !r ? *l : broadcastDim(*l, *r);
    if (l && r && *l && *r && !dim)
      return emitOptionalError(loc, "expected dimensions that broadcast, got ",
                               printDim(*l), " and ", printDim(*r),
                               " in dimension ", rank - 1 - i);
  }
  return result;
}

bool tenon::broadcastsTo(RankedTensorType from, ArrayRef<AffineExpr> to) {
  Type element = from.getElementType();
  FailureOr<SmallVector<AffineExpr>> joint =
      broadcastDims(std::nullopt, to, getDims(from));
  return succeeded(joint) && areCompatibleTypes(getTensorType(*joint, element),
                                                getTensorType(to, element));
}

FailureOr<RankedTensorType>
tenon::inferBroadcastType(std::optional<Location> loc, ValueRange operands) {
  auto first = cast<RankedTensorType>(operands[0].getType());
  SmallVector<AffineExpr> dims = getDims(first);
  for (Value operand : operands.drop_front()) {
    auto type = cast<RankedTensorType>(operand.getType());
    if (type.getElementType() != first.getElementType())
      return emitOptionalError(
          loc, "expected operands of one element type, got ",
          first.getElementType(), " and ", type.getElementType());
    FailureOr<SmallVector<AffineExpr>> joint =
        broadcastDims(loc, dims, getDims(type));
    if (failed(joint))
      return failure();
    dims = *joint;
  }
  return getTensorType(dims, first.getElementType());
}

SmallVector<AffineExpr> tenon::reduceDims(RankedTensorType type,
                                          ArrayRef<int64_t> axes,
                                          bool keepDims) {
  SmallVector<AffineExpr> result;
  for (auto [index, dim] : llvm::enumerate(getDims(type))) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(index)))
      result.push_back(dim);
    else if (keepDims)
      result.push_back(getAffineConstantExpr(1, type.getContext()));
  }
  return result;
}
