//===- Convolution.h - convolutions from ONNX's attributes ------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_CONVOLUTION_H
#define TENON_LIB_ONNX_IMPORT_CONVOLUTION_H

#include "OnnxNode.h"

namespace tenon {

/// A convolution with the node's attributes, whose weights are operand
/// `weightOperand`, of values made from its operands.
mlir::Value createConv(OnnxNode &node, mlir::Value input, mlir::Value weights,
                       unsigned weightOperand);

/// Adds one number a channel (dimension 1); a null bias adds nothing.
mlir::Value addChannelBias(OnnxNode &node, mlir::Value value, mlir::Value bias);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_CONVOLUTION_H
