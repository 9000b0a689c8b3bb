//===- Tensors.h - ONNX tensors as attributes -------------------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_TENSORS_H
#define TENON_LIB_ONNX_IMPORT_TENSORS_H

#include "ExternalData.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace tenon {

/// `tensor` as `dense` when it is small, else as `dense_resource<name>` that
/// refers to its mapped bytes. Null after `emitError`.
mlir::ElementsAttr
importTensor(mlir::MLIRContext *context, llvm::StringRef name,
             const onnx::TensorProto &tensor, ExternalData &externalData,
             llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_TENSORS_H
