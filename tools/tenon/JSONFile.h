//===- JSONFile.h - results as JSON -----------------------------*- C++ -*-===//

#ifndef TENON_TOOLS_TENON_JSONFILE_H
#define TENON_TOOLS_TENON_JSONFILE_H

#include "Options.h"

#include "llvm/Support/JSON.h"

namespace tenon {

/// Writes the value of --json; a failure is printed.
ExitStatus writeJSONFile(llvm::StringRef path, const llvm::json::Value &value);

} // namespace tenon

#endif // TENON_TOOLS_TENON_JSONFILE_H
