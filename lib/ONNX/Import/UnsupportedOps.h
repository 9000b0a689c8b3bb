//===- UnsupportedOps.h - all that a model lacks, at once -------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_UNSUPPORTEDOPS_H
#define TENON_LIB_ONNX_IMPORT_UNSUPPORTEDOPS_H

#include "mlir/IR/Location.h"
#include <map>
#include <string>
#include <vector>

namespace tenon {

/// Operators without a rule, each with the nodes that use it.
class UnsupportedOps {
public:
  void add(llvm::StringRef domain, llvm::StringRef opType, int64_t version,
           llvm::StringRef node);

  /// One diagnostic an operator; success if there is none.
  mlir::LogicalResult report(mlir::Location loc) const;

private:
  std::map<std::string, std::vector<std::string>> nodesByOp;
};

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_UNSUPPORTEDOPS_H
