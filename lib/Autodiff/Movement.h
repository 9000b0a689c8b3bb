//===- Movement.h - elements put elsewhere, for several rules ---*- C++ -*-===//
#ifndef TENON_LIB_AUTODIFF_MOVEMENT_H
#define TENON_LIB_AUTODIFF_MOVEMENT_H

#include "tenon/Dialect/Tenon/IR/Composer.h"

namespace tenon {

/// Zeros before and after each dimension; negative amounts cut off.
mlir::Value padWithZeros(Composer &c, mlir::Value value,
                         llvm::ArrayRef<mlir::AffineExpr> low,
                         llvm::ArrayRef<mlir::AffineExpr> high);

/// `step - 1` zeros behind each element along `dim`.
mlir::Value dilateDim(Composer &c, mlir::Value value, int64_t dim,
                      int64_t step);

/// `size` elements along `axis` from `start` on.
mlir::Value sliceRange(Composer &c, mlir::Value value, int64_t axis,
                       mlir::AffineExpr start, mlir::AffineExpr size);

/// The transpose of a gather along `axis` of a tensor of `type`: slices of the
/// dimension go back to where `indices` say, and those of one place add up.
mlir::Value addSlices(Composer &c, mlir::Value value, mlir::Value indices,
                      int64_t axis, mlir::RankedTensorType type, bool inBounds);

/// The elements of `value` in one dimension.
mlir::Value flatten(Composer &c, mlir::Value value);

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_MOVEMENT_H
