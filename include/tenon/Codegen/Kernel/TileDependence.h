//===- TileDependence.h - do parts of a kernel need each other? -*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_TILEDEPENDENCE_H
#define TENON_CODEGEN_KERNEL_TILEDEPENDENCE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tenon {

/// True unless all that `op` and its regions write is memory that the kernel
/// itself has allocated.
bool writesSharedMemory(mlir::Operation *op);

/// True if `parts` may run in any order and at the same time: none touches what
/// another writes, but for separate slices of one buffer.
bool areIndependent(llvm::ArrayRef<mlir::Operation *> parts,
                    mlir::func::FuncOp kernel);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_TILEDEPENDENCE_H
