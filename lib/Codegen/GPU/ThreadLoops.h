//===- ThreadLoops.h - loops that the threads of a block share --*- C++ -*-===//
#ifndef TENON_LIB_CODEGEN_GPU_THREADLOOPS_H
#define TENON_LIB_CODEGEN_GPU_THREADLOOPS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Codegen/Kernel/Contraction/Contraction.h"

namespace tenon {

/// The thread's number in its block, an index.
mlir::Value getThread(mlir::OpBuilder &builder, mlir::Location loc);

/// Emits `op`, on memrefs, as loops that the block's threads share.
void emitThreadLoops(mlir::linalg::LinalgOp op, mlir::OpBuilder &builder);

/// Emits a matrix product in tiles: slabs of the factors in shared memory,
/// accumulators in registers. Factors of f32 are rounded to `precision` ("f32",
/// "tf32", "bf16", "f16").
void emitContraction(mlir::linalg::LinalgOp op, const Contraction &contraction,
                     llvm::StringRef precision, mlir::OpBuilder &builder);

} // namespace tenon

#endif // TENON_LIB_CODEGEN_GPU_THREADLOOPS_H
