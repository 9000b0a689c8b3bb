//===- Resize.cpp - the derivative of resampling --------------------------===//
//
// Resampling is a matrix along each dimension. The matrices are what the op
// makes of an identity matrix, so every way of interpolation has its transpose.
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ResizeOps.h"

using namespace mlir;
using namespace tenon;

static DenseF64ArrayAttr getRoiAlong(Composer &c, ResizeOp op, int64_t dim) {
  if (!op.getRoi())
    return {};
  ArrayRef<double> roi = *op.getRoi();
  return c.getDenseF64ArrayAttr({roi[dim], 0, roi[roi.size() / 2 + dim], 1});
}

/// [out, in]
static Value getMatrix(Composer &c, ResizeOp op, int64_t dim) {
  auto from = getTensorTypeOf(op.getOperand()),
       to = cast<RankedTensorType>(op.getType());
  AffineExpr in = getDim(from, dim), out = getDim(to, dim);
  Type element = from.getElementType();
  Value positions = c.countUp(in);
  Value identity = c.cast(c.compare(ComparisonPredicate::eq,
                                    c.alongAxis(positions, 0, 2), positions),
                          element);
  return ResizeOp::create(c, getTensorType({out, in}, element), identity,
                          c.getDenseF64ArrayAttr({op.getScales()[dim], 1}),
                          op.getInterpolationAttr(), op.getCoordinatesAttr(),
                          op.getRoundingAttr(), op.getCubicCoefficientAttr(),
                          op.getExcludeOutsideAttr(), op.getAntialiasAttr(),
                          c.getF32FloatAttr(0), getRoiAlong(c, op, dim));
}

static FailureOr<Value> transposeResize(ResizeOp op, Composer &c, Value v) {
  auto from = getTensorTypeOf(op.getOperand()),
       to = cast<RankedTensorType>(op.getType());
  int64_t rank = from.getRank();
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (getDim(from, dim) == getDim(to, dim))
      continue;
    // loops 0 .. rank - 1 of the cotangent, and the new size at `rank`
    auto identity = llvm::to_vector(llvm::seq<unsigned>(0, rank)),
         result = identity;
    result[dim] = rank;
    unsigned out = dim, in = rank;
    auto getMap = [&](ArrayRef<unsigned> loops) {
      return AffineMap::getMultiDimMapWithTargets(rank + 1, loops,
                                                  c.getContext());
    };
    v = ContractOp::create(
        c, v, getMatrix(c, op, dim),
        c.getAffineMapArrayAttr(
            {getMap(identity), getMap({out, in}), getMap(result)}),
        TypeAttr());
  }
  return v;
}

void tenon::attachResizeDerivatives(MLIRContext *context) {
  ResizeOp::attachInterface<LinearDerivative<ResizeOp, transposeResize>>(
      *context);
}
