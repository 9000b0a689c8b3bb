//===- QuantizeOps.cpp - between numbers and their quantised form ---------===//

#include "tenon/Dialect/Tenon/IR/QuantizeOps.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/QuantizeOps.cpp.inc"

/// Blocks along `axis` are of one size, but for the last, and as many as there
/// are numbers.
static LogicalResult verifyBlocks(Operation *op, RankedTensorType input,
                                  RankedTensorType type, int64_t axis) {
  for (auto [i, size, count] :
       llvm::enumerate(input.getShape(), type.getShape())) {
    if (ShapedType::isDynamic(size) || ShapedType::isDynamic(count))
      continue;
    bool fits = int64_t(i) != axis ? count == size
                : count < 1 || count > size
                    ? false
                    : llvm::divideCeil(size, llvm::divideCeil(size, count)) ==
                          uint64_t(count);
    if (!fits)
      return op->emitOpError("expects a number for each block along dimension ")
             << axis << " of " << input << ", got " << type;
  }
  return success();
}

/// Scale or zero point: one number, one for each index along `axis`, or one for
/// each block.
static LogicalResult verifyParameter(Operation *op, Value parameter,
                                     int64_t axis) {
  RankedTensorType input = getTensorTypeOf(op->getOperand(0)),
                   type = getTensorTypeOf(parameter);
  bool isScalar = type.getRank() == 0 ||
                  (type.hasStaticShape() && type.getNumElements() == 1);
  if (isScalar)
    return success();
  if (axis < 0 || axis >= input.getRank())
    return op->emitOpError("expects an axis from 0 to ")
           << input.getRank() - 1 << ", got " << axis;
  if (type.getRank() == input.getRank() && type.getRank() != 1)
    return verifyBlocks(op, input, type, axis);
  int64_t size = input.getDimSize(axis);
  if (type.getRank() != 1 ||
      (size >= 0 && type.getDimSize(0) >= 0 && type.getDimSize(0) != size))
    return op->emitOpError("expects one number or ")
           << size << " (dimension " << axis << " of the input), got " << type;
  return success();
}

/// Repeats each element along `axis` so that it covers its block.
static Value repeatBlocks(Composer &c, Value parameter, RankedTensorType input,
                          int64_t axis) {
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(parameter));
  AffineExpr size = getDim(input, axis);
  AffineExpr block = simplifyDim(size.ceilDiv(dims[axis]));
  SmallVector<AffineExpr> split = dims, repeated = dims, joined = dims;
  split.insert(split.begin() + axis + 1, c.getAffineConstantExpr(1));
  repeated.insert(repeated.begin() + axis + 1, block);
  joined[axis] = simplifyDim(dims[axis] * block);
  Type element = getTensorTypeOf(parameter).getElementType();
  Value copies = BroadcastOp::create(c, getTensorType(repeated, element),
                                     c.reshape(parameter, split));
  Value result = c.reshape(copies, joined);
  if (joined[axis] == size)
    return result;
  // the last block is not whole
  joined[axis] = size;
  SmallVector<AffineExpr> starts(dims.size(), c.getAffineConstantExpr(0));
  return SliceOp::create(
      c, getTensorType(joined, element), result,
      DimsAttr::get(c.getContext(), starts),
      c.getDenseI64ArrayAttr(SmallVector<int64_t>(dims.size(), 1)));
}

/// The parameter in a shape that broadcasts to the input.
static Value alignParameter(Composer &c, Value parameter,
                            RankedTensorType input, int64_t axis) {
  RankedTensorType type = getTensorTypeOf(parameter);
  if (type.hasStaticShape() && type.getNumElements() == 1)
    return c.reshape(parameter, {});
  if (type.getRank() == 1 && input.getRank() >= 1)
    return c.alongAxis(parameter, axis, input.getRank());
  return repeatBlocks(c, parameter, input, axis);
}

//===----------------------------------------------------------------------===//
// QuantizeLinearOp
//===----------------------------------------------------------------------===//

LogicalResult QuantizeLinearOp::inferReturnTypes(MLIRContext *,
                                                 std::optional<Location> loc,
                                                 Adaptor adaptor,
                                                 SmallVectorImpl<Type> &types) {
  if (!isa<IntegerType>(adaptor.getTo()))
    return emitOptionalError(loc,
                             "expected an integer type to quantise to, "
                             "got ",
                             adaptor.getTo());
  types.push_back(
      withElementType(getTensorTypeOf(adaptor.getInput()), adaptor.getTo()));
  return success();
}

LogicalResult QuantizeLinearOp::verify() {
  if (failed(verifyParameter(*this, getScale(), getAxis())))
    return failure();
  return getZeroPoint() ? verifyParameter(*this, getZeroPoint(), getAxis())
                        : success();
}

FailureOr<SmallVector<Value>> QuantizeLinearOp::decompose(OpBuilder &builder) {
  Composer c(getLoc(), builder);
  RankedTensorType type = getTensorTypeOf(getInput());
  auto to = cast<IntegerType>(getTo());
  Type f32 = c.getF32Type();
  Value scale = alignParameter(c, getScale(), type, getAxis());
  Value steps =
      RoundOp::create(c, c.div(c.cast(getInput(), f32), c.cast(scale, f32)));
  if (getZeroPoint()) {
    Value zero = alignParameter(c, getZeroPoint(), type, getAxis());
    steps = c.add(steps, c.cast(zero, f32));
  }
  bool isUnsigned = to.isUnsigned();
  unsigned bits = to.getWidth();
  double least = isUnsigned ? 0 : -std::ldexp(1, bits - 1),
         largest = std::ldexp(1, isUnsigned ? bits : bits - 1) - 1;
  Value low = MaximumOp::create(c, steps, c.constant(f32, least));
  Value clipped = MinimumOp::create(c, low, c.constant(f32, largest));
  return SmallVector<Value>{c.cast(clipped, to)};
}

//===----------------------------------------------------------------------===//
// DequantizeLinearOp
//===----------------------------------------------------------------------===//

LogicalResult
DequantizeLinearOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                     Adaptor adaptor,
                                     SmallVectorImpl<Type> &types) {
  types.push_back(
      withElementType(getTensorTypeOf(adaptor.getInput()),
                      getTensorTypeOf(adaptor.getScale()).getElementType()));
  return success();
}

LogicalResult DequantizeLinearOp::verify() {
  if (failed(verifyParameter(*this, getScale(), getAxis())))
    return failure();
  return getZeroPoint() ? verifyParameter(*this, getZeroPoint(), getAxis())
                        : success();
}

FailureOr<SmallVector<Value>>
DequantizeLinearOp::decompose(OpBuilder &builder) {
  Composer c(getLoc(), builder);
  RankedTensorType type = getTensorTypeOf(getInput());
  // differences of 8-bit numbers need more bits; those of 32 are exact enough
  Type f32 = c.getF32Type();
  Value steps = c.cast(getInput(), c.getI32Type());
  if (getZeroPoint()) {
    Value zero = alignParameter(c, getZeroPoint(), type, getAxis());
    steps = c.sub(steps, c.cast(zero, c.getI32Type()));
  }
  Value scale = alignParameter(c, getScale(), type, getAxis());
  Value result = c.mul(c.cast(steps, f32), c.cast(scale, f32));
  return SmallVector<Value>{
      c.cast(result, getTensorTypeOf(getScale()).getElementType())};
}
