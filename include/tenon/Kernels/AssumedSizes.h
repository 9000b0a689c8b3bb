//===- AssumedSizes.h - sizes to decide with --------------------*- C++ -*-===//
#ifndef TENON_KERNELS_ASSUMEDSIZES_H
#define TENON_KERNELS_ASSUMEDSIZES_H

#include "mlir/IR/BuiltinTypes.h"

namespace tenon {

/// What a decision that needs a number takes for a size that a run finds out.
inline constexpr int64_t kAssumedDynamicSize = 128;

inline int64_t getAssumedSize(int64_t size) {
  return mlir::ShapedType::isDynamic(size) ? kAssumedDynamicSize : size;
}

inline int64_t getAssumedProduct(llvm::ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    product *= getAssumedSize(size);
  return product;
}

} // namespace tenon

#endif // TENON_KERNELS_ASSUMEDSIZES_H
