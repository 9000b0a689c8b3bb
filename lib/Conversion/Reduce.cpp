//===- Reduce.cpp - lowers ops along dimensions ---------------------------===//

#include "Categories.h"
#include "ElementwiseLowering.h"
#include "Reductions.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"

using namespace mlir;
using namespace tenon;

using Values = FailureOr<SmallVector<Value>>;

static RankedTensorType getTensorTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// `type` without `axes`, which have size 1.
static RankedTensorType dropAxes(RankedTensorType type,
                                 ArrayRef<int64_t> axes) {
  SmallVector<AffineExpr> dims;
  for (auto [index, dim] : llvm::enumerate(getDims(type)))
    if (!llvm::is_contained(axes, static_cast<int64_t>(index)))
      dims.push_back(dim);
  return getTensorType(dims, type.getElementType());
}

/// The type of a reduction's result as long as `axes` are not put back.
static RankedTensorType getReducedType(Value result, ArrayRef<int64_t> axes,
                                       bool keepsDims) {
  RankedTensorType type = getTensorTypeOf(result);
  return keepsDims ? dropAxes(type, axes) : type;
}

/// Puts dimensions of size 1 at `axes` of `type`.
static Value insertAxes(OpBuilder &builder, Location loc, Value tensor,
                        RankedTensorType type, ArrayRef<int64_t> axes,
                        const KernelDims &dims) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices open;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    open.push_back(i);
    if (llvm::is_contained(axes, i))
      continue;
    groups.push_back(open);
    open.clear();
  }
  if (!groups.empty())
    llvm::append_range(groups.back(), open);
  RankedTensorType result = RankedTensorType::get(
      getKernelType(type).getShape(), getTensorTypeOf(tensor).getElementType());
  return tensor::ExpandShapeOp::create(builder, loc, result, tensor, groups,
                                       dims.getSizes(builder, loc, type));
}

namespace {
/// The loops of a reduction along some dimensions.
struct ReductionLoops {
  ReductionLoops(MLIRContext *context, int64_t rank, ArrayRef<int64_t> axes)
      : identity(AffineMap::getMultiDimIdentityMap(rank, context)),
        iterators(rank, utils::IteratorType::parallel) {
    SmallVector<unsigned> kept;
    for (int64_t i = 0; i < rank; ++i) {
      if (llvm::is_contained(axes, i))
        iterators[i] = utils::IteratorType::reduction;
      else
        kept.push_back(i);
    }
    reduced = AffineMap::getMultiDimMapWithTargets(rank, kept, context);
  }

  AffineMap identity, reduced;
  SmallVector<utils::IteratorType> iterators;
};

struct ReduceLowering
    : LinalgLoweringOpInterface::ExternalModel<ReduceLowering, ReduceOp> {
  Values lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                       const KernelDims &dims) const {
    auto reduce = cast<ReduceOp>(op);
    Location loc = op->getLoc();
    ReduceKind kind = reduce.getKind();
    RankedTensorType type = getTensorTypeOf(reduce.getOperand());
    RankedTensorType reduced = getReducedType(
        reduce.getResult(), reduce.getAxes(), reduce.getKeepDims());
    Value init =
        createFilled(builder, loc, reduced,
                     getNeutralElement(kind, type.getElementType()), dims);
    ReductionLoops loops(builder.getContext(), type.getRank(),
                         reduce.getAxes());
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
      ScalarBuilder scalars(nested, nestedLoc,
                            getNumberKind(type.getElementType()));
      Value element = scalars.isFloat() ? convertFloat(nested, nestedLoc, x[0],
                                                       x[1].getType())
                                        : x[0];
      linalg::YieldOp::create(nested, nestedLoc,
                              combine(scalars, kind, x[1], element));
    };
    Value result = linalg::GenericOp::create(
                       builder, loc, init.getType(), operands[0], init,
                       {loops.identity, loops.reduced}, loops.iterators, body)
                       .getResult(0);
    if (kind == ReduceKind::mean)
      result = divideByCount(builder, reduce, result, dims);
    result = narrowElements(builder, loc, result,
                            getKernelType(type).getElementType());
    if (reduce.getKeepDims())
      result =
          insertAxes(builder, loc, result, getTensorTypeOf(reduce.getResult()),
                     reduce.getAxes(), dims);
    return SmallVector<Value>{result};
  }

  static Value divideByCount(OpBuilder &builder, ReduceOp reduce, Value sums,
                             const KernelDims &dims) {
    Location loc = reduce.getLoc();
    RankedTensorType type = getTensorTypeOf(reduce.getOperand());
    SmallVector<AffineExpr> reducedDims;
    for (int64_t axis : reduce.getAxes())
      reducedDims.push_back(getDim(type, axis));
    AffineExpr product = getProduct(reducedDims, builder.getContext());
    Value count = getValueOrCreateConstantIndexOp(
        builder, loc, dims.get(builder, loc, product));
    NumberKind kind = getNumberKind(type.getElementType());
    Type element = getTensorTypeOf(sums).getElementType();
    Value integer = builder.createOrFold<arith::IndexCastOp>(
        loc, builder.getI64Type(), count);
    Value divisor = ScalarBuilder(builder, loc, NumberKind::Signed)
                        .cast(integer, element, kind);
    Value init = createEmptyLike(builder, loc, sums, element);
    return createElementwise(
        builder, loc, sums, init,
        [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
          return ScalarBuilder(nested, nestedLoc, kind).div(x[0], divisor);
        });
  }
};

/// Values and indices are reduced together; the index is the result.
template <typename Op, ReduceKind kind>
struct ArgReduceLowering
    : LinalgLoweringOpInterface::ExternalModel<ArgReduceLowering<Op, kind>,
                                               Op> {
  Values lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                       const KernelDims &dims) const {
    auto reduce = cast<Op>(op);
    Location loc = op->getLoc();
    int64_t axis = reduce.getAxis();
    RankedTensorType type = getTensorTypeOf(reduce.getOperand());
    RankedTensorType reduced =
        getReducedType(reduce.getResult(), axis, reduce.getKeepDims());
    Value values =
        createFilled(builder, loc, reduced,
                     getNeutralElement(kind, type.getElementType()), dims);
    Value indices =
        createFilled(builder, loc, reduced, builder.getI64IntegerAttr(0), dims);
    ReductionLoops loops(builder.getContext(), type.getRank(), axis);
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
      ScalarBuilder b(nested, nestedLoc, getNumberKind(type.getElementType()));
      Value element =
          b.isFloat() ? convertFloat(nested, nestedLoc, x[0], x[1].getType())
                      : x[0];
      Value low = kind == ReduceKind::maximum ? x[1] : element,
            high = kind == ReduceKind::maximum ? element : x[1];
      Value isBetter =
          reduce.getSelectLast() ? b.lessEqual(low, high) : b.less(low, high);
      Value index = arith::IndexCastOp::create(
          b, b.getI64Type(), linalg::IndexOp::create(b, axis));
      linalg::YieldOp::create(nested, nestedLoc,
                              ValueRange{b.select(isBetter, element, x[1]),
                                         b.select(isBetter, index, x[2])});
    };
    auto generic = linalg::GenericOp::create(
        builder, loc, TypeRange{values.getType(), indices.getType()},
        operands[0], ValueRange{values, indices},
        {loops.identity, loops.reduced, loops.reduced}, loops.iterators, body);
    Value result = generic.getResult(1);
    if (reduce.getKeepDims())
      result = insertAxes(builder, loc, result,
                          getTensorTypeOf(reduce.getResult()), axis, dims);
    return SmallVector<Value>{result};
  }
};

/// A loop along the axis that carries the sums of all other positions.
struct CumSumLowering
    : LinalgLoweringOpInterface::ExternalModel<CumSumLowering, CumSumOp> {
  Values lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                       const KernelDims &dims) const {
    auto cumsum = cast<CumSumOp>(op);
    Location loc = op->getLoc();
    int64_t axis = cumsum.getAxis();
    auto type = cast<RankedTensorType>(cumsum.getType());
    RankedTensorType sliceType = dropAxes(type, axis);
    Value sums = createFilled(
        builder, loc, sliceType,
        getNeutralElement(ReduceKind::sum, type.getElementType()), dims);
    Value result = dims.createEmpty(builder, loc, type);
    SmallVector<OpFoldResult> sizes = dims.getSizes(builder, loc, type);
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0),
          one = arith::ConstantIndexOp::create(builder, loc, 1),
          count = getValueOrCreateConstantIndexOp(builder, loc, sizes[axis]);
    sizes[axis] = builder.getIndexAttr(1);
    SmallVector<OpFoldResult> offsets(sizes.size(), builder.getIndexAttr(0)),
        strides(sizes.size(), builder.getIndexAttr(1));
    auto body = [&](OpBuilder &b, Location bodyLoc, Value i,
                    ValueRange carried) {
      Value position = i;
      if (cumsum.getReverse()) {
        Value last = arith::SubIOp::create(b, bodyLoc, count, one);
        position = arith::SubIOp::create(b, bodyLoc, last, i);
      }
      offsets[axis] = position;
      Value slice =
          tensor::ExtractSliceOp::create(b, bodyLoc, getKernelType(sliceType),
                                         operands[0], offsets, sizes, strides);
      Value next = addTo(b, bodyLoc, carried[1], slice, type.getElementType());
      Value written = cumsum.getExclusive() ? carried[1] : next;
      written = narrowElements(b, bodyLoc, written,
                               getKernelType(type).getElementType());
      Value inserted = tensor::InsertSliceOp::create(
          b, bodyLoc, written, carried[0], offsets, sizes, strides);
      scf::YieldOp::create(b, bodyLoc, ValueRange{inserted, next});
    };
    auto loop = scf::ForOp::create(builder, loc, zero, count, one,
                                   ValueRange{result, sums}, body);
    return SmallVector<Value>{loop.getResult(0)};
  }

  static Value addTo(OpBuilder &builder, Location loc, Value sums, Value slice,
                     Type elementType) {
    Value init = createEmptyLike(builder, loc, sums,
                                 getTensorTypeOf(sums).getElementType());
    return createElementwise(
        builder, loc, {sums, slice}, init,
        [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
          ScalarBuilder scalars(nested, nestedLoc, getNumberKind(elementType));
          Value element = scalars.isFloat() ? convertFloat(nested, nestedLoc,
                                                           x[1], x[0].getType())
                                            : x[1];
          return scalars.add(x[0], element);
        });
  }
};
} // namespace

void tenon::attachReduceLowerings(MLIRContext *context) {
  ReduceOp::attachInterface<ReduceLowering>(*context);
  ArgMaxOp::attachInterface<ArgReduceLowering<ArgMaxOp, ReduceKind::maximum>>(
      *context);
  ArgMinOp::attachInterface<ArgReduceLowering<ArgMinOp, ReduceKind::minimum>>(
      *context);
  CumSumOp::attachInterface<CumSumLowering>(*context);
}
