//===- DiagnosticPrinter.h - diagnostics for people -------------*- C++ -*-===//
#ifndef TENON_PIPELINES_DIAGNOSTICPRINTER_H
#define TENON_PIPELINES_DIAGNOSTICPRINTER_H

#include "mlir/IR/Diagnostics.h"

namespace tenon {

/// As long as it lives, prints a context's diagnostics about the model `path`,
/// one a line: `model.onnx: error: node "conv1": ...`.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::StringRef path,
                    llvm::raw_ostream &os);

private:
  std::string path;
  llvm::raw_ostream &os;
  mlir::ScopedDiagnosticHandler handler;

  mlir::LogicalResult print(mlir::Diagnostic &diagnostic);
};

} // namespace tenon

#endif // TENON_PIPELINES_DIAGNOSTICPRINTER_H
