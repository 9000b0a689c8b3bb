//===- TruePositions.h - positions that data chooses ------------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_TRUEPOSITIONS_H
#define TENON_LIB_ONNX_IMPORT_TRUEPOSITIONS_H

#include "NodeComposer.h"

namespace tenon {

/// The positions at which `mask`, a vector, is true: as many as a run counts.
mlir::Value createTruePositions(OnnxNode &node, mlir::Value mask);

/// `value` as a vector.
mlir::Value flatten(NodeComposer &c, mlir::Value value);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_TRUEPOSITIONS_H
