//===- Reductions.cpp - what the kinds of reduction compute ---------------===//

#include "Reductions.h"
#include "ElementwiseLowering.h"

using namespace mlir;
using namespace tenon;

static APInt getExtremeInteger(Type type, bool smallest) {
  unsigned width = type.getIntOrFloatBitWidth();
  if (getNumberKind(type) == NumberKind::Unsigned)
    return smallest ? APInt::getMinValue(width) : APInt::getMaxValue(width);
  return smallest ? APInt::getSignedMinValue(width)
                  : APInt::getSignedMaxValue(width);
}

TypedAttr tenon::getNeutralElement(ReduceKind kind, Type elementType) {
  Type type = getComputeType(elementType);
  bool smallest = kind == ReduceKind::maximum;
  bool isExtreme = smallest || kind == ReduceKind::minimum;
  int64_t plain = kind == ReduceKind::product ? 1 : 0;
  if (auto floatType = dyn_cast<FloatType>(type)) {
    APFloat extreme = APFloat::getInf(floatType.getFloatSemantics(), smallest);
    return isExtreme ? FloatAttr::get(floatType, extreme)
                     : FloatAttr::get(floatType, static_cast<double>(plain));
  }
  auto signless =
      IntegerType::get(type.getContext(), type.getIntOrFloatBitWidth());
  return isExtreme
             ? IntegerAttr::get(signless, getExtremeInteger(type, smallest))
             : IntegerAttr::get(signless, plain);
}

Value tenon::combine(ScalarBuilder &builder, ReduceKind kind, Value accumulator,
                     Value element) {
  switch (kind) {
  case ReduceKind::sum:
  case ReduceKind::mean:
    return builder.add(accumulator, element);
  case ReduceKind::product:
    return builder.mul(accumulator, element);
  case ReduceKind::maximum:
    return builder.max(accumulator, element);
  case ReduceKind::minimum:
    return builder.min(accumulator, element);
  }
  llvm_unreachable("covered");
}

Value tenon::createFilled(OpBuilder &builder, Location loc,
                          RankedTensorType type, TypedAttr value,
                          const KernelDims &dims) {
  Value empty = tensor::EmptyOp::create(
      builder, loc, dims.getSizes(builder, loc, type), value.getType());
  Value scalar = arith::ConstantOp::create(builder, loc, value);
  return linalg::FillOp::create(builder, loc, scalar, empty).getResult(0);
}

Value tenon::narrowElements(OpBuilder &builder, Location loc, Value tensor,
                            Type elementType) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!isa<FloatType>(elementType) || type.getElementType() == elementType)
    return tensor;
  Value init = createEmptyLike(builder, loc, tensor, elementType);
  return createElementwise(
      builder, loc, tensor, init,
      [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
        return convertFloat(nested, nestedLoc, x[0], elementType);
      });
}
