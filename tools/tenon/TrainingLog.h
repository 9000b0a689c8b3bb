//===- TrainingLog.h - steps and epochs as lines of JSON --------*- C++ -*-===//

#ifndef TENON_TOOLS_TENON_TRAININGLOG_H
#define TENON_TOOLS_TENON_TRAININGLOG_H

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace tenon {

/// A file of one JSON object a line. Each line is written as a whole once it is
/// there, so that a killed training leaves no half line but of a write that the
/// system cut.
class TrainingLog {
public:
  /// Makes an empty file.
  static llvm::Expected<std::unique_ptr<TrainingLog>>
  create(llvm::StringRef path);

  /// Goes on with a file, if there is one, behind its lines of the first
  /// `steps` steps and `epochs` epochs: later ones will come again.
  static llvm::Expected<std::unique_ptr<TrainingLog>>
  resume(llvm::StringRef path, int64_t steps, int64_t epochs);

  llvm::Error add(llvm::json::Object line);

private:
  TrainingLog(llvm::StringRef path, std::error_code &code)
      : path(path.str()), os(path, code) {}
  llvm::Error write(llvm::StringRef text);

  std::string path;
  llvm::raw_fd_ostream os;
};

} // namespace tenon

#endif // TENON_TOOLS_TENON_TRAININGLOG_H
