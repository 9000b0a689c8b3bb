//===- NodeDiagnostics.h - diagnostics that name their node -----*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_NODEDIAGNOSTICS_H
#define TENON_LIB_ONNX_IMPORT_NODEDIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/Twine.h"
#include <string>

namespace tenon {

/// While it lives, diagnostics begin with the node, initializer ... that is
/// being imported. Those of a function's body name the inner node last.
class PrefixedDiagnostics : public mlir::ScopedDiagnosticHandler {
public:
  PrefixedDiagnostics(mlir::MLIRContext *context, const llvm::Twine &prefix);
};

/// While it lives, diagnostics are at the model's file.
class FileDiagnostics : public mlir::ScopedDiagnosticHandler {
public:
  FileDiagnostics(mlir::MLIRContext *context, llvm::StringRef file);
};

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_NODEDIAGNOSTICS_H
