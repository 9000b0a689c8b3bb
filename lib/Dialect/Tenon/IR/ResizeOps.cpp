//===- ResizeOps.cpp - resampling -----------------------------------------===//

#include "tenon/Dialect/Tenon/IR/ResizeOps.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ResizeOps.cpp.inc"

LogicalResult ResizeOp::verify() {
  auto from = cast<RankedTensorType>(getOperand().getType()),
       to = cast<RankedTensorType>(getType());
  if (from.getRank() != to.getRank() ||
      from.getElementType() != to.getElementType())
    return emitOpError("expects a result of the operand's rank and element "
                       "type, got ")
           << from << " and " << to;
  if (static_cast<int64_t>(getScales().size()) != from.getRank())
    return emitOpError("expects ")
           << from.getRank() << " scales, got " << getScales().size();
  for (auto [size, wanted] : llvm::zip_equal(from.getShape(), to.getShape()))
    if (size == 0 && wanted != 0)
      return emitOpError("expects elements to resample, got ") << from;
  bool isCropped = getCoordinates() == Coordinates::tf_crop_and_resize;
  if (isCropped && (!getRoi() || static_cast<int64_t>(getRoi()->size()) !=
                                     2 * from.getRank()))
    return emitOpError("expects a 'roi' of ")
           << 2 * from.getRank() << " numbers for tf_crop_and_resize";
  if (getInterpolation() != Interpolation::nearest &&
      !isa<FloatType, IntegerType>(from.getElementType()))
    return emitOpError("expects numbers to interpolate, got ") << from;
  return success();
}

/// A product and a sum for each neighbour that has a weight; antialiasing's
/// wider windows are not counted.
AffineExpr ResizeOp::getFlops() {
  AffineExpr elements = getNumElements(getResult());
  if (getInterpolation() == Interpolation::nearest || !elements)
    return getAffineConstantExpr(0, getContext());
  int64_t perDim = getInterpolation() == Interpolation::linear ? 2 : 4,
          neighbours = 1;
  for (auto [from, to] :
       llvm::zip_equal(getDims(cast<RankedTensorType>(getOperand().getType())),
                       getDims(cast<RankedTensorType>(getType()))))
    if (from != to)
      neighbours *= perDim;
  return elements * neighbours * 2;
}
