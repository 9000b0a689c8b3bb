//===- ModelFile.cpp - a model's bytes, checked and parsed ----------------===//

#include "ModelFile.h"
#include "OnnxLibrary.h"
#include "WireFormat.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tenon;

static Error checkParsed(const onnx::ModelProto &model) {
  if (!model.has_graph())
    return createStringError("expected an ONNX model, got a file without a "
                             "graph");
  for (const onnx::OperatorSetIdProto &import : model.opset_import()) {
    std::optional<int64_t> newest = getNewestOpset(
        import.domain() == "ai.onnx" ? StringRef()
                                     : StringRef(import.domain()));
    if (newest && import.version() > *newest)
      return createStringError("expected opset " + Twine(*newest) +
                               " or older, got " + Twine(import.version()));
  }
  return Error::success();
}

Expected<ModelFile> tenon::parseModelBytes(std::unique_ptr<MemoryBuffer> bytes,
                                           StringRef folder) {
  Expected<std::string> small = referToOwnBytes(bytes->getBuffer());
  if (!small)
    return small.takeError();
  ModelFile file{{}, std::move(bytes), folder.str()};
  if (!file.proto.ParseFromString(*small))
    return createStringError("expected an ONNX model, got bytes that are no "
                             "such protobuf");
  if (Error error = checkParsed(file.proto))
    return std::move(error);
  return file;
}

Expected<ModelFile> tenon::readModelFile(StringRef path) {
  if (sys::fs::is_directory(path))
    return createStringError("expected a file, got a folder");
  auto bytes = MemoryBuffer::getFile(path, /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false);
  if (!bytes)
    return createStringError(bytes.getError().message());
  StringRef folder = sys::path::parent_path(path);
  return parseModelBytes(std::move(*bytes), folder.empty() ? "." : folder);
}
