//===- RuntimeFiles.h - what artefacts are linked with ----------*- C++ -*-===//

#ifndef TENON_TARGET_RUNTIMEFILES_H
#define TENON_TARGET_RUNTIMEFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

#include <string>

namespace tenon {

/// Finds `name` (libtenon-rt.a, libtenon-runner.a) for a target. `folder` is
/// searched if it is given; else lib/, lib/tenon/ beside the folder of the
/// running program, which suits build and install trees alike. Targets other
/// than the host's have a folder of their triple's name there.
llvm::Expected<std::string> findRuntimeFile(llvm::StringRef name,
                                            const llvm::Triple &triple,
                                            llvm::StringRef folder);

} // namespace tenon

#endif // TENON_TARGET_RUNTIMEFILES_H
