//===- Commands.h - the commands of tenon, one file each --------*- C++ -*-===//

#ifndef TENON_TOOLS_TENON_COMMANDS_H
#define TENON_TOOLS_TENON_COMMANDS_H

#include "Options.h"

namespace tenon {

/// Whether a fault ends the process by its signal, for a parent that wants to
/// know which, rather than with kInternalError.
extern bool diesOfSignals;

ExitStatus runCompileCommand(llvm::ArrayRef<const char *> arguments);
ExitStatus runRunCommand(llvm::ArrayRef<const char *> arguments);
ExitStatus runTestCommand(llvm::ArrayRef<const char *> arguments);
ExitStatus runTrainCommand(llvm::ArrayRef<const char *> arguments);
ExitStatus runInspectCommand(llvm::ArrayRef<const char *> arguments);
ExitStatus runPassesCommand(llvm::ArrayRef<const char *> arguments);

} // namespace tenon

#endif // TENON_TOOLS_TENON_COMMANDS_H
