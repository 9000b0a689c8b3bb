//===- Index.cpp - operators on positions ---------------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "mlir/IR/Matchers.h"
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
  NodeComposer c(node);
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
// ReverseSequence
//===----------------------------------------------------------------------===//

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
  NodeComposer c(node);
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
