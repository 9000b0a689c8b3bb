//===- OnnxLibrary.h - what ONNX's own library knows ------------*- C++ -*-===//
//
// The library throws; the source of this header is the only one that catches.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_LIB_ONNX_IMPORT_ONNXLIBRARY_H
#define TENON_LIB_ONNX_IMPORT_ONNXLIBRARY_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <onnx/onnx_pb.h>
#include <optional>
#include <vector>

namespace tenon {

/// The newest opset of a domain; nullopt for domains that ONNX doesn't define.
std::optional<int64_t> getNewestOpset(llvm::StringRef domain);

/// The version at which ONNX last changed an operator up to `opset`; nullopt
/// where it has no schema (any more).
std::optional<int64_t> getSinceVersion(llvm::StringRef domain,
                                       llvm::StringRef opType, int64_t opset);

/// Checks a node against its operator's schema of `version`: numbers of inputs
/// and outputs, which inputs may be absent, their element types ("float", or ""
/// where there is no input), and the presence and types of attributes.
/// Operators without a schema need inputs.
llvm::Error checkNode(const onnx::NodeProto &node,
                      llvm::ArrayRef<std::string> inputTypes, int64_t version);

/// Whether ONNX defines the operator as a function of others.
bool hasFunctionBody(llvm::StringRef domain, llvm::StringRef opType,
                     int64_t opset);

/// That function, which may depend on the node's attributes and the types of
/// its inputs (unset where absent).
std::optional<onnx::FunctionProto>
getFunctionBody(const onnx::NodeProto &node,
                const std::vector<onnx::TypeProto> &inputTypes, int64_t opset);

/// Runs ONNX's checker with full shape inference.
llvm::Error checkModel(const onnx::ModelProto &model);

/// Reads ONNX's textual syntax.
llvm::Expected<onnx::ModelProto> parseModel(llvm::StringRef text);

/// Reads the body of a `Sugar` rule, `(x) => (y) { ... }`, at the newest opset.
llvm::Expected<onnx::FunctionProto> parseFunction(llvm::StringRef text,
                                                  llvm::StringRef name);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_ONNXLIBRARY_H
