//===- Unique.cpp - which elements or slices there are --------------------===//

#include "ImportFunctions.h"
#include "TruePositions.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

/// Elements of a vector, or rows of a matrix, at positions that are there.
static Value take(NodeComposer &c, Value rows, Value positions) {
  return c.create<GatherOp>(rows, positions, /*axis=*/0, /*in_bounds=*/true);
}

/// Whether each element of the vector, or row of the matrix, `sorted` is unlike
/// the one before it.
static Value isFirstOfEquals(NodeComposer &c, Value sorted) {
  AffineExpr size = getDim(getTensorTypeOf(sorted), 0);
  Type i64 = c.getI64Type();
  Value places = c.countUp(size), one = c.constant(i64, 1),
        zero = c.constant(i64, 0);
  Value before = c.create<MaximumOp>(c.sub(places, one), zero);
  Value isUnlike =
      c.compare(ComparisonPredicate::ne, sorted, take(c, sorted, before));
  if (getTensorTypeOf(sorted).getRank() == 2)
    isUnlike = c.compare(
        ComparisonPredicate::ne,
        c.reshape(c.reduce(ReduceKind::maximum, c.cast(isUnlike, i64), 1),
                  size),
        zero);
  return c.create<OrOp>(isUnlike,
                        c.compare(ComparisonPredicate::eq, places, zero));
}

static Value moveAxis(NodeComposer &c, Value value, int64_t from, int64_t to) {
  SmallVector<int64_t> order =
      llvm::to_vector(llvm::seq<int64_t>(0, getTensorTypeOf(value).getRank()));
  order.erase(order.begin() + from);
  order.insert(order.begin() + to, from);
  return from == to ? value : c.create<TransposeOp>(value, order);
}

/// The vector's elements in ascending order, and where they were.
static std::pair<Value, Value> sort(NodeComposer &c, Value vector) {
  AffineExpr size = getDim(getTensorTypeOf(vector), 0);
  SmallVector<Value> sorted =
      c.createResults<TopKOp>(vector, DimsAttr::get(c.getContext(), size),
                              c.getI64IntegerAttr(0), c.getBoolAttr(false));
  return {sorted[0], sorted[1]};
}

/// Where the rows of a matrix are, in lexicographic order: they are sorted by
/// one column after the other, the last one first, and equal ones keep their
/// order.
static Value sortRows(NodeComposer &c, Value rows) {
  RankedTensorType type = getTensorTypeOf(rows);
  Value columns = c.create<TransposeOp>(rows, ArrayRef<int64_t>{1, 0});
  Value first = c.countUp(getDim(type, 0));
  // ends when its body does, and needs no check before
  OpBuilder &builder = c.getBuilder();
  auto scan = ScanOp::create(
      builder, c.getLoc(), first.getType(), first, columns,
      DimsAttr::get(c.getContext(), getDim(type, 1)), ArrayRef<bool>{true});
  OpBuilder::InsertionGuard guard(builder);
  Type column = getTensorType(getDim(type, 0), type.getElementType());
  Block *body = builder.createBlock(
      &scan.getBody(), {}, {first.getType(), column}, {c.getLoc(), c.getLoc()});
  Value order = body->getArgument(0);
  auto [sorted, places] = sort(c, take(c, body->getArgument(1), order));
  YieldOp::create(builder, c.getLoc(), take(c, order, places));
  return scan.getResult(0);
}

/// `result[positions[i]] = values[i]`, for positions that are a permutation.
static Value permute(NodeComposer &c, Value values, Value positions) {
  Value zeros = c.zeros(getTensorTypeOf(values));
  return c.create<ScatterElementsOp>(
      zeros, positions, values, c.getI64IntegerAttr(0),
      CombinerAttr::get(c.getContext(), Combiner::replace));
}

/// Equal elements are neighbours once they are sorted. What is asked for in the
/// order of first occurrence is sorted again, by that.
LogicalResult tenon::importUnique(OnnxNode &node) {
  NodeComposer c(node);
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
      c.sub(c.create<CumSumOp>(c.cast(isFirst, i64), 0, false, false),
            c.constant(i64, 1));
  // where each group ends: where the next one begins
  Value places = c.countUp(size), one = c.constant(i64, 1);
  Value last = c.sub(c.sizeOf(size, i64), one);
  Value next = take(c, firsts, c.create<MinimumOp>(c.add(places, one), last));
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
