//===- JSONFile.cpp - results as JSON -------------------------------------===//

#include "JSONFile.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

ExitStatus tenon::writeJSONFile(StringRef path, const json::Value &value) {
  std::error_code code;
  raw_fd_ostream os(path, code);
  if (!code) {
    os << formatv("{0:2}\n", value);
    os.close();
    code = os.error();
    os.clear_error();
  }
  if (!code)
    return kDone;
  errs() << path << ": error: cannot write: " << code.message() << '\n';
  return kMachineAtFault;
}
