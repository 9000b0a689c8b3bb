//===- ExternalData.h - tensor bytes outside of protobuf --------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_EXTERNALDATA_H
#define TENON_LIB_ONNX_IMPORT_EXTERNALDATA_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <onnx/onnx_pb.h>
#include <string>

namespace tenon {

/// Bytes of a mapped file, which lives as long as anyone refers to it.
struct MappedBytes {
  llvm::StringRef bytes;
  std::shared_ptr<llvm::MemoryBuffer> file;
};

/// Finds the external data of one model's tensors. Data must lie in the model's
/// folder: a model must not make its reader open other files.
class ExternalData {
public:
  /// `model` holds the data with an empty location (WireFormat.h). Without a
  /// `folder`, other locations are refused.
  ExternalData(std::shared_ptr<llvm::MemoryBuffer> model,
               llvm::StringRef folder)
      : folder(folder), modelFile(std::move(model)) {}

  /// The bytes that `tensor` refers to. `size` is that of its shape and type.
  llvm::Expected<MappedBytes> find(const onnx::TensorProto &tensor,
                                   uint64_t size);

private:
  llvm::Expected<std::shared_ptr<llvm::MemoryBuffer>>
  open(llvm::StringRef location);

  std::string folder;
  std::shared_ptr<llvm::MemoryBuffer> modelFile;
  llvm::StringMap<std::shared_ptr<llvm::MemoryBuffer>> files;
};

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_EXTERNALDATA_H
