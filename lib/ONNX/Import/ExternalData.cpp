//===- ExternalData.cpp - tensor bytes outside of protobuf ----------------===//

#include "ExternalData.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tenon;

namespace {
struct Reference {
  StringRef location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};
} // namespace

static Expected<Reference> readReference(const onnx::TensorProto &tensor) {
  Reference reference;
  for (const auto &entry : tensor.external_data()) {
    StringRef key = entry.key(), value = entry.value();
    uint64_t number = 0;
    bool isNumber = !value.getAsInteger(10, number);
    if (key == "location")
      reference.location = value;
    else if ((key == "offset" || key == "length") && !isNumber)
      return createStringError("expected external data's " + key +
                               " to be a number, got \"" + value + "\"");
    else if (key == "offset")
      reference.offset = number;
    else if (key == "length")
      reference.length = number;
  }
  return reference;
}

/// Symbolic links are followed first: where they lead counts.
static Error checkInside(StringRef folder, StringRef path, StringRef location) {
  SmallString<128> realFolder, realPath;
  if (std::error_code error = sys::fs::real_path(path, realPath))
    return createStringError("external data \"" + location +
                             "\": " + error.message());
  if (std::error_code error =
          sys::fs::real_path(folder.empty() ? "." : folder, realFolder))
    return createStringError("\"" + folder + "\": " + error.message());
  if (!realFolder.ends_with("/"))
    realFolder += "/";
  if (!StringRef(realPath).starts_with(realFolder))
    return createStringError("expected external data inside the model's "
                             "folder, got \"" +
                             location + "\", which is a link out of it");
  return Error::success();
}

Expected<std::shared_ptr<MemoryBuffer>> ExternalData::open(StringRef location) {
  auto it = files.find(location);
  if (it != files.end())
    return it->second;
  bool leaves = sys::path::is_absolute(location) ||
                llvm::is_contained(llvm::make_range(sys::path::begin(location),
                                                    sys::path::end(location)),
                                   "..");
  if (leaves || folder.empty())
    return createStringError("expected external data inside the model's "
                             "folder, got \"" +
                             location + "\"");
  SmallString<128> path(folder);
  sys::path::append(path, location);
  if (Error error = checkInside(folder, path, location))
    return std::move(error);
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return createStringError("external data \"" + location +
                             "\": " + file.getError().message());
  return files[location] = std::move(*file);
}

Expected<MappedBytes> ExternalData::find(const onnx::TensorProto &tensor,
                                         uint64_t size) {
  Expected<Reference> reference = readReference(tensor);
  if (!reference)
    return reference.takeError();
  std::shared_ptr<MemoryBuffer> file = modelFile;
  if (!reference->location.empty()) {
    auto opened = open(reference->location);
    if (!opened)
      return opened.takeError();
    file = *opened;
  }
  StringRef bytes = file->getBuffer();
  uint64_t length = reference->length.value_or(size);
  if (length != size)
    return createStringError("expected " + Twine(size) +
                             " bytes of data, got " + Twine(length));
  if (reference->offset > bytes.size() ||
      length > bytes.size() - reference->offset)
    return createStringError("expected " + Twine(length) + " bytes at offset " +
                             Twine(reference->offset) + " of external data \"" +
                             reference->location + "\", which has " +
                             Twine(bytes.size()));
  return MappedBytes{bytes.substr(reference->offset, length), file};
}
