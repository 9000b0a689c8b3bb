//===- ElementFolding.cpp - elementwise ops on small constants ------------===//

#include "ElementFolding.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

using namespace mlir;
using namespace tenon;

static constexpr int64_t maxElements = 256;

/// The elements of `attr` broadcast to `shape`, in row-major order.
template <typename Element>
static SmallVector<Element> getBroadcastElements(DenseElementsAttr attr,
                                                 ArrayRef<int64_t> shape) {
  SmallVector<Element> source(attr.getValues<Element>());
  ArrayRef<int64_t> sourceShape = attr.getType().getShape();
  int64_t count = ShapedType::getNumElements(shape);
  SmallVector<Element> result;
  for (int64_t linear = 0; linear < count; ++linear) {
    int64_t rest = linear, offset = 0, stride = 1;
    for (size_t i = 0; i < sourceShape.size(); ++i) {
      int64_t size = shape[shape.size() - 1 - i],
              sourceSize = sourceShape[sourceShape.size() - 1 - i];
      offset += sourceSize == 1 ? 0 : rest % size * stride;
      stride *= sourceSize;
      rest /= size;
    }
    result.push_back(source[offset]);
  }
  return result;
}

template <typename Element, typename Function>
static OpFoldResult foldAs(DenseElementsAttr lhs, DenseElementsAttr rhs,
                           RankedTensorType type, Function function) {
  bool isSplat = lhs.isSplat() && rhs.isSplat();
  SmallVector<int64_t> shape(isSplat ? ArrayRef<int64_t>() : type.getShape());
  SmallVector<Element> results;
  auto fold = [&](const Element &a, const Element &b) {
    std::optional<Element> result = function(a, b);
    if (result)
      results.push_back(*result);
    return result.has_value();
  };
  if (isSplat)
    return fold(lhs.getSplatValue<Element>(), rhs.getSplatValue<Element>())
               ? OpFoldResult(DenseElementsAttr::get(type, results))
               : OpFoldResult();
  auto a = getBroadcastElements<Element>(lhs, shape),
       b = getBroadcastElements<Element>(rhs, shape);
  for (auto [x, y] : llvm::zip_equal(a, b))
    if (!fold(x, y))
      return {};
  return DenseElementsAttr::get(type, results);
}

OpFoldResult tenon::foldElements(ArrayRef<Attribute> operands,
                                 RankedTensorType type, FloatFunction onFloats,
                                 IntegerFunction onIntegers) {
  auto lhs = dyn_cast_or_null<DenseElementsAttr>(operands[0]),
       rhs = dyn_cast_or_null<DenseElementsAttr>(operands[1]);
  if (!lhs || !rhs || !type.hasStaticShape() ||
      type.getNumElements() > maxElements || type.getNumElements() == 0)
    return {};
  if (isa<FloatType>(type.getElementType()))
    return foldAs<APFloat>(lhs, rhs, type, onFloats);
  return foldAs<APInt>(lhs, rhs, type, onIntegers);
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

static bool isUnsignedElement(Type type) {
  return type.isUnsignedInteger() || type.isInteger(1);
}

static APInt castToInteger(const APFloat &value, Type to) {
  if (to.isInteger(1))
    return APInt(1, value.isNonZero());
  // through 64 bits and the low ones of those, as the compiled cast
  APSInt wide(64, /*isUnsigned=*/false);
  bool isExact;
  value.convertToInteger(wide, APFloat::rmTowardZero, &isExact);
  return wide.trunc(to.getIntOrFloatBitWidth());
}

static APInt castToInteger(const APInt &value, Type from, Type to) {
  if (to.isInteger(1))
    return APInt(1, !value.isZero());
  unsigned width = to.getIntOrFloatBitWidth();
  return isUnsignedElement(from) ? value.zextOrTrunc(width)
                                 : value.sextOrTrunc(width);
}

static APFloat castToFloat(const APFloat &value, FloatType to) {
  APFloat result = value;
  bool losesInfo;
  result.convert(to.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return result;
}

static APFloat castToFloat(const APInt &value, Type from, FloatType to) {
  APFloat result(to.getFloatSemantics());
  result.convertFromAPInt(value, !isUnsignedElement(from),
                          APFloat::rmNearestTiesToEven);
  return result;
}

OpFoldResult tenon::castElements(Attribute operand, RankedTensorType from,
                                 Type to) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(operand);
  if (!dense || dense.getNumElements() == 0 ||
      (!dense.isSplat() && dense.getNumElements() > maxElements) ||
      !isa<FloatType, IntegerType>(from.getElementType()))
    return {};
  Type element = from.getElementType();
  auto type = RankedTensorType::get(from.getShape(), to);
  bool isFloat = isa<FloatType>(element);
  // splats have one raw value
  int64_t count = dense.isSplat() ? 1 : dense.getNumElements();
  if (auto floatType = dyn_cast<FloatType>(to)) {
    SmallVector<APFloat> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(
          isFloat
              ? castToFloat(dense.getValues<APFloat>()[i], floatType)
              : castToFloat(dense.getValues<APInt>()[i], element, floatType));
    return DenseElementsAttr::get(type, values);
  }
  SmallVector<APInt> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(
        isFloat ? castToInteger(dense.getValues<APFloat>()[i], to)
                : castToInteger(dense.getValues<APInt>()[i], element, to));
  return DenseElementsAttr::get(type, values);
}
