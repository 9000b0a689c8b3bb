//===- Padding.h - borders and gaps of convolutions' inputs -----*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_PADDING_H
#define TENON_LIB_CONVERSION_PADDING_H

#include "mlir/IR/Builders.h"

namespace tenon {

/// `tensor` with `value` before and after its dimensions from `first` on;
/// itself where there is nothing to add.
mlir::Value padSpatially(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value tensor, unsigned first,
                         llvm::ArrayRef<mlir::OpFoldResult> low,
                         llvm::ArrayRef<mlir::OpFoldResult> high,
                         mlir::TypedAttr value);

/// `tensor` without what lies behind the only window along a dimension:
/// `extents[i]` elements remain of dimension `first + i` where `counts[i]`
/// is 1. With the loop over a single window folded away, the tensor's size
/// would be taken for that of the loop over the window's places.
mlir::Value dropUnreached(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value tensor, unsigned first,
                          llvm::ArrayRef<int64_t> extents,
                          llvm::ArrayRef<int64_t> counts);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_PADDING_H
