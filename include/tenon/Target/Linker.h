//===- Linker.h - objects to libraries and programs -------------*- C++ -*-===//
//
// Links in process with lld, so that no compiler, no crt files and no
// development packages are needed on the user's machine.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_LINKER_H
#define TENON_TARGET_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

#include <string>
#include <utility>
#include <vector>

namespace tenon {

/// What one link reads and makes. Paths are those of files on disk.
struct LinkJob {
  llvm::Triple triple;
  std::string output;
  /// Objects and archives, in the order of a linker's command line.
  std::vector<std::string> inputs;
  /// The symbols that a shared library offers; all others become local.
  std::vector<std::string> exports;
  /// Additional names: {new name, existing symbol}.
  std::vector<std::pair<std::string, std::string>> aliases;
};

/// Makes a shared library. Where the C library of the target is on this
/// machine it is recorded as needed and undefined symbols are an error.
llvm::Error linkSharedLibrary(const LinkJob &job);

/// Makes a position-independent executable whose entry is `_start`, linked
/// dynamically to the C library, which must be on this machine.
llvm::Error linkExecutable(const LinkJob &job);

/// Merges objects into one relocatable object.
llvm::Error linkRelocatable(const LinkJob &job);

} // namespace tenon

#endif // TENON_TARGET_LINKER_H
