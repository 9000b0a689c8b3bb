//===- Attention.cpp - softmax(scale * Q K^T + mask) V --------------------===//

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeRules.h"

using namespace mlir;
using namespace tenon;

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *context,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto query = getTensorTypeOf(adaptor.getQuery()),
       key = getTensorTypeOf(adaptor.getKey()),
       value = getTensorTypeOf(adaptor.getValue());
  for (RankedTensorType type : {query, key, value})
    if (type.getRank() != 4)
      return emitOptionalError(
          loc,
          "expected query, key and value [batch, heads, rows, columns], "
          "got ",
          type);
  if (query.getDimSize(3) != key.getDimSize(3))
    return emitOptionalError(loc,
                             "expected queries and keys of equal length, "
                             "got ",
                             query.getDimSize(3), " and ", key.getDimSize(3));
  int64_t heads = query.getDimSize(1), keyHeads = key.getDimSize(1);
  if (ShapedType::isDynamic(heads) || ShapedType::isDynamic(keyHeads) ||
      keyHeads != value.getDimSize(1) || heads % keyHeads != 0)
    return emitOptionalError(
        loc,
        "expected a number of heads that those of keys and values divide, "
        "got ",
        heads, ", ", keyHeads, " and ", value.getDimSize(1));
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
