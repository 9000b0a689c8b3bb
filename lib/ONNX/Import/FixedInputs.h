//===- FixedInputs.h - inputs that become constants -------------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_FIXEDINPUTS_H
#define TENON_LIB_ONNX_IMPORT_FIXEDINPUTS_H

#include "mlir/IR/Diagnostics.h"
#include <onnx/onnx_pb.h>
#include <optional>

namespace tenon {

/// The value that `text` gives `input`: the tensor in a file .pb, or whole
/// numbers "1,2,3", which become a tensor of rank 1, or 0 where the input is a
/// scalar. Nothing after a diagnostic.
std::optional<onnx::TensorProto>
readFixedInput(llvm::StringRef text, const onnx::ValueInfoProto &input,
               llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_FIXEDINPUTS_H
