//===- Artefact.h - the files that a user gets ------------------*- C++ -*-===//
//
// The end of the pipeline: emitted code and weights become a library, an
// object, a program or text, with a header beside every library.
// docs/Rationale/Artefacts.md has the layout and the reasons.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_ARTEFACT_H
#define TENON_TARGET_ARTEFACT_H

#include "tenon/Target/ModelDescription.h"
#include "tenon/Target/TargetInfo.h"
#include "tenon/Target/Weights.h"

#include "llvm/Support/MemoryBuffer.h"

#include <functional>
#include <memory>
#include <optional>

namespace tenon {

enum class ArtefactKind {
  SharedLibrary,
  Archive,
  Object,
  Executable,
  LLVMIR,
  Assembly,
  PTX,
  MLIR,
  MLIRBytecode,
};

/// From the suffix of `path`; nothing for a suffix that means nothing here.
std::optional<ArtefactKind> getArtefactKind(llvm::StringRef path);

/// From a value of --emit: "so", "a", "o", "exe", "ll", "s", "ptx",
/// "mlir", "mlirbc".
std::optional<ArtefactKind> parseArtefactKind(llvm::StringRef name);

/// True if the pipeline hands LLVM IR (text or bitcode) rather than objects to
/// `packageArtefact`: the artefact is one module of LLVM IR, or its assembly.
inline bool isMadeOfLLVMIR(ArtefactKind kind) {
  return kind == ArtefactKind::LLVMIR || kind == ArtefactKind::Assembly;
}

struct ArtefactOptions {
  std::string path;
  ArtefactKind kind = ArtefactKind::SharedLibrary;
  /// Weights of more bytes than this go to a mapped file NAME.weights beside
  /// the artefact: linking them would take their size in memory once more.
  uint64_t maxEmbeddedWeights = uint64_t(1) << 30;
  /// Device kernels that the host emulates are among the code.
  bool isEmulated = false;
  /// Write NAME.h beside a library or object.
  bool header = true;
  /// The folder of libtenon-rt.a and libtenon-runner.a; empty: found relative
  /// to the running program.
  std::string runtimeFolder;
  /// Called, if set, when the weights are in files: what holds them may go, for
  /// linking takes their size once more.
  std::function<void()> releaseWeights;
};

/// All functions of a model, compiled for the host or for GPUs.
struct CompiledProgram {
  ProgramDescription description;
  WeightImage weights;
};

/// A model after code generation.
struct CompiledModel {
  ModelDescription description;
  TargetInfo target;
  CompiledProgram host;
  std::optional<CompiledProgram> device;
  /// Objects (or LLVM IR, see isMadeOfLLVMIR) that define the run and sizes
  /// functions of both programs, and the kernels. Every external symbol that
  /// they define begins with NAME__, so that models meet nowhere.
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> modules;
};

/// Writes the artefact, and the header and the weights files where there are
/// such. Equal models and options give equal bytes. Not for MLIR kinds.
llvm::Error packageArtefact(const CompiledModel &model,
                            const ArtefactOptions &options);

} // namespace tenon

#endif // TENON_TARGET_ARTEFACT_H
