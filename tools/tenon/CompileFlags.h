//===- CompileFlags.h - the options that compile, run and test share ------===//

#ifndef TENON_TOOLS_TENON_COMPILEFLAGS_H
#define TENON_TOOLS_TENON_COMPILEFLAGS_H

#include "Options.h"

#include "tenon-rt/tenon.h"
#include "tenon/Pipelines/Compile.h"

namespace tenon {

/// Reads --cpu, --precision and the options about passes.
CompileOptions readCompileFlags(CommandLine &line);

/// Reads --threads and --device; `compile` is to make code for the device.
tenon_options readRuntimeFlags(CommandLine &line, CompileOptions &compile);

/// Reads --loss, --optimizer, --batch and what else describes a training step.
TrainingRequest readTrainingFlags(CommandLine &line);

/// The part of --help about losses and optimizers.
void printTrainingNames(llvm::raw_ostream &os);

ExitStatus getExitStatus(CompileStatus status);

} // namespace tenon

#endif // TENON_TOOLS_TENON_COMPILEFLAGS_H
