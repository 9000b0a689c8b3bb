//===- Models.h - the networks of the model zoo -----------------*- C++ -*-===//
#ifndef TENON_MODELS_MODELS_H
#define TENON_MODELS_MODELS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace tenon::models {

using Module = mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>;

/// A network with initial weights that follow from `seed`.
struct Model {
  llvm::StringLiteral name;
  llvm::StringLiteral summary;
  Module (*build)(mlir::MLIRContext &context, uint64_t seed);
};

/// All networks, sorted by name.
llvm::ArrayRef<Model> getModels();

/// The network called `name`. Fails after a diagnostic, which lists the names,
/// where there is none.
Module buildModel(llvm::StringRef name, mlir::MLIRContext &context,
                  uint64_t seed = 0);

Module buildGan(mlir::MLIRContext &context, uint64_t seed);
Module buildLeNet(mlir::MLIRContext &context, uint64_t seed);
Module buildMlp(mlir::MLIRContext &context, uint64_t seed);
Module buildResNet20(mlir::MLIRContext &context, uint64_t seed);

} // namespace tenon::models

#endif // TENON_MODELS_MODELS_H
