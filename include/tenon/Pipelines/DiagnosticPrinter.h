//===- DiagnosticPrinter.h - diagnostics for people -------------*- C++ -*-===//
#ifndef TENON_PIPELINES_DIAGNOSTICPRINTER_H
#define TENON_PIPELINES_DIAGNOSTICPRINTER_H

#include "mlir/IR/Diagnostics.h"

#include <set>
#include <string>

namespace tenon {

/// As long as it lives, prints a context's diagnostics about the model `path`,
/// one a line: `model.onnx: error: node "conv1": ...`. Equal remarks are
/// printed once.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::StringRef path,
                    llvm::raw_ostream &os);

private:
  std::string path;
  llvm::raw_ostream &os;
  std::set<std::pair<const void *, std::string>> remarks;
  mlir::ScopedDiagnosticHandler handler;

  mlir::LogicalResult print(mlir::Diagnostic &diagnostic);
};

} // namespace tenon

#endif // TENON_PIPELINES_DIAGNOSTICPRINTER_H
