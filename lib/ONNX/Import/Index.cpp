//===- Index.cpp - operators on positions ---------------------------------===//

#include "ImportFunctions.h"
#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include <cmath>

using namespace mlir;
using namespace tenon;

static Value toInt64(OnnxNode &node, Value value) {
  Type i64 = node.getBuilder().getI64Type();
  if (!value || getElementTypeOrSelf(value.getType()) == i64)
    return value;
  return node.create<CastOp>(value, TypeAttr::get(i64));
}

static Value compare(OnnxNode &node, ComparisonPredicate predicate, Value lhs,
                     Value rhs) {
  return node.create<CompareOp>(
      ComparisonPredicateAttr::get(node.getContext(), predicate), lhs, rhs);
}

/// 0, 1, ... along `axis` of a tensor of `rank`, whose other sizes are 1.
static Value createPositions(OnnxNode &node, AffineExpr size, int64_t axis,
                             int64_t rank) {
  SmallVector<AffineExpr> dims(rank,
                               getAffineConstantExpr(1, node.getContext()));
  dims[axis] = size;
  return node.create<IotaOp>(
      getTensorType(dims, node.getBuilder().getI64Type()),
      node.getBuilder().getI64IntegerAttr(axis));
}

//===----------------------------------------------------------------------===//
// Scatter, TopK
//===----------------------------------------------------------------------===//

static std::optional<Combiner> getCombiner(OnnxNode &node) {
  StringRef reduction = node.getText("reduction", "none");
  std::optional<Combiner> combiner =
      reduction == "none" ? Combiner::replace : symbolizeCombiner(reduction);
  if (!combiner)
    node.emitError() << "expected attribute \"reduction\" to be none, add, "
                        "mul, max or min, got \""
                     << reduction << "\"";
  return combiner;
}

LogicalResult tenon::importScatterElements(OnnxNode &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), node.getOperandRank(0));
  std::optional<Combiner> combiner = getCombiner(node);
  if (failed(axis) || !combiner)
    return failure();
  return node.setResult(node.create<ScatterElementsOp>(
      node.getOperand(0), node.getOperand(1), node.getOperand(2),
      node.getBuilder().getI64IntegerAttr(*axis),
      CombinerAttr::get(node.getContext(), *combiner)));
}

LogicalResult tenon::importScatterND(OnnxNode &node) {
  std::optional<Combiner> combiner = getCombiner(node);
  if (!combiner)
    return failure();
  return node.setResult(node.create<ScatterNDOp>(
      node.getOperand(0), node.getOperand(1), node.getOperand(2),
      CombinerAttr::get(node.getContext(), *combiner)));
}

LogicalResult tenon::importTopK(OnnxNode &node) {
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", -1), node.getOperandRank(0));
  SmallVector<AffineExpr> constant = {
      getAffineConstantExpr(node.getInt("k", 0), node.getContext())};
  FailureOr<SmallVector<AffineExpr>> k =
      node.hasAttribute("k") ? FailureOr<SmallVector<AffineExpr>>(constant)
                             : node.getPartialOperand(1, "K");
  if (failed(axis) || failed(k))
    return failure();
  if (k->size() != 1)
    return node.emitError()
           << "expected one element in input 1 (K), got " << k->size();
  if (!k->front())
    k = node.getSizes(node.getOperand(1),
                      getDim(node.getOperandType(0), *axis));
  auto op = node.create<TopKOp>(
      node.getOperand(0), DimsAttr::get(node.getContext(), *k),
      node.getBuilder().getI64IntegerAttr(*axis),
      node.getBuilder().getBoolAttr(node.getInt("largest", 1)));
  return op ? node.setResults(op->getResults()) : failure();
}

//===----------------------------------------------------------------------===//
// OneHot, Trilu, EyeLike
//===----------------------------------------------------------------------===//

/// Element `index` of the vector `values`, as a scalar.
static Value extract(OnnxNode &node, Value values, int64_t index) {
  Value element = node.create<GatherOp>(
      values, node.createScalar(node.getBuilder().getI64Type(), index),
      node.getBuilder().getI64IntegerAttr(0));
  return element;
}

LogicalResult tenon::importOneHot(OnnxNode &node) {
  int64_t rank = node.getOperandRank(0) + 1;
  FailureOr<int64_t> axis = node.normalizeAxis(node.getInt("axis", -1), rank);
  FailureOr<AffineExpr> depth = node.getShapeScalar(1, "depth");
  if (failed(axis) || failed(depth))
    return failure();
  MLIRContext *context = node.getContext();
  Type i64 = node.getBuilder().getI64Type();
  Value indices = toInt64(node, node.getOperand(0));
  Value isNegative = compare(node, ComparisonPredicate::lt, indices,
                             node.createScalar(i64, 0));
  Composer c(node.getLoc(), node.getBuilder());
  Value wrapped = node.create<AddOp>(indices, c.sizeOf(*depth, i64));
  indices = node.create<SelectOp>(isNegative, wrapped, indices);
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  dims.insert(dims.begin() + *axis, getAffineConstantExpr(1, context));
  Value isHot =
      compare(node, ComparisonPredicate::eq, node.createReshape(indices, dims),
              createPositions(node, *depth, *axis, rank));
  Value values = node.getOperand(2);
  return node.setResult(node.create<SelectOp>(isHot, extract(node, values, 1),
                                              extract(node, values, 0)));
}

/// Whether column - row of the last two dimensions is `offset`.
static Value createDiagonalMask(OnnxNode &node, int64_t offset) {
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  Value rows = createPositions(node, dims[dims.size() - 2], 0, 2);
  Value columns = createPositions(node, dims.back(), 1, 2);
  Value shifted = node.create<AddOp>(
      rows, node.createScalar(node.getBuilder().getI64Type(), offset));
  return compare(node, ComparisonPredicate::eq, columns, shifted);
}

LogicalResult tenon::importTrilu(OnnxNode &node) {
  RankedTensorType type = node.getOperandType(0);
  if (type.getRank() < 2)
    return node.emitError() << "expected matrices, got rank " << type.getRank();
  int64_t offset = 0;
  if (node.getOperand(1)) {
    FailureOr<int64_t> k = node.getIntScalar(1, "k");
    if (failed(k))
      return failure();
    offset = *k;
  }
  return node.setResult(node.create<TriluOp>(node.getOperand(0), offset,
                                             node.getInt("upper", 1) != 0));
}

LogicalResult tenon::importEyeLike(OnnxNode &node) {
  RankedTensorType type = node.getOperandType(0);
  if (type.getRank() != 2)
    return node.emitError() << "expected a matrix, got rank " << type.getRank();
  Type elementType = node.hasAttribute("dtype")
                         ? node.getElementTypeAttribute("dtype")
                         : type.getElementType();
  if (!elementType)
    return failure();
  Value mask = createDiagonalMask(node, node.getInt("k", 0));
  return node.setResult(node.create<CastOp>(mask, TypeAttr::get(elementType)));
}

//===----------------------------------------------------------------------===//
// Range
//===----------------------------------------------------------------------===//

static std::optional<double> getConstantNumber(OnnxNode &node, unsigned index) {
  DenseElementsAttr constant;
  if (failed(node.evaluateOperand(index)) ||
      !matchPattern(node.getOperand(index), m_Constant(&constant)) ||
      constant.getNumElements() != 1 ||
      !isa<FloatType>(constant.getElementType()))
    return std::nullopt;
  return (*constant.value_begin<APFloat>()).convertToDouble();
}

/// The number of elements as the program computes it from data:
/// ceil((limit - start) / delta), 0 at least.
static AffineExpr computeRangeSize(OnnxNode &node) {
  Composer c(node.getLoc(), node.getBuilder());
  Value length = c.sub(node.getOperand(1), node.getOperand(0));
  Value delta = node.getOperand(2), count;
  if (isa<FloatType>(getTensorTypeOf(delta).getElementType())) {
    count = c.cast(CeilOp::create(c, c.div(length, delta)), c.getI64Type());
  } else {
    length = c.cast(length, c.getI64Type());
    delta = c.cast(delta, c.getI64Type());
    Value quotient = c.div(length, delta), zero = c.constant(length, 0);
    Value rest = c.sub(length, c.mul(quotient, delta));
    Value isMore = c.compare(ComparisonPredicate::gt, c.mul(rest, delta), zero);
    count = c.add(quotient, c.cast(isMore, c.getI64Type()));
  }
  count = MaximumOp::create(c, count, c.constant(count, 0));
  return node.getSizes(count).front();
}

/// How many elements Range has; null after a diagnostic.
static AffineExpr getRangeSize(OnnxNode &node) {
  MLIRContext *context = node.getContext();
  constexpr StringLiteral names[] = {"start", "limit", "delta"};
  for (auto [index, name] : llvm::enumerate(names)) {
    RankedTensorType type = node.getOperandType(index);
    if (type.hasStaticShape() && type.getNumElements() == 1)
      continue;
    node.emitError() << "expected one element in input " << index << " ("
                     << name << "), got " << type;
    return {};
  }
  if (isa<FloatType>(node.getOperandType(0).getElementType())) {
    auto start = getConstantNumber(node, 0);
    auto limit = getConstantNumber(node, 1);
    auto delta = getConstantNumber(node, 2);
    if (delta && *delta == 0) {
      node.emitError() << "expected a delta other than 0";
      return {};
    }
    if (start && limit && delta) {
      double size = std::ceil((*limit - *start) / *delta);
      if (size <= maxTensorElements)
        return getAffineConstantExpr(std::max(0.0, size), context);
      node.emitError() << "expected at most " << maxTensorElements
                       << " elements, got " << size;
      return {};
    }
    return computeRangeSize(node);
  }
  FailureOr<SmallVector<AffineExpr>> start = node.getPartialOperand(0, "start");
  FailureOr<SmallVector<AffineExpr>> limit = node.getPartialOperand(1, "limit");
  FailureOr<SmallVector<AffineExpr>> delta = node.getPartialOperand(2, "delta");
  if (failed(start) || failed(limit) || failed(delta))
    return {};
  std::optional<int64_t> step =
      delta->front() ? getConstantDim(delta->front()) : std::nullopt;
  if (step == 0) {
    node.emitError() << "expected a delta other than 0";
    return {};
  }
  if (!step || !start->front() || !limit->front())
    return computeRangeSize(node);
  AffineExpr length = *step > 0 ? limit->front() - start->front()
                                : start->front() - limit->front();
  // no range has elements beyond the largest one's
  int64_t stride =
      std::abs(std::clamp(*step, -maxTensorElements, maxTensorElements));
  AffineExpr size = simplifyDim(simplifyDim(length).ceilDiv(stride));
  return getConstantDim(size).value_or(0) < 0
             ? getAffineConstantExpr(0, context)
             : size;
}

LogicalResult tenon::importRange(OnnxNode &node) {
  AffineExpr size = getRangeSize(node);
  if (!size)
    return failure();
  Type elementType = node.getOperandType(0).getElementType();
  Value positions = createPositions(node, size, 0, 1);
  if (positions && !elementType.isInteger(64))
    positions = node.create<CastOp>(positions, TypeAttr::get(elementType));
  Value scaled = node.create<MulOp>(positions, node.getOperand(2));
  return node.setResult(node.create<AddOp>(scaled, node.getOperand(0)));
}

/// Element t of a sequence of length l comes from l - 1 - t, where that is not
/// negative; what lies behind the sequence stays.
LogicalResult tenon::importReverseSequence(OnnxNode &node) {
  int64_t timeAxis = node.getInt("time_axis", 0),
          batchAxis = node.getInt("batch_axis", 1);
  RankedTensorType type = node.getOperandType(0);
  bool areAxes =
      (timeAxis == 0 && batchAxis == 1) || (timeAxis == 1 && batchAxis == 0);
  if (type.getRank() < 2 || !areAxes)
    return node.emitError() << "expected time_axis and batch_axis to be 0 and "
                               "1 in some order, got "
                            << timeAxis << " and " << batchAxis;
  Composer c(node.getLoc(), node.getBuilder());
  AffineExpr steps = getDim(type, timeAxis), one = c.getAffineConstantExpr(1);
  SmallVector<AffineExpr> timeDims{one, one}, batchDims = timeDims;
  timeDims[timeAxis] = steps;
  batchDims[batchAxis] = getDim(type, batchAxis);
  Value time = c.reshape(c.countUp(steps), timeDims),
        lengths =
            c.reshape(c.cast(node.getOperand(1), c.getI64Type()), batchDims);
  Value last = c.sub(lengths, c.constant(c.getI64Type(), 1));
  Value isInside = c.compare(ComparisonPredicate::lt, time, lengths);
  Value source = c.select(isInside, c.sub(last, time), time);
  // one index for each element
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(source));
  dims.append(type.getRank() - 2, one);
  Value indices = c.broadcastTo(c.reshape(source, dims),
                                withElementType(type, c.getI64Type()));
  return node.setResult(node.create<GatherElementsOp>(
      node.getOperand(0), indices,
      node.getBuilder().getI64IntegerAttr(timeAxis)));
}

//===----------------------------------------------------------------------===//
// Sizes that follow from data: NonZero, Compress, Unique
//===----------------------------------------------------------------------===//

/// The positions at which `mask`, a vector, is true.
static Value createTruePositions(OnnxNode &node, Value mask) {
  Composer c(node.getLoc(), node.getBuilder());
  Type i64 = c.getI64Type();
  AffineExpr length = getDim(getTensorTypeOf(mask), 0);
  Value count = c.reshape(c.reduce(ReduceKind::sum, c.cast(mask, i64), 0), {});
  AffineExpr size = node.getSizes(count, length).front();
  return node.create<TruePositionsOp>(getTensorType(size, i64), mask);
}

/// The products of the dimensions behind each one.
static SmallVector<AffineExpr> getStrides(ArrayRef<AffineExpr> dims,
                                          MLIRContext *context) {
  return llvm::map_to_vector(llvm::seq<size_t>(0, dims.size()), [&](size_t i) {
    return getProduct(dims.drop_front(i + 1), context);
  });
}

static Value flatten(Composer &c, Value value) {
  return c.reshape(value,
                   getProduct(getDims(getTensorTypeOf(value)), c.getContext()));
}

LogicalResult tenon::importNonZero(OnnxNode &node) {
  Composer c(node.getLoc(), node.getBuilder());
  Value x = node.getOperand(0);
  if (!getTensorTypeOf(x).getElementType().isInteger(1))
    x = c.compare(ComparisonPredicate::ne, x, c.constant(x, 0));
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(x));
  auto rank = static_cast<int64_t>(dims.size());
  Value positions = createTruePositions(node, flatten(c, x));
  if (!positions)
    return failure();
  Type i64 = c.getI64Type();
  // a row of coordinates for each dimension
  auto column = [&](ArrayRef<AffineExpr> sizes) -> Value {
    return SymbolicConstantOp::create(c, RankedTensorType::get({rank, 1}, i64),
                                      DimsAttr::get(c.getContext(), sizes));
  };
  Value quotients =
      c.div(positions, column(getStrides(dims, node.getContext())));
  return node.setResult(node.create<ModOp>(quotients, column(dims)));
}

LogicalResult tenon::importCompress(OnnxNode &node) {
  Composer c(node.getLoc(), node.getBuilder());
  Value x = node.getOperand(0), condition = node.getOperand(1);
  if (getTensorTypeOf(condition).getRank() != 1)
    return node.emitError() << "expected a condition of rank 1, got "
                            << getTensorTypeOf(condition).getRank();
  FailureOr<int64_t> axis = 0;
  if (node.hasAttribute("axis"))
    axis = node.normalizeAxis(node.getInt("axis", 0), node.getOperandRank(0));
  else
    x = flatten(c, x);
  if (failed(axis))
    return failure();
  // what is behind the dimension's end does not count
  AffineExpr length = getDim(getTensorTypeOf(condition), 0),
             least = getMinDim(length, getDim(getTensorTypeOf(x), *axis));
  if (length != least)
    condition = node.create<SliceOp>(
        getTensorType(least, c.getI1Type()), condition,
        DimsAttr::get(c.getContext(), c.getAffineConstantExpr(0)),
        c.getDenseI64ArrayAttr(1));
  Value positions = condition ? createTruePositions(node, condition) : Value();
  return positions ? node.setResult(node.create<GatherOp>(
                         x, positions, c.getI64IntegerAttr(*axis)))
                   : failure();
}

/// Elements of a vector, or rows of a matrix, at positions that are there.
static Value take(Composer &c, Value rows, Value positions) {
  return GatherOp::create(c, rows, positions, /*axis=*/0, /*in_bounds=*/true);
}

/// Whether each element of the vector, or row of the matrix, `sorted` is unlike
/// the one before it.
static Value isFirstOfEquals(Composer &c, Value sorted) {
  AffineExpr size = getDim(getTensorTypeOf(sorted), 0);
  Type i64 = c.getI64Type();
  Value places = c.countUp(size), one = c.constant(i64, 1),
        zero = c.constant(i64, 0);
  Value before = MaximumOp::create(c, c.sub(places, one), zero);
  Value isUnlike =
      c.compare(ComparisonPredicate::ne, sorted, take(c, sorted, before));
  if (getTensorTypeOf(sorted).getRank() == 2)
    isUnlike = c.compare(
        ComparisonPredicate::ne,
        c.reshape(c.reduce(ReduceKind::maximum, c.cast(isUnlike, i64), 1),
                  size),
        zero);
  return OrOp::create(c, isUnlike,
                      c.compare(ComparisonPredicate::eq, places, zero));
}

static Value moveAxis(Composer &c, Value value, int64_t from, int64_t to) {
  SmallVector<int64_t> order =
      llvm::to_vector(llvm::seq<int64_t>(0, getTensorTypeOf(value).getRank()));
  order.erase(order.begin() + from);
  order.insert(order.begin() + to, from);
  return from == to ? value : TransposeOp::create(c, value, order).getResult();
}

/// The vector's elements in ascending order, and where they were.
static std::pair<Value, Value> sort(Composer &c, Value vector) {
  AffineExpr size = getDim(getTensorTypeOf(vector), 0);
  auto sorted = TopKOp::create(c, vector, DimsAttr::get(c.getContext(), size),
                               c.getI64IntegerAttr(0), c.getBoolAttr(false));
  return {sorted.getValues(), sorted.getIndices()};
}

/// Where the rows of a matrix are, in lexicographic order: they are sorted by
/// one column after the other, the last one first, and equal ones keep their
/// order.
static Value sortRows(Composer &c, Value rows) {
  RankedTensorType type = getTensorTypeOf(rows);
  Value columns = TransposeOp::create(c, rows, ArrayRef<int64_t>{1, 0});
  Value first = c.countUp(getDim(type, 0));
  auto scan = ScanOp::create(c, first.getType(), first, columns,
                             DimsAttr::get(c.getContext(), getDim(type, 1)),
                             ArrayRef<bool>{true});
  OpBuilder::InsertionGuard guard(c);
  Type column = getTensorType(getDim(type, 0), type.getElementType());
  Block *body = c.createBlock(&scan.getBody(), {}, {first.getType(), column},
                              {c.getLoc(), c.getLoc()});
  Value order = body->getArgument(0);
  auto [sorted, places] = sort(c, take(c, body->getArgument(1), order));
  YieldOp::create(c, take(c, order, places));
  return scan.getResult(0);
}

/// `result[positions[i]] = values[i]`, for positions that are a permutation.
static Value permute(Composer &c, Value values, Value positions) {
  Value zeros = c.zeros(getTensorTypeOf(values));
  return ScatterElementsOp::create(
      c, zeros, positions, values, c.getI64IntegerAttr(0),
      CombinerAttr::get(c.getContext(), Combiner::replace));
}

/// Equal elements are neighbours once they are sorted. What is asked for in the
/// order of first occurrence is sorted again, by that.
LogicalResult tenon::importUnique(OnnxNode &node) {
  Composer c(node.getLoc(), node.getBuilder());
  Value x = node.getOperand(0);
  int64_t rank = getTensorTypeOf(x).getRank();
  SmallVector<AffineExpr> slice;
  FailureOr<int64_t> axis = 0;
  bool hasSlices = node.hasAttribute("axis") && rank != 1;
  if (hasSlices) {
    axis = node.normalizeAxis(node.getInt("axis", 0), rank);
    if (failed(axis))
      return failure();
    x = moveAxis(c, x, *axis, 0);
    slice = getDims(getTensorTypeOf(x));
    AffineExpr count = slice.front();
    slice.erase(slice.begin());
    x = c.reshape(x, {count, getProduct(slice, c.getContext())});
  } else {
    x = flatten(c, x);
  }
  AffineExpr length = getDim(getTensorTypeOf(x), 0);
  Value sorted, order;
  if (hasSlices) {
    order = sortRows(c, x);
    sorted = take(c, x, order);
  } else {
    std::tie(sorted, order) = sort(c, x);
  }
  Value isFirst = isFirstOfEquals(c, sorted);
  Value firsts = createTruePositions(node, isFirst);
  if (!firsts)
    return failure();
  Type i64 = c.getI64Type();
  AffineExpr size = getDim(getTensorTypeOf(firsts), 0);
  // the number of the group that each sorted element is in
  Value groups =
      c.sub(CumSumOp::create(c, c.cast(isFirst, i64), 0, false, false),
            c.constant(i64, 1));
  // where each group ends: where the next one begins
  Value places = c.countUp(size), one = c.constant(i64, 1);
  Value last = c.sub(c.sizeOf(size, i64), one);
  Value next = take(c, firsts, MinimumOp::create(c, c.add(places, one), last));
  Value ends = c.select(c.compare(ComparisonPredicate::eq, places, last),
                        c.sizeOf(length, i64), next);
  Value values = take(c, sorted, firsts), indices = take(c, order, firsts),
        counts = c.sub(ends, firsts);
  if (!node.getInt("sorted", 1)) {
    auto [occurrences, ranks] = sort(c, indices);
    indices = occurrences;
    values = take(c, values, ranks);
    counts = take(c, counts, ranks);
    groups = take(c, permute(c, c.countUp(size), ranks), groups);
  }
  if (hasSlices) {
    slice.insert(slice.begin(), size);
    values = moveAxis(c, c.reshape(values, slice), 0, *axis);
  }
  return node.setResults({values, indices, permute(c, groups, order), counts});
}

//===----------------------------------------------------------------------===//
// NonMaxSuppression
//===----------------------------------------------------------------------===//

/// A scalar operand, or what it is where it is absent.
static Value getScalar(OnnxNode &node, unsigned index, Type type,
                       double otherwise) {
  Value operand = node.getOperand(index);
  return operand ? node.createReshape(operand, {})
                 : node.createScalar(type, otherwise);
}

LogicalResult tenon::importNonMaxSuppression(OnnxNode &node) {
  Composer c(node.getLoc(), node.getBuilder());
  MLIRContext *context = node.getContext();
  RankedTensorType type = node.getOperandType(1);
  if (type.getRank() != 3)
    return node.emitError()
           << "expected scores of rank 3, got " << type.getRank();
  SmallVector<AffineExpr> dims = getDims(type);
  Value limit = getScalar(node, 2, c.getI64Type(), 0);
  Value overlap = getScalar(node, 3, c.getF32Type(), 0),
        threshold = getScalar(node, 4, c.getF32Type(),
                              -std::numeric_limits<float>::infinity());
  AffineExpr most = dims[2];
  if (auto known = getSymbolicElements(limit))
    most =
        getMinDim(most, getMaxDim(known->front(), c.getAffineConstantExpr(0)));
  AffineExpr bound = getProduct({dims[0], dims[1], most}, context);
  auto order =
      node.create<TopKOp>(node.getOperand(1), DimsAttr::get(context, dims[2]),
                          c.getI64IntegerAttr(2), c.getBoolAttr(true));
  if (!order || node.hasFailed())
    return failure();
  auto op = node.create<NonMaxSuppressionOp>(
      node.getOperand(0), node.getOperand(1), order.getIndices(), limit,
      overlap, threshold, DimsAttr::get(context, bound),
      node.getInt("center_point_box", 0) ? UnitAttr::get(context) : UnitAttr());
  if (!op)
    return failure();
  AffineExpr count = node.getSizes(op.getCount(), bound).front();
  AffineExpr zero = c.getAffineConstantExpr(0);
  return node.setResult(node.create<SliceOp>(
      getTensorType({count, c.getAffineConstantExpr(3)}, c.getI64Type()),
      op.getSelected(), DimsAttr::get(context, {zero, zero}),
      c.getDenseI64ArrayAttr({1, 1})));
}
