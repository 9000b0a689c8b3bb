//===- TemporaryLibrary.cpp - a model compiled to be run at once ----------===//

#include "tenon/Driver/TemporaryLibrary.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

std::variant<TemporaryLibrary, CompileStatus>
TemporaryLibrary::compile(StringRef model, CompileOptions options,
                          raw_ostream &diagnostics,
                          std::vector<ModelInput> *valuesNeeded) {
  auto folder = TemporaryFolder::createInTemp();
  if (!folder) {
    diagnostics << "error: " << toString(folder.takeError()) << '\n';
    return CompileStatus::MachineFault;
  }
  TemporaryLibrary library(std::move(*folder));
  options.artefact.path = library.getPath();
  options.artefact.kind = ArtefactKind::SharedLibrary;
  options.artefact.header = false;
  CompileStatus status =
      compileModel(model, options, diagnostics, valuesNeeded);
  if (status != CompileStatus::Success)
    return status;
  return library;
}
