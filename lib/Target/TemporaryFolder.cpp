//===- TemporaryFolder.cpp - files that live as long as a link ------------===//

#include "tenon/Target/TemporaryFolder.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tenon;

Expected<std::unique_ptr<TemporaryFolder>>
TemporaryFolder::create(StringRef artefact) {
  SmallString<128> path;
  // Absolute, for createUniquePath would move a relative one to /tmp.
  SmallString<128> model(artefact);
  if (std::error_code code = sys::fs::make_absolute(model))
    return createFileError(artefact, code);
  sys::fs::createUniquePath(model + ".tmp-%%%%%%%%", path,
                            /*MakeAbsolute=*/false);
  if (std::error_code code = sys::fs::create_directory(path, false))
    return createFileError(artefact, code);
  return std::unique_ptr<TemporaryFolder>(
      new TemporaryFolder(path.str().str()));
}

Expected<std::unique_ptr<TemporaryFolder>> TemporaryFolder::createInTemp() {
  SmallString<128> prefix;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, prefix);
  sys::path::append(prefix, "tenon");
  return create(prefix);
}

TemporaryFolder::~TemporaryFolder() { sys::fs::remove_directories(path); }

std::string TemporaryFolder::getPath(StringRef name) const {
  SmallString<128> file(path);
  sys::path::append(file, name);
  return file.str().str();
}

Error tenon::checkWritable(StringRef path) {
  if (sys::fs::is_directory(path))
    return createFileError(path,
                           std::make_error_code(std::errc::is_a_directory));
  Expected<sys::fs::TempFile> file =
      sys::fs::TempFile::create(path + ".%%%%%%.partial");
  if (!file)
    return createFileError(path, file.takeError());
  return file->discard();
}

Error tenon::writeFile(StringRef path,
                       function_ref<Error(raw_pwrite_stream &)> write) {
  std::error_code code;
  raw_fd_ostream os(path, code);
  if (code)
    return createFileError(path, code);
  Error error = write(os);
  os.close();
  if (os.has_error() && !error)
    error = createFileError(path, os.error());
  // Otherwise the stream's destructor would end the process.
  os.clear_error();
  return error;
}
