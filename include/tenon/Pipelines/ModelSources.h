//===- ModelSources.h - models that programs build --------------*- C++ -*-===//
#ifndef TENON_PIPELINES_MODELSOURCES_H
#define TENON_PIPELINES_MODELSOURCES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <functional>

namespace tenon {

/// Builds the model of a name. Fails after a diagnostic, for a name of none
/// too.
using ModelSource =
    std::function<mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>(
        llvm::StringRef name, mlir::MLIRContext &context)>;

/// Lets `readModel` take `SCHEME:NAME` for a model, for all contexts. To be
/// called before the first model is read.
void registerModelSource(llvm::StringRef scheme, ModelSource source);

/// What a model of this name on a command line or in a program's file comes
/// from, and its name there; null where it is the path of a file.
std::pair<const ModelSource *, llvm::StringRef>
findModelSource(llvm::StringRef model);

} // namespace tenon

#endif // TENON_PIPELINES_MODELSOURCES_H
