//===- ReadModel.h - a model's file as a graph ------------------*- C++ -*-===//
#ifndef TENON_PIPELINES_READMODEL_H
#define TENON_PIPELINES_READMODEL_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "tenon/Dialect/Tenon/Transforms/KeepState.h"
#include "tenon/ONNX/Import.h"
#include <string>
#include <utility>
#include <vector>

namespace tenon {

/// What users decide of a model when it is read.
struct FixedParts {
  /// Symbolic dimensions.
  std::vector<std::pair<std::string, int64_t>> dims;
  /// Inputs of ONNX models, as ImportOptions has their values.
  std::vector<std::pair<std::string, std::string>> values;
  /// Their initializers that stay inputs, as ImportOptions has them.
  std::vector<std::string> overrides = {};
  /// Inputs and outputs that become state.
  StatePairs state = {};
};

/// Reads `path` (.onnx, .mlir, .mlirbc, .toml: a program, or zoo:NAME, see
/// NamedModels.h) with `fixed` in it. Fails after a diagnostic; `valuesNeeded`,
/// if not null, gets the inputs whose values would have helped.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
readModel(llvm::StringRef path, const FixedParts &fixed,
          mlir::MLIRContext &context,
          std::vector<ModelInput> *valuesNeeded = nullptr);

/// Drops the functions that are not among `names`, unless that is empty, and
/// the states that only they use. Fails after a diagnostic for a name of none.
llvm::LogicalResult keepFunctions(mlir::ModuleOp module,
                                  llvm::ArrayRef<std::string> names);

} // namespace tenon

#endif // TENON_PIPELINES_READMODEL_H
