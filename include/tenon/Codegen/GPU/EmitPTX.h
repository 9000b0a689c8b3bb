//===- EmitPTX.h - device kernels to PTX ------------------------*- C++ -*-===//

#ifndef TENON_CODEGEN_GPU_EMITPTX_H
#define TENON_CODEGEN_GPU_EMITPTX_H

#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace tenon {

/// The dialects of device kernels and their translation to LLVM IR.
void registerDeviceDialects(mlir::DialectRegistry &registry);

/// One PTX text of all kernels, that is of every builtin.module directly inside
/// `parent`; each holds the LLVM and NVVM dialects and one function with
/// `nvvm.kernel`. Kernels keep their names; all else becomes local. Fails after
/// a diagnostic for an architecture without a description, a kernel that cannot
/// be translated, and a call of a function that the text doesn't hold.
mlir::FailureOr<std::string> emitPTX(mlir::ModuleOp parent,
                                     llvm::StringRef arch);

} // namespace tenon

#endif // TENON_CODEGEN_GPU_EMITPTX_H
