//===- HostMemory.h - what the compiler's own machine can hold --*- C++ -*-===//
#ifndef TENON_LIB_PIPELINES_HOSTMEMORY_H
#define TENON_LIB_PIPELINES_HOSTMEMORY_H

#include "mlir/IR/Operation.h"

namespace tenon {

/// Diagnoses at `loc` that this process cannot have `bytes` of memory at once.
/// LLVM's own allocations end the process where they fail, so that constants
/// whose sizes a model decides ask first.
llvm::LogicalResult checkMemory(mlir::Location loc, uint64_t bytes);

} // namespace tenon

#endif // TENON_LIB_PIPELINES_HOSTMEMORY_H
