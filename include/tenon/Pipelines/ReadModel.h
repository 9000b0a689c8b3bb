//===- ReadModel.h - a model's file as a graph ------------------*- C++ -*-===//
#ifndef TENON_PIPELINES_READMODEL_H
#define TENON_PIPELINES_READMODEL_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <string>
#include <utility>

namespace tenon {

/// Reads `path` (.onnx, .mlir, .mlirbc) with dimensions fixed as `dims` says.
/// Fails after a diagnostic.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
readModel(llvm::StringRef path,
          llvm::ArrayRef<std::pair<std::string, int64_t>> dims,
          mlir::MLIRContext &context);

} // namespace tenon

#endif // TENON_PIPELINES_READMODEL_H
