//===- Export.h - the tenon dialect to ONNX ---------------------*- C++ -*-===//
#ifndef TENON_ONNX_EXPORT_H
#define TENON_ONNX_EXPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace tenon {

/// Writes `@main` of `module` as an ONNX model (opset 18) to `path`. Weights
/// over 1 GB lie beside it in `path`.data. Ops without an operator of their own
/// are written through their decomposition; those without one are diagnosed.
mlir::LogicalResult exportOnnx(mlir::ModuleOp module, llvm::StringRef path);

/// The same into memory, weights included. Nullopt after diagnostics.
std::optional<std::string> exportOnnxBytes(mlir::ModuleOp module);

/// Writes the ONNX model at `model` to `output` with other data in the
/// initializers that `values` names. Nothing else in it changes.
llvm::Error
replaceInitializers(llvm::StringRef model, llvm::StringRef output,
                    const llvm::StringMap<llvm::ArrayRef<char>> &values);

/// Runs ONNX's own checker, with full shape inference, on a serialized model.
llvm::Error checkOnnxBytes(llvm::StringRef bytes);

} // namespace tenon

#endif // TENON_ONNX_EXPORT_H
