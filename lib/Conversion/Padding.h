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

} // namespace tenon

#endif // TENON_LIB_CONVERSION_PADDING_H
