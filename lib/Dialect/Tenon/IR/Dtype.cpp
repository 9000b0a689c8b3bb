//===- Dtype.cpp - element types as the C interface numbers them ----------===//

#include "tenon/Dialect/Tenon/IR/Dtype.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace tenon;

std::optional<tenon_dtype> tenon::getDtype(Type type) {
  if (type.isF32())
    return TENON_FLOAT32;
  if (type.isF64())
    return TENON_FLOAT64;
  if (type.isF16())
    return TENON_FLOAT16;
  if (type.isBF16())
    return TENON_BFLOAT16;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return TENON_BOOL;
  case 8:
    return isUnsigned ? TENON_UINT8 : TENON_INT8;
  case 16:
    return isUnsigned ? TENON_UINT16 : TENON_INT16;
  case 32:
    return isUnsigned ? TENON_UINT32 : TENON_INT32;
  case 64:
    return isUnsigned ? TENON_UINT64 : TENON_INT64;
  default:
    return std::nullopt;
  }
}
