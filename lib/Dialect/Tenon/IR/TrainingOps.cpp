//===- TrainingOps.cpp - what only training runs --------------------------===//

#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/TrainingOps.cpp.inc"

using Values = FailureOr<SmallVector<Value>>;

//===----------------------------------------------------------------------===//
// StopGradientOp, DropoutOp
//===----------------------------------------------------------------------===//

LogicalResult StopGradientOp::inferReturnTypes(MLIRContext *,
                                               std::optional<Location>,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getOperand().getType());
  return success();
}

Values StopGradientOp::decompose(OpBuilder &) {
  return SmallVector<Value>{getOperand()};
}

LogicalResult DropoutOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  double ratio = adaptor.getRatio().convertToDouble();
  if (!(ratio >= 0 && ratio < 1))
    return emitOptionalError(loc,
                             "expected a ratio of at least 0 and below 1, "
                             "got ",
                             ratio);
  types.push_back(adaptor.getOperand().getType());
  return success();
}

Values DropoutOp::decompose(OpBuilder &) {
  return SmallVector<Value>{getOperand()};
}

//===----------------------------------------------------------------------===//
// RandomUniformOp
//===----------------------------------------------------------------------===//

/// lowbias32 (Chris Wellons, "Prospecting for Hash Functions", 2018).
static Value hash(Composer &c, Value x) {
  auto shiftAndMix = [&](int64_t bits) {
    x = XorOp::create(c, x, ShiftRightOp::create(c, x, c.constant(x, bits)));
  };
  shiftAndMix(16);
  x = c.mul(x, c.constant(x, 0x7feb352d));
  shiftAndMix(15);
  x = c.mul(x, c.constant(x, 0x846ca68b));
  shiftAndMix(16);
  return x;
}

LogicalResult RandomUniformOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!getProduct(getDims(type), getContext()))
    return emitOpError("expects a result of known sizes, got ") << type;
  return success();
}

Values RandomUniformOp::decompose(OpBuilder &builder) {
  Composer c(getLoc(), builder);
  auto type = cast<RankedTensorType>(getType());
  Type word = IntegerType::get(c.getContext(), 32, IntegerType::Unsigned);
  Value seed = hash(c, c.cast(getSeed(), word));
  Value stream =
      hash(c, c.add(seed,
                    c.constant(word, uint32_t(getStream() * 0x9E3779B9u + 1))));
  AffineExpr size = getProduct(getDims(type), c.getContext());
  Value index = IotaOp::create(c, getTensorType(size, word), /*axis=*/0);
  Value bits = hash(c, c.add(hash(c, XorOp::create(c, index, seed)), stream));
  Value top = ShiftRightOp::create(c, bits, c.constant(bits, 8));
  Value number = c.mul(c.cast(c.cast(top, c.getI32Type()), c.getF32Type()),
                       c.constant(c.getF32Type(), 0x1p-24));
  return SmallVector<Value>{c.reshape(number, getDims(type))};
}
