//===- Dialects.h - what kernels need in a context --------------*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_DIALECTS_H
#define TENON_CODEGEN_KERNEL_DIALECTS_H

#include "mlir/IR/DialectRegistry.h"

namespace tenon {

/// What kernels and their passes need in a context: dialects, the external
/// models of their interfaces, translation to LLVM IR.
void registerKernelDialects(mlir::DialectRegistry &registry);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_DIALECTS_H
