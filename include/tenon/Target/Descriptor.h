//===- Descriptor.h - a model's descriptor and entry points as LLVM IR ----===//

#ifndef TENON_TARGET_DESCRIPTOR_H
#define TENON_TARGET_DESCRIPTOR_H

#include "tenon/Target/ModelDescription.h"

#include <vector>

namespace llvm {
class Module;
} // namespace llvm

namespace tenon {

/// Where the weights of an artefact are.
struct WeightPlacement {
  uint64_t size = 0;
  /// A file beside the artefact; empty: the section behind the weights symbol.
  std::string file;
};

/// A program, and where its weights are.
struct PlacedProgram {
  const ProgramDescription &description;
  WeightPlacement weights;
};

/// Defines in `module` the launch records (the launches symbols), the programs
/// and the descriptor of a model, in the layout of tenon-rt/{tenon,program}.h.
/// They refer to the run and sizes functions, the kernels and the weights,
/// which other modules define. `device` may be null; `target` is text for
/// people.
void emitDescriptor(llvm::Module &module, const ModelDescription &model,
                    const PlacedProgram &host, const PlacedProgram *device,
                    llvm::StringRef target,
                    llvm::ArrayRef<std::string> cpuFeatures);

/// Defines NAME_open, NAME_run, ...: the functions that the header declares,
/// each a call into the runtime. They exist because making a library takes no C
/// compiler, and because foreign-function interfaces see no inline functions.
void emitEntryPoints(llvm::Module &module, const ModelDescription &model);

/// The names that a library of this model exports.
std::vector<std::string> getExportedSymbols(const ModelDescription &model);

} // namespace tenon

#endif // TENON_TARGET_DESCRIPTOR_H
