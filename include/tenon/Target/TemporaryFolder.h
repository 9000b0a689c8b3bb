//===- TemporaryFolder.h - files that live as long as a link ----*- C++ -*-===//

#ifndef TENON_TARGET_TEMPORARYFOLDER_H
#define TENON_TARGET_TEMPORARYFOLDER_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>

namespace tenon {

/// A folder that is removed with all its files when the object dies.
class TemporaryFolder {
public:
  /// Makes a folder beside `artefact`: there is room for weights there, which
  /// /tmp, often a file system in memory, may not have.
  static llvm::Expected<std::unique_ptr<TemporaryFolder>>
  create(llvm::StringRef artefact);
  /// Makes a folder in the system's folder for temporary files.
  static llvm::Expected<std::unique_ptr<TemporaryFolder>> createInTemp();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  /// The path of a file of this name in the folder.
  std::string getPath(llvm::StringRef name) const;

private:
  explicit TemporaryFolder(std::string path) : path(std::move(path)) {}
  std::string path;
};

/// Whether a file can be made at `path` or take the place of the one that is
/// there, to be asked before long work whose result it is. Leaves nothing.
llvm::Error checkWritable(llvm::StringRef path);

/// Writes a file and reports what the disk says, a full one included.
llvm::Error
writeFile(llvm::StringRef path,
          llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write);

} // namespace tenon

#endif // TENON_TARGET_TEMPORARYFOLDER_H
