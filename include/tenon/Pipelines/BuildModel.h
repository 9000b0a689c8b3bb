//===- BuildModel.h - a graph in, code and weights out ----------*- C++ -*-===//
#ifndef TENON_PIPELINES_BUILDMODEL_H
#define TENON_PIPELINES_BUILDMODEL_H

#include "mlir/IR/BuiltinOps.h"
#include "tenon/Pipelines/Compile.h"

namespace tenon {

/// Compiles the functions of `module`, which end as programs in the LLVM
/// dialect; those with a `tenon.step` become training steps first. The result's
/// weights are bytes of the module's resources: they live as long as its
/// context. Fails after diagnostics.
mlir::FailureOr<CompiledModel> buildModel(mlir::ModuleOp module,
                                          const TargetInfo &target,
                                          const CompileOptions &options);

/// Compiles the kernels in `module` to PTX for `options.gpu`.
mlir::FailureOr<std::string> buildDeviceText(mlir::ModuleOp module,
                                             const TargetInfo &target,
                                             const CompileOptions &options);

/// Compiles and runs a graph without inputs in this process
/// (ConstantEvaluator). `runtimeFolder` is as in ArtefactOptions.
mlir::FailureOr<llvm::SmallVector<mlir::ElementsAttr>>
evaluateGraph(mlir::OwningOpRef<mlir::ModuleOp> module,
              llvm::StringRef runtimeFolder = {});

} // namespace tenon

#endif // TENON_PIPELINES_BUILDMODEL_H
