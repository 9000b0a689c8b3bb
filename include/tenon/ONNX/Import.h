//===- Import.h - ONNX models into the tenon dialect ------------*- C++ -*-===//
#ifndef TENON_ONNX_IMPORT_H
#define TENON_ONNX_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "tenon/Dialect/Tenon/Transforms/EvaluateConstants.h"
#include "llvm/ADT/StringMap.h"
#include <string>
#include <vector>

namespace tenon {

/// An input of a model: its name, and which one it is.
struct ModelInput {
  std::string name;
  unsigned index;
};

struct ImportOptions {
  /// Values for named dimensions (`--dim NAME=N`). A name that the model's
  /// inputs lack is an error.
  llvm::StringMap<int64_t> dims;
  /// Values for inputs (`--value NAME=V`), which become constants: a file .pb
  /// with a tensor, or whole numbers "1,2,3".
  llvm::StringMap<std::string> values;
  /// Initializers that are inputs, too, and stay inputs (`--override NAME`):
  /// patterns, where `*` stands for any characters. Of the others the value in
  /// the file counts, unless `values` has one. A pattern that fits none is an
  /// error.
  std::vector<std::string> overrides;
  /// If not null, gets the inputs whose values an op wanted to know, for they
  /// decide its result's type; they are reasons why the import failed.
  std::vector<ModelInput> *valuesNeeded = nullptr;
  /// Computes values that decide a result's type, and follow from constants and
  /// sizes; null: such values are diagnosed as unknown.
  ConstantEvaluator evaluator;
};

/// Reads the model at `path` into a module with one function `@main`:
/// - arguments and results carry the model's names as attribute `tenon.name`;
///   initializers that are also inputs are constants, unless `options` says
///   otherwise;
/// - weights are `dense_resource` constants whose bytes stay in the mapped file
///   (the resources keep the mapping alive), constants under 1 KB are `dense`;
/// - a node's name is its ops' location.
/// Problems are diagnostics of `context`, unsupported operators all at once.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importOnnx(llvm::StringRef path, const ImportOptions &options,
           mlir::MLIRContext &context);

/// The same from memory. `name` stands for the file in diagnostics; external
/// data is looked up in `folder` (refused when empty). The bytes are copied.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importOnnxBytes(llvm::StringRef bytes, llvm::StringRef name,
                llvm::StringRef folder, const ImportOptions &options,
                mlir::MLIRContext &context);

/// The same from ONNX's textual syntax (onnx/defs/parser.h), for tests.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>>
importOnnxText(llvm::StringRef text, llvm::StringRef name,
               llvm::StringRef folder, const ImportOptions &options,
               mlir::MLIRContext &context);

/// One operator that a model uses, for `tenon inspect`.
struct OperatorUse {
  std::string domain, opType;
  int64_t version; // at which ONNX last changed it
  int64_t count;
  bool isSupported;
};

/// The operators of the model at `path`, subgraphs included, sorted by name.
mlir::FailureOr<std::vector<OperatorUse>>
listOperators(llvm::StringRef path, mlir::MLIRContext &context);

} // namespace tenon

#endif // TENON_ONNX_IMPORT_H
