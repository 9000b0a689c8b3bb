//===- ProgramFile.h - program.toml -----------------------------*- C++ -*-===//
//
// A program of functions from several models, as docs/Programs.md describes it.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_PIPELINES_PROGRAMFILE_H
#define TENON_PIPELINES_PROGRAMFILE_H

#include "mlir/IR/Location.h"
#include "tenon/Pipelines/ReadModel.h"

#include <optional>

namespace tenon {

/// [functions.NAME]
struct ProgramFunction {
  std::string name;
  /// The model's file or name, and which of its functions this is; empty: the
  /// only one.
  std::string model, function;
  FixedParts fixed;
  mlir::Location loc;
};

/// [states.NAME]: what differs from what the models say.
struct ProgramState {
  std::string name;
  std::optional<std::string> kind;
  /// Dimensions by name.
  std::vector<std::pair<std::string, int64_t>> capacity;
  mlir::Location loc;
};

struct ProgramFile {
  std::vector<ProgramFunction> functions; ///< in the order of the file
  std::vector<ProgramState> states;
};

/// Reads a program's file; paths in it are relative to its folder. Fails after
/// diagnostics with its lines: for what is no TOML, for unknown keys, values of
/// unlike types, and missing ones.
mlir::FailureOr<ProgramFile> readProgramFile(llvm::StringRef path,
                                             mlir::MLIRContext &context);

/// Reads all models of the program at `path` into one module: their functions
/// under the names that the program gives them, and their states, shared by
/// name. `fixed` is fixed in each of the models besides.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
readProgram(llvm::StringRef path, const FixedParts &fixed,
            mlir::MLIRContext &context,
            std::vector<ModelInput> *valuesNeeded = nullptr);

} // namespace tenon

#endif // TENON_PIPELINES_PROGRAMFILE_H
