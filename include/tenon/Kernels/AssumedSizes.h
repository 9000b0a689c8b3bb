//===- AssumedSizes.h - sizes to decide with --------------------*- C++ -*-===//
#ifndef TENON_KERNELS_ASSUMEDSIZES_H
#define TENON_KERNELS_ASSUMEDSIZES_H

#include "mlir/IR/BuiltinTypes.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "llvm/Support/MathExtras.h"

namespace tenon {

/// What a decision that needs a number takes for a size that a run finds out.
inline constexpr int64_t kAssumedDynamicSize = 128;

inline int64_t getAssumedSize(int64_t size) {
  return mlir::ShapedType::isDynamic(size) ? kAssumedDynamicSize : size;
}

/// A tensor with many sizes that a run finds out may seem to be larger than any
/// is: the product stops at that, so that costs computed from it do not
/// overflow.
inline int64_t getAssumedProduct(llvm::ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    if (llvm::MulOverflow(product, getAssumedSize(size), product) ||
        product > maxTensorElements)
      product = maxTensorElements;
  return product;
}

/// The number that an expression of sizes is about, at most that of the largest
/// tensor's elements.
inline int64_t getAssumedValue(mlir::AffineExpr expr) {
  llvm::DenseMap<mlir::AffineExpr, mlir::AffineExpr> assumed;
  expr.walk([&](mlir::AffineExpr part) {
    if (mlir::isa<mlir::AffineSymbolExpr>(part))
      assumed[part] =
          getAffineConstantExpr(kAssumedDynamicSize, expr.getContext());
  });
  return std::min(
      getConstantDim(simplifyDim(expr.replace(assumed))).value_or(0),
      maxTensorElements);
}

} // namespace tenon

#endif // TENON_KERNELS_ASSUMEDSIZES_H
