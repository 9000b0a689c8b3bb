//===- ModuleWeights.h - weights beside a module's text ---------*- C++ -*-===//
//
// The text of a module refers to its weights by name (`dense_resource<NAME>`).
// Their bytes lie in a file beside it, X.mlir.weights, and the module's
// attribute says where:
//
//   module attributes {tenon.weights = {file = "x.mlir.weights",
//                                       offsets = {fc.weight = 0 : i64}}}
//
//===----------------------------------------------------------------------===//
#ifndef TENON_PIPELINES_MODULEWEIGHTS_H
#define TENON_PIPELINES_MODULEWEIGHTS_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace tenon {

/// Writes `module` to `path`: as text with its weights in a file beside it, or
/// as bytecode (suffix .mlirbc), which embeds them.
llvm::Error writeModule(mlir::ModuleOp module, llvm::StringRef path,
                        bool asBytecode);

/// Maps the weights of `module`, read from `path`, into its resources, which
/// keep the mapping. Fails with a diagnostic where a weight has no bytes.
mlir::LogicalResult mapWeights(mlir::ModuleOp module, llvm::StringRef path);

} // namespace tenon

#endif // TENON_PIPELINES_MODULEWEIGHTS_H
