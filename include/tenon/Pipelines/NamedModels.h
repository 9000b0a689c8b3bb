//===- NamedModels.h - models that are known by name ------------*- C++ -*-===//
#ifndef TENON_PIPELINES_NAMEDMODELS_H
#define TENON_PIPELINES_NAMEDMODELS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace tenon {

/// Where a model's file is expected, `zoo:NAME` is a model that a program has
/// of its own (`tenon` those of models/). This library knows none.
inline constexpr llvm::StringLiteral namedModelPrefix = "zoo:";

/// Builds the model called `name`. Fails after a diagnostic, which lists the
/// names where there is none.
using NamedModelBuilder = mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> (
        *)(llvm::StringRef name, mlir::MLIRContext &context);

/// Has readModel build named models so. To be called before any is read.
void setNamedModels(NamedModelBuilder builder);

/// Builds the model that `zoo:NAME` stands for. Fails after a diagnostic.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
buildNamedModel(llvm::StringRef path, mlir::MLIRContext &context);

} // namespace tenon

#endif // TENON_PIPELINES_NAMEDMODELS_H
