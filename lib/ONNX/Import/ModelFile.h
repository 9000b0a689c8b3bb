//===- ModelFile.h - a model's bytes, checked and parsed --------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_MODELFILE_H
#define TENON_LIB_ONNX_IMPORT_MODELFILE_H

#include "ExternalData.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <onnx/onnx_pb.h>

namespace tenon {

/// A model whose large tensors refer to `bytes`, which stay mapped.
struct ModelFile {
  onnx::ModelProto proto;
  std::shared_ptr<llvm::MemoryBuffer> bytes;
  std::string folder;
};

llvm::Expected<ModelFile> readModelFile(llvm::StringRef path);

/// The same from memory; external data lies in `folder`.
llvm::Expected<ModelFile>
parseModelBytes(std::unique_ptr<llvm::MemoryBuffer> bytes,
                llvm::StringRef folder);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_MODELFILE_H
