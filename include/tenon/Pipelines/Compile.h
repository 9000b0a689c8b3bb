//===- Compile.h - a model in, an artefact out
//-----------------------------===//

#ifndef TENON_PIPELINES_COMPILE_H
#define TENON_PIPELINES_COMPILE_H

#include "tenon/Target/Artefact.h"

#include <string>
#include <utility>
#include <vector>

namespace tenon {

/// The least precise type that contractions of float32 values may multiply in.
enum class Precision { F32, TF32, BF16, F16 };

struct CompileOptions {
  ArtefactOptions artefact;
  /// The model's C name; empty: from the artefact's path.
  std::string name;
  /// The machine, as TargetInfo::get takes it; empty: this one.
  std::string triple, cpu;
  /// Symbolic dimensions to fix.
  std::vector<std::pair<std::string, int64_t>> dims;
  Precision precision = Precision::F32;
  bool threads = true;
  /// Passes of the pipeline list, by name.
  std::vector<std::string> disabledPasses, printAfter;
  bool timePasses = false;
};

/// How a compilation ended; a diagnostic says why it did not succeed.
enum class CompileStatus {
  Success,
  /// The model is corrupt, inconsistent, or not to be had.
  InvalidModel,
  /// The model is fine, but uses what this version has no code for.
  Unsupported,
  /// The machine is at fault: disk full, no runtime library, ...
  MachineFault,
};

/// Compiles the model at `path` (.onnx, .mlir or .mlirbc) to
/// `options.artefact`. Diagnostics, one a line with the model's file and node,
/// go to `diagnostics`.
CompileStatus compileModel(llvm::StringRef path, const CompileOptions &options,
                           llvm::raw_ostream &diagnostics);

/// The names of the pipeline's passes, in order.
std::vector<std::string> getPassNames();

} // namespace tenon

#endif // TENON_PIPELINES_COMPILE_H
