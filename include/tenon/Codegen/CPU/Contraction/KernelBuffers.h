//===- KernelBuffers.h - arguments as flat memory ---------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_KERNELBUFFERS_H
#define TENON_CODEGEN_CPU_CONTRACTION_KERNELBUFFERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tenon {

/// The arguments of a function over memrefs with one dimension each: addresses
/// count elements, whatever the shape.
llvm::SmallVector<mlir::Value>
flattenBuffers(mlir::ImplicitLocOpBuilder &builder, mlir::func::FuncOp tiled);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_KERNELBUFFERS_H
