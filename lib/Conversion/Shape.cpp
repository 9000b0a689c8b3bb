//===- Shape.cpp - lowering of reshapes and shapes as values --------------===//

#include "Categories.h"
#include "IndexedElements.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

namespace {
/// A run of source dimensions that has as many elements as a run of the
/// result's: [fromBegin, fromEnd) and [toBegin, toEnd).
struct DimsGroup {
  int64_t fromBegin, fromEnd, toBegin, toEnd;
};
} // namespace

/// Finds the shortest runs of equal products, so that what need not be merged
/// is not.
static SmallVector<DimsGroup> groupDims(ArrayRef<AffineExpr> from,
                                        ArrayRef<AffineExpr> to,
                                        MLIRContext *context) {
  SmallVector<DimsGroup> groups;
  int64_t f = 0, t = 0, fromRank = from.size(), toRank = to.size();
  auto findNext = [&]() -> DimsGroup {
    for (int64_t length = 2; length <= fromRank - f + toRank - t; ++length)
      for (int64_t a = 1; a < length; ++a) {
        int64_t b = length - a;
        if (f + a <= fromRank && t + b <= toRank &&
            getProduct(from.slice(f, a), context) ==
                getProduct(to.slice(t, b), context))
          return {f, f + a, t, t + b};
      }
    return {f, fromRank, t, toRank};
  };
  while (f < fromRank && t < toRank) {
    groups.push_back(findNext());
    f = groups.back().fromEnd;
    t = groups.back().toEnd;
  }
  // what is left over are dimensions of size 1
  if (!groups.empty()) {
    groups.back().fromEnd = fromRank;
    groups.back().toEnd = toRank;
  }
  return groups;
}

static SmallVector<ReassociationIndices>
getReassociation(ArrayRef<DimsGroup> groups, int64_t DimsGroup::*begin,
                 int64_t DimsGroup::*end) {
  return llvm::map_to_vector(groups, [&](const DimsGroup &group) {
    return ReassociationIndices(
        llvm::to_vector<2>(llvm::seq<int64_t>(group.*begin, group.*end)));
  });
}

/// memref.expand_shape with several dynamic sizes in a group crashes the
/// expansion of strided metadata in MLIR 22.1.
static bool canExpand(ArrayRef<DimsGroup> groups, RankedTensorType to) {
  return llvm::all_of(groups, [&](const DimsGroup &group) {
    return llvm::count_if(llvm::seq(group.toBegin, group.toEnd),
                          [&](int64_t i) { return to.isDynamicDim(i); }) < 2;
  });
}

/// Reads each element of `to` from `collapsed`, which has one dimension for
/// each group, by its row-major position in the group.
static Value expandByIndex(OpBuilder &builder, Location loc, Value collapsed,
                           ArrayRef<DimsGroup> groups, RankedTensorType to,
                           const KernelDims &dims) {
  ImplicitLocOpBuilder outer(loc, builder);
  SmallVector<Value> sizes = llvm::map_to_vector(
      getDims(to), [&](AffineExpr dim) { return getSize(outer, dims, dim); });
  return generateElements(
      builder, loc, dims.createEmpty(builder, loc, to),
      [&](ImplicitLocOpBuilder &b, ValueRange index) -> Value {
        SmallVector<Value> source;
        for (const DimsGroup &group : groups) {
          Value position = index[group.toBegin];
          for (int64_t i = group.toBegin + 1; i < group.toEnd; ++i)
            position = arith::AddIOp::create(
                b, arith::MulIOp::create(b, position, sizes[i]), index[i]);
          source.push_back(position);
        }
        return tensor::ExtractOp::create(b, collapsed, source);
      });
}

/// Collapses every group to one dimension and expands that.
static Value reshape(OpBuilder &builder, Location loc, Value value,
                     RankedTensorType from, RankedTensorType to,
                     const KernelDims &dims) {
  SmallVector<DimsGroup> groups =
      groupDims(getDims(from), getDims(to), builder.getContext());
  SmallVector<AffineExpr> collapsed =
      llvm::map_to_vector(groups, [&](const DimsGroup &group) {
        return getProduct(
            ArrayRef(getDims(to))
                .slice(group.toBegin, group.toEnd - group.toBegin),
            builder.getContext());
      });
  if (from.getRank() != int64_t(groups.size()))
    value = tensor::CollapseShapeOp::create(
        builder, loc, value,
        getReassociation(groups, &DimsGroup::fromBegin, &DimsGroup::fromEnd));
  RankedTensorType middle =
      getKernelType(getTensorType(collapsed, to.getElementType()));
  if (value.getType() != middle)
    value = tensor::CastOp::create(builder, loc, middle, value);
  if (to.getRank() == int64_t(groups.size()))
    return value;
  if (!canExpand(groups, to))
    return expandByIndex(builder, loc, value, groups, to, dims);
  return tensor::ExpandShapeOp::create(
      builder, loc, getKernelType(to), value,
      getReassociation(groups, &DimsGroup::toBegin, &DimsGroup::toEnd),
      dims.getSizes(builder, loc, to));
}

namespace {
struct ReshapeLowering
    : LinalgLoweringOpInterface::ExternalModel<ReshapeLowering, ReshapeOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto reshapeOp = cast<ReshapeOp>(op);
    return SmallVector<Value>{reshape(builder, op->getLoc(), operands[0],
                                      reshapeOp.getOperand().getType(),
                                      reshapeOp.getType(), dims)};
  }
};

struct SymbolicConstantLowering
    : LinalgLoweringOpInterface::ExternalModel<SymbolicConstantLowering,
                                               SymbolicConstantOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto constant = cast<SymbolicConstantOp>(op);
    auto type = getKernelType(cast<RankedTensorType>(constant.getType()));
    ImplicitLocOpBuilder b(op->getLoc(), builder);
    SmallVector<Value> elements;
    for (AffineExpr expr : constant.getElements().getExprs())
      elements.push_back(arith::IndexCastOp::create(b, type.getElementType(),
                                                    getSize(b, dims, expr)));
    return SmallVector<Value>{
        tensor::FromElementsOp::create(b, type, elements)};
  }
};

struct ShapeLowering
    : LinalgLoweringOpInterface::ExternalModel<ShapeLowering, ShapeOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto shape = cast<ShapeOp>(op);
    ImplicitLocOpBuilder b(op->getLoc(), builder);
    SmallVector<Value> elements;
    for (int64_t i = shape.getStart(), end = shape.getEnd(); i < end; ++i)
      elements.push_back(arith::IndexCastOp::create(
          b, b.getI64Type(),
          getSize(b, dims, getDim(shape.getOperand().getType(), i))));
    return SmallVector<Value>{tensor::FromElementsOp::create(
        b, cast<RankedTensorType>(shape.getType()), elements)};
  }
};
} // namespace

void tenon::attachShapeLowerings(MLIRContext *context) {
  ReshapeOp::attachInterface<ReshapeLowering>(*context);
  SymbolicConstantOp::attachInterface<SymbolicConstantLowering>(*context);
  ShapeOp::attachInterface<ShapeLowering>(*context);
}
