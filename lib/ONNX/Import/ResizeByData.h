//===- ResizeByData.h - Resize by scales that data decides ------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_RESIZEBYDATA_H
#define TENON_LIB_ONNX_IMPORT_RESIZEBYDATA_H

#include "OnnxNode.h"
#include "tenon/Dialect/Tenon/IR/ResizeOps.h"

namespace tenon {

/// What `tenon.resize` says by attributes, but for scales, regions and
/// antialiasing.
struct ResizeStyle {
  Interpolation interpolation;
  Coordinates coordinates;
  NearestRounding rounding;
  double cubicCoefficient;
  bool excludesOutside;
};

/// The node's operand 0, resampled along `axes` by the elements of `scales`.
mlir::Value resizeByData(OnnxNode &node, mlir::Value scales,
                         llvm::ArrayRef<int64_t> axes,
                         const ResizeStyle &style);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_RESIZEBYDATA_H
