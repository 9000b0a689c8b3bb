//===- WireFormat.h - tensor bytes stay out of protobuf ---------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_WIREFORMAT_H
#define TENON_LIB_ONNX_IMPORT_WIREFORMAT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace tenon {

/// Protobuf would copy all weights when it parses a model, and refuses more
/// than 2 GB. This yields `model`, a serialized ModelProto, with the `raw_data`
/// of its large tensors replaced by `external_data` that refers, with an empty
/// location, to their place in `model` itself.
llvm::Expected<std::string> referToOwnBytes(llvm::StringRef model);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_WIREFORMAT_H
