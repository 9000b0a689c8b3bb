//===- Attention.cpp - softmax(scale * Q K^T + mask) V --------------------===//

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeRules.h"

using namespace mlir;
using namespace tenon;

/// Diagnoses sizes that differ where both are known.
static LogicalResult checkEqualSizes(std::optional<Location> loc,
                                     StringRef what, int64_t lhs, int64_t rhs) {
  if (lhs == rhs || ShapedType::isDynamic(lhs) || ShapedType::isDynamic(rhs))
    return success();
  return emitOptionalError(loc, "expected ", what, ", got ", lhs, " and ", rhs);
}

static LogicalResult checkShapes(std::optional<Location> loc,
                                 RankedTensorType query, RankedTensorType key,
                                 RankedTensorType value) {
  for (RankedTensorType type : {query, key, value}) {
    if (type.getRank() != 4)
      return emitOptionalError(
          loc,
          "expected query, key and value [batch, heads, rows, columns], "
          "got ",
          type);
    if (type.getElementType() != query.getElementType())
      return emitOptionalError(
          loc, "expected query, key and value of one element type, got ",
          query.getElementType(), " and ", type.getElementType());
  }
  int64_t heads = query.getDimSize(1), keyHeads = key.getDimSize(1);
  if (ShapedType::isDynamic(heads) || ShapedType::isDynamic(keyHeads) ||
      keyHeads < 1 || keyHeads != value.getDimSize(1) || heads % keyHeads != 0)
    return emitOptionalError(
        loc,
        "expected a number of heads that those of keys and values divide, "
        "got ",
        heads, ", ", keyHeads, " and ", value.getDimSize(1));
  return failure(
      failed(checkEqualSizes(loc, "queries and keys of equal length",
                             query.getDimSize(3), key.getDimSize(3))) ||
      failed(checkEqualSizes(loc, "a value for each key", key.getDimSize(2),
                             value.getDimSize(2))) ||
      failed(checkEqualSizes(loc, "queries and keys of one batch",
                             query.getDimSize(0), key.getDimSize(0))) ||
      failed(checkEqualSizes(loc, "queries and values of one batch",
                             query.getDimSize(0), value.getDimSize(0))));
}

/// The mask has to broadcast to the scores.
static LogicalResult checkMask(std::optional<Location> loc,
                               RankedTensorType mask, RankedTensorType query,
                               RankedTensorType key) {
  Type element = mask.getElementType();
  if (!isa<FloatType>(element) && !element.isInteger(1))
    return emitOptionalError(loc, "expected a mask of floats or booleans, got ",
                             mask);
  SmallVector<AffineExpr> scores{getDim(query, 0), getDim(query, 1),
                                 getDim(query, 2), getDim(key, 2)};
  if (broadcastsTo(mask, scores))
    return success();
  return emitOptionalError(loc, "expected a mask that broadcasts to ",
                           getTensorType(scores, element), ", got ", mask);
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *context,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto query = getTensorTypeOf(adaptor.getQuery()),
       key = getTensorTypeOf(adaptor.getKey()),
       value = getTensorTypeOf(adaptor.getValue());
  if (failed(checkShapes(loc, query, key, value)) ||
      (adaptor.getMask() &&
       failed(checkMask(loc, getTensorTypeOf(adaptor.getMask()), query, key))))
    return failure();
  SmallVector<AffineExpr> dims = getDims(query);
  dims[3] = getDim(value, 3);
  types.push_back(getTensorType(dims, query.getElementType()));
  return success();
}

static ArrayAttr getMaps(Builder &builder, ArrayRef<unsigned> lhs,
                         ArrayRef<unsigned> rhs, ArrayRef<unsigned> result) {
  auto getMap = [&](ArrayRef<unsigned> loops) -> Attribute {
    return AffineMapAttr::get(
        AffineMap::getMultiDimMapWithTargets(6, loops, builder.getContext()));
  };
  return builder.getArrayAttr({getMap(lhs), getMap(rhs), getMap(result)});
}

static Value maskScores(Composer &c, Value scores, Value mask) {
  if (!getTensorTypeOf(mask).getElementType().isInteger(1))
    return c.add(scores,
                 c.cast(mask, getTensorTypeOf(scores).getElementType()));
  return SelectOp::create(c, mask, scores, c.constant(scores, -INFINITY));
}

/// Query s of S sees key t of T where t - (T - S) <= s.
static Value maskCausally(Composer &c, Value scores) {
  RankedTensorType type = getTensorTypeOf(scores);
  AffineExpr rows = getDim(type, 2), columns = getDim(type, 3);
  Value behind = SymbolicConstantOp::create(
      c, getTensorType({}, c.getI64Type()),
      DimsAttr::get(c.getContext(), simplifyDim(columns - rows)));
  Value row = c.alongAxis(c.add(c.countUp(rows), behind), 0, 2);
  Value visible =
      CompareOp::create(c, ComparisonPredicate::le, c.countUp(columns), row);
  return maskScores(c, scores, visible);
}

FailureOr<SmallVector<Value>> AttentionOp::decompose(OpBuilder &builder) {
  Composer c(getLoc(), builder);
  auto type = cast<RankedTensorType>(getType());
  SmallVector<AffineExpr> query = getDims(getTensorTypeOf(getQuery())),
                          key = getDims(getTensorTypeOf(getKey()));
  AffineExpr groups = simplifyDim(query[1].floorDiv(key[1]));
  // loops: batch 0, key head 1, its query heads 2, query row 3, column 4, key
  // row 5
  Value grouped =
      c.reshape(getQuery(), {query[0], key[1], groups, query[2], query[3]});
  Value products = ContractOp::create(
      c, grouped, getKey(),
      getMaps(c, {0, 1, 2, 3, 4}, {0, 1, 5, 4}, {0, 1, 2, 3, 5}), TypeAttr());
  Value scores = c.reshape(products, {query[0], query[1], query[2], key[2]});
  scores = c.mul(scores, c.constant(scores, getScale().convertToDouble()));
  if (getCausal())
    scores = maskCausally(c, scores);
  if (getMask())
    scores = maskScores(c, scores, getMask());
  Value weights = SoftmaxOp::create(c, scores, /*axis=*/3);
  Value regrouped =
      c.reshape(weights, {query[0], key[1], groups, query[2], key[2]});
  Value sums = ContractOp::create(
      c, regrouped, getValue(),
      getMaps(c, {0, 1, 2, 3, 5}, {0, 1, 5, 4}, {0, 1, 2, 3, 4}), TypeAttr());
  return SmallVector<Value>{c.reshape(sums, getDims(type))};
}
