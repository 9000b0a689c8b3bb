//===- TruePositions.cpp - NonZero and Compress ---------------------------===//

#include "TruePositions.h"
#include "ImportFunctions.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

Value tenon::createTruePositions(OnnxNode &node, Value mask) {
  NodeComposer c(node);
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

Value tenon::flatten(NodeComposer &c, Value value) {
  return c.reshape(value,
                   getProduct(getDims(getTensorTypeOf(value)), c.getContext()));
}

LogicalResult tenon::importNonZero(OnnxNode &node) {
  NodeComposer c(node);
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
    return c.create<SymbolicConstantOp>(RankedTensorType::get({rank, 1}, i64),
                                        DimsAttr::get(c.getContext(), sizes));
  };
  Value quotients =
      c.div(positions, column(getStrides(dims, node.getContext())));
  return node.setResult(node.create<ModOp>(quotients, column(dims)));
}

LogicalResult tenon::importCompress(OnnxNode &node) {
  NodeComposer c(node);
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
