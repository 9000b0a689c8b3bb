//===- Types.h - ONNX types as MLIR's ---------------------------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_TYPES_H
#define TENON_LIB_ONNX_IMPORT_TYPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringMap.h"
#include <onnx/onnx_pb.h>

namespace tenon {

/// The element type for a TensorProto::DataType; null for strings, complex
/// numbers and unknown ones.
mlir::Type getElementType(mlir::MLIRContext *context, int32_t dataType);

/// The TensorProto::DataType of an element type; UNDEFINED where there is none.
int32_t getDataType(mlir::Type elementType);

/// ONNX's name of a data type, for diagnostics.
std::string getDataTypeName(int32_t dataType);

/// The type of a tensor `name`; dimensions that are 0, negative or absent get
/// symbols of their own, called after the tensor. Null after `emitError`.
mlir::RankedTensorType
importType(mlir::MLIRContext *context, llvm::StringRef name,
           const onnx::TypeProto &type, const llvm::StringMap<int64_t> &dims,
           llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The type for ONNX's function builders; dynamic dimensions have no value.
onnx::TypeProto exportType(mlir::RankedTensorType type);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_TYPES_H
