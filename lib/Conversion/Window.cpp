//===- Window.cpp - reductions over sliding windows as generics -----------===//

#include "Categories.h"
#include "ElementwiseLowering.h"
#include "Padding.h"
#include "Reductions.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/SlidingWindow.h"
#include "tenon/Dialect/Tenon/IR/WindowOps.h"

using namespace mlir;
using namespace tenon;

using Values = FailureOr<SmallVector<Value>>;

namespace {
/// What both window ops have: windows over the dimensions from `first` on.
struct Windows {
  template <typename Op>
  Windows(Op op, unsigned first)
      : loc(op.getLoc()),
        input(cast<RankedTensorType>(op.getInput().getType())),
        result(cast<RankedTensorType>(op->getResult(0).getType())),
        first(first) {
    size_t rank = op.getWindow().size();
    for (size_t i = 0; i < rank; ++i)
      windows.push_back({op.getWindow()[i], op.getStrides()[i], op.getPads()[i],
                         op.getPads()[rank + i], op.getDilations()[i],
                         op.getCeilMode()});
  }

  unsigned getSpatialRank() const { return windows.size(); }
  AffineExpr getInputSize(unsigned i) const { return getDim(input, first + i); }
  AffineExpr getResultSize(unsigned i) const {
    return getDim(result, first + i);
  }

  /// How far the last window reaches beyond the input: `ceil_mode` may need
  /// more than the padding.
  AffineExpr getReach(unsigned i) const {
    const Window &window = windows[i];
    AffineExpr reach =
        simplifyDim((getResultSize(i) - 1) * window.stride +
                    window.getExtent() - window.padLow - getInputSize(i));
    AffineExpr pad = getAffineConstantExpr(window.padHigh, reach.getContext());
    std::optional<int64_t> constant = getConstantDim(reach);
    if (constant)
      return *constant > window.padHigh ? reach : pad;
    return window.ceilMode ? reach : pad;
  }

  Value pad(OpBuilder &builder, Value tensor, TypedAttr value,
            const KernelDims &dims) const;
  AffineMap getInputMap(MLIRContext *context) const;
  AffineMap getWindowMap(MLIRContext *context) const;
  SmallVector<utils::IteratorType> getIterators() const;
  /// A tensor without contents that gives the window's loops their sizes.
  Value createShape(OpBuilder &builder) const;

  Location loc;
  RankedTensorType input, result;
  unsigned first;
  SmallVector<Window> windows;
};
} // namespace

Value Windows::pad(OpBuilder &builder, Value tensor, TypedAttr value,
                   const KernelDims &dims) const {
  SmallVector<OpFoldResult> low, high;
  for (unsigned i = 0; i < getSpatialRank(); ++i) {
    low.push_back(builder.getIndexAttr(windows[i].padLow));
    AffineExpr reach = getReach(i);
    // where a stride leaves elements over, the last window ends before them,
    // and a size that is symbolic may reach less than the input
    bool isKnown = getConstantDim(reach).has_value();
    OpFoldResult amount = dims.get(builder, loc, reach);
    if (!isKnown) {
      Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
      amount = arith::MaxSIOp::create(builder, loc, cast<Value>(amount), zero)
                   .getResult();
    }
    high.push_back(amount);
  }
  Value padded = padSpatially(builder, loc, tensor, first, low, high, value);
  SmallVector<int64_t> extents, counts;
  for (unsigned i = 0; i < getSpatialRank(); ++i) {
    extents.push_back(windows[i].getExtent());
    counts.push_back(result.getDimSize(first + i));
  }
  return dropUnreached(builder, loc, padded, first, extents, counts);
}

AffineMap Windows::getInputMap(MLIRContext *context) const {
  unsigned rank = input.getRank(), loops = rank + getSpatialRank();
  SmallVector<AffineExpr> exprs;
  for (unsigned i = 0; i < rank; ++i)
    exprs.push_back(getAffineDimExpr(i, context));
  for (unsigned i = 0; i < getSpatialRank(); ++i)
    exprs[first + i] =
        exprs[first + i] * windows[i].stride +
        getAffineDimExpr(rank + i, context) * windows[i].dilation;
  return AffineMap::get(loops, 0, exprs, context);
}

AffineMap Windows::getWindowMap(MLIRContext *context) const {
  unsigned rank = input.getRank(), loops = rank + getSpatialRank();
  auto targets = llvm::to_vector(llvm::seq<unsigned>(rank, loops));
  return AffineMap::getMultiDimMapWithTargets(loops, targets, context);
}

SmallVector<utils::IteratorType> Windows::getIterators() const {
  SmallVector<utils::IteratorType> iterators(input.getRank(),
                                             utils::IteratorType::parallel);
  iterators.append(getSpatialRank(), utils::IteratorType::reduction);
  return iterators;
}

Value Windows::createShape(OpBuilder &builder) const {
  SmallVector<int64_t> shape;
  for (const Window &window : windows)
    shape.push_back(window.size);
  return tensor::EmptyOp::create(
      builder, loc, shape,
      getComputeType(getKernelType(input).getElementType()));
}

/// The result's dimensions among the loops.
static AffineMap getResultMap(const Windows &windows, MLIRContext *context) {
  unsigned rank = windows.result.getRank();
  return AffineMap::getMultiDimMapWithTargets(
      rank + windows.getSpatialRank(),
      llvm::to_vector(llvm::seq<unsigned>(0, rank)), context);
}

//===----------------------------------------------------------------------===//
// PoolOp
//===----------------------------------------------------------------------===//

/// How many of a window's places along dimension `i` count, at the result's
/// position `index`: those inside the input, or inside its padding.
static Value countPlaces(ImplicitLocOpBuilder &b, const Windows &windows,
                         unsigned i, Value index, Value inputSize,
                         bool includesPads) {
  const Window &window = windows.windows[i];
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, value);
  };
  Value zero = constant(0);
  Value start = arith::SubIOp::create(
      b, arith::MulIOp::create(b, index, constant(window.stride)),
      constant(window.padLow));
  Value low = constant(includesPads ? -window.padLow : 0);
  Value high = includesPads ? arith::AddIOp::create(b, inputSize,
                                                    constant(window.padHigh))
                                  .getResult()
                            : inputSize;
  // the number of places before `limit`
  auto countBefore = [&](Value limit) -> Value {
    Value room =
        arith::MaxSIOp::create(b, arith::SubIOp::create(b, limit, start), zero);
    Value places =
        arith::CeilDivSIOp::create(b, room, constant(window.dilation));
    return arith::MinSIOp::create(b, places, constant(window.size));
  };
  return arith::SubIOp::create(b, countBefore(high), countBefore(low));
}

/// Whether every window of `op` has all its places where they count.
static bool countsAllPlaces(PoolOp op, const Windows &windows) {
  for (unsigned i = 0; i < windows.getSpatialRank(); ++i) {
    const Window &window = windows.windows[i];
    bool hasPads = window.padLow != 0 || window.padHigh != 0;
    if ((hasPads && !op.getCountIncludePad()) ||
        windows.getReach(i) !=
            getAffineConstantExpr(window.padHigh, op.getContext()))
      return false;
  }
  return true;
}

static Value divideByPlaces(OpBuilder &builder, PoolOp op,
                            const Windows &windows, Value sums,
                            const KernelDims &dims) {
  Location loc = op.getLoc();
  NumberKind kind = getNumberKind(windows.input.getElementType());
  Type element = cast<RankedTensorType>(sums.getType()).getElementType();
  bool isConstant = countsAllPlaces(op, windows);
  int64_t all = 1;
  SmallVector<Value> sizes;
  for (unsigned i = 0; i < windows.getSpatialRank(); ++i) {
    all *= windows.windows[i].size;
    if (!isConstant)
      sizes.push_back(getValueOrCreateConstantIndexOp(
          builder, loc, dims.get(builder, loc, windows.getInputSize(i))));
  }
  Value init = createEmptyLike(builder, loc, sums, element);
  return createElementwise(
      builder, loc, sums, init,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
        ScalarBuilder b(nested, nestedLoc, kind);
        if (isConstant)
          return b.div(x[0], b.constant(element, all));
        Value count = arith::ConstantIndexOp::create(b, 1);
        for (unsigned i = 0; i < sizes.size(); ++i) {
          Value index = linalg::IndexOp::create(b, windows.first + i);
          count =
              arith::MulIOp::create(b, count,
                                    countPlaces(b, windows, i, index, sizes[i],
                                                op.getCountIncludePad()));
        }
        Value integer = arith::IndexCastOp::create(b, b.getI32Type(), count);
        Value divisor = ScalarBuilder(nested, nestedLoc, NumberKind::Signed)
                            .cast(integer, element, kind);
        return b.div(x[0], divisor);
      });
}

namespace {
struct PoolLowering
    : LinalgLoweringOpInterface::ExternalModel<PoolLowering, PoolOp> {
  Values lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                       const KernelDims &dims) const {
    auto pool = cast<PoolOp>(op);
    Location loc = op->getLoc();
    Windows windows(pool, pool.getChannelsLast() ? 1 : 2);
    Type element = windows.input.getElementType();
    TypedAttr neutral = getNeutralElement(pool.getKind(), element);
    Value input = windows.pad(builder, operands[0],
                              getPadding(builder, pool, neutral), dims);
    Value init = createFilled(builder, loc, windows.result, neutral, dims);
    MLIRContext *context = builder.getContext();
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
      ScalarBuilder b(nested, nestedLoc, getNumberKind(element));
      Value value = b.isFloat()
                        ? convertFloat(nested, nestedLoc, x[0], x[2].getType())
                        : x[0];
      linalg::YieldOp::create(nested, nestedLoc,
                              combine(b, pool.getKind(), x[2], value));
    };
    Value result =
        linalg::GenericOp::create(
            builder, loc, init.getType(),
            ValueRange{input, windows.createShape(builder)}, init,
            {windows.getInputMap(context), windows.getWindowMap(context),
             getResultMap(windows, context)},
            windows.getIterators(), body)
            .getResult(0);
    if (pool.getKind() == ReduceKind::mean)
      result = divideByPlaces(builder, pool, windows, result, dims);
    return SmallVector<Value>{narrowElements(
        builder, loc, result, getKernelType(windows.result).getElementType())};
  }

  /// The neutral element in the input's own type.
  static TypedAttr getPadding(OpBuilder &builder, PoolOp op,
                              TypedAttr neutral) {
    Type element =
        cast<RankedTensorType>(op.getInput().getType()).getElementType();
    auto number = dyn_cast<FloatAttr>(neutral);
    return number ? builder.getFloatAttr(element, number.getValueAsDouble())
                  : neutral;
  }
};

//===----------------------------------------------------------------------===//
// MaxPoolWithIndicesOp
//===----------------------------------------------------------------------===//

struct MaxPoolWithIndicesLowering
    : LinalgLoweringOpInterface::ExternalModel<MaxPoolWithIndicesLowering,
                                               MaxPoolWithIndicesOp> {
  Values lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                       const KernelDims &dims) const {
    auto pool = cast<MaxPoolWithIndicesOp>(op);
    Location loc = op->getLoc();
    Windows windows(pool, /*first=*/2);
    Type element = windows.input.getElementType();
    Type kernelElement = getKernelType(windows.input).getElementType();
    TypedAttr neutral = getNeutralElement(ReduceKind::maximum, element);
    Value values = createFilled(builder, loc, windows.result, neutral, dims),
          indices = createFilled(builder, loc, windows.result,
                                 builder.getI64IntegerAttr(0), dims);
    TypedAttr padding = neutral;
    if (auto number = dyn_cast<FloatAttr>(neutral))
      padding = builder.getFloatAttr(kernelElement, number.getValueAsDouble());
    Value input = windows.pad(builder, operands[0], padding, dims);
    SmallVector<Value> sizes;
    for (OpFoldResult size : dims.getSizes(builder, loc, windows.input))
      sizes.push_back(getValueOrCreateConstantIndexOp(builder, loc, size));
    MLIRContext *context = builder.getContext();
    auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
      ScalarBuilder b(nested, nestedLoc, getNumberKind(element));
      Value value = b.isFloat()
                        ? convertFloat(nested, nestedLoc, x[0], x[2].getType())
                        : x[0];
      Value isLarger = b.less(x[2], value);
      Value position = arith::IndexCastOp::create(
          b, b.getI64Type(),
          getPosition(b, windows, sizes, pool.getColumnMajor()));
      linalg::YieldOp::create(nested, nestedLoc,
                              ValueRange{b.select(isLarger, value, x[2]),
                                         b.select(isLarger, position, x[3])});
    };
    auto generic = linalg::GenericOp::create(
        builder, loc, TypeRange{values.getType(), indices.getType()},
        ValueRange{input, windows.createShape(builder)},
        ValueRange{values, indices},
        {windows.getInputMap(context), windows.getWindowMap(context),
         getResultMap(windows, context), getResultMap(windows, context)},
        windows.getIterators(), body);
    return SmallVector<Value>{
        narrowElements(builder, loc, generic.getResult(0), kernelElement),
        generic.getResult(1)};
  }

  /// Where the element that the loops look at lies in the input.
  static Value getPosition(ScalarBuilder &b, const Windows &windows,
                           ArrayRef<Value> sizes, bool columnMajor) {
    unsigned rank = sizes.size();
    SmallVector<Value> coordinates;
    for (unsigned i = 0; i < rank; ++i) {
      Value index = linalg::IndexOp::create(b, i);
      if (i >= windows.first) {
        const Window &window = windows.windows[i - windows.first];
        AffineExpr d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1);
        Value place = linalg::IndexOp::create(b, rank + i - windows.first);
        index = affine::AffineApplyOp::create(
            b,
            AffineMap::get(2, 0,
                           d0 * window.stride + d1 * window.dilation -
                               window.padLow),
            ValueRange{index, place});
      }
      coordinates.push_back(index);
    }
    SmallVector<unsigned> order = llvm::to_vector(llvm::seq<unsigned>(0, rank));
    if (columnMajor)
      std::reverse(order.begin() + windows.first, order.end());
    Value position = coordinates[0];
    for (unsigned dim : ArrayRef(order).drop_front())
      position = arith::AddIOp::create(
          b, arith::MulIOp::create(b, position, sizes[dim]), coordinates[dim]);
    return position;
  }
};
} // namespace

void tenon::attachWindowLowerings(MLIRContext *context) {
  PoolOp::attachInterface<PoolLowering>(*context);
  MaxPoolWithIndicesOp::attachInterface<MaxPoolWithIndicesLowering>(*context);
}
