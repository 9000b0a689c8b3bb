//===- TemporaryLibrary.h - a model compiled to be run at once --*- C++ -*-===//

#ifndef TENON_DRIVER_TEMPORARYLIBRARY_H
#define TENON_DRIVER_TEMPORARYLIBRARY_H

#include "tenon/Pipelines/Compile.h"
#include "tenon/Target/TemporaryFolder.h"

#include <memory>
#include <variant>

namespace tenon {

/// A shared library in the system's folder for temporary files, removed with
/// this object.
class TemporaryLibrary {
public:
  /// Compiles a model, as compileModel does.
  static std::variant<TemporaryLibrary, CompileStatus>
  compile(llvm::StringRef model, CompileOptions options,
          llvm::raw_ostream &diagnostics,
          std::vector<ModelInput> *valuesNeeded = nullptr);

  std::string getPath() const { return folder->getPath("model.so"); }

private:
  explicit TemporaryLibrary(std::unique_ptr<TemporaryFolder> folder)
      : folder(std::move(folder)) {}
  std::unique_ptr<TemporaryFolder> folder;
};

} // namespace tenon

#endif // TENON_DRIVER_TEMPORARYLIBRARY_H
