//===- Windows.h - attributes of convolutions and pools ---------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_WINDOWS_H
#define TENON_LIB_ONNX_IMPORT_WINDOWS_H

#include "OnnxNode.h"

namespace tenon {

/// How a window moves: one number for each spatial dimension; `pads` holds the
/// amounts before, then those after the dimensions.
struct WindowAttributes {
  llvm::SmallVector<int64_t> sizes, strides, dilations, pads;
  /// What auto_pad adds before and after the dimensions where that follows from
  /// sizes of the run; empty where `pads` says all.
  llvm::SmallVector<mlir::AffineExpr> low, high;
};

/// `input` with the padding that `window` cannot say in numbers.
mlir::Value padForWindow(OnnxNode &node, mlir::Value input,
                         const WindowAttributes &window, double value);

/// Reads `kernel_shape` (or else takes `sizes`), `strides`, `dilations`, `pads`
/// and `auto_pad` of an operator on operand 0, `[N, C, spatial...]`.
mlir::FailureOr<WindowAttributes>
getWindowAttributes(OnnxNode &node,
                    std::optional<llvm::SmallVector<int64_t>> sizes);

/// Window sizes from the shape of weights, `[O, C, window...]`.
mlir::FailureOr<llvm::SmallVector<int64_t>> getWeightWindow(OnnxNode &node,
                                                            unsigned operand);

/// Splits `total` padding as auto_pad says: the odd element goes to the end for
/// SAME_UPPER, to the beginning for SAME_LOWER.
std::pair<int64_t, int64_t> splitPadding(int64_t total, bool isUpper);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_WINDOWS_H
