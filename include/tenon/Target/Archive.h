//===- Archive.h - static libraries -----------------------------*- C++ -*-===//

#ifndef TENON_TARGET_ARCHIVE_H
#define TENON_TARGET_ARCHIVE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace tenon {

/// Writes a static library of `object` and the members of the archive
/// `runtime`, so that a user links one file. Several such libraries in one
/// program share one runtime: a linker takes each symbol from the first archive
/// that defines it.
llvm::Error writeArchive(llvm::StringRef path, llvm::StringRef object,
                         llvm::StringRef runtime);

} // namespace tenon

#endif // TENON_TARGET_ARCHIVE_H
