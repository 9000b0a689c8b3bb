//===- Kernel.h - the form of a kernel between passes -----------*- C++ -*-===//
//
// A kernel is the one `func.func` with the `tenon.kernel` attribute in a module
// of its own. Its arguments are buffers (tensors, later memrefs) and the values
// of dimension symbols (index).
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_KERNEL_KERNEL_H
#define TENON_CODEGEN_KERNEL_KERNEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "tenon/Dialect/Tenon/IR/KernelAttributes.h"

namespace tenon {

/// On a function: its inner loops are vectors already.
inline constexpr llvm::StringLiteral kVectorizedAttr = "tenon.vectorized";
/// On an argument: it is scratch memory at this offset, a map of the symbols.
inline constexpr llvm::StringLiteral kScratchOffsetAttr =
    "tenon.scratch_offset";
/// The same for memory that the threads of a block of a GPU share.
inline constexpr llvm::StringLiteral kSharedOffsetAttr = "tenon.shared_offset";
/// On the module: the bytes of shared memory that a block needs.
inline constexpr llvm::StringLiteral kSharedAttr = "tenon.shared_bytes";
/// On the module: the threads of a block of a GPU.
inline constexpr llvm::StringLiteral kBlockSizeAttr = "tenon.block_size";
/// On the module: the number of work items, a map of the symbols.
inline constexpr llvm::StringLiteral kGridAttr = "tenon.grid";
/// On the module: the bytes of scratch a worker needs, a map of the symbols.
inline constexpr llvm::StringLiteral kScratchAttr = "tenon.scratch";
/// On an argument: it is the first or last (exclusive) work item.
inline constexpr llvm::StringLiteral kWorkItemAttr = "tenon.work_item";

/// The kernel of a module; null where there is none.
mlir::func::FuncOp getKernel(mlir::ModuleOp module);

/// The index arguments that hold dimension symbols, in order.
llvm::SmallVector<mlir::Value> getDimSymbols(mlir::func::FuncOp kernel);

/// The dims of argument `index`: its attribute, or the constants of its type.
/// Fails with a diagnostic if the type is dynamic and the attribute missing.
mlir::FailureOr<mlir::AffineMap> getArgumentDims(mlir::func::FuncOp kernel,
                                                 unsigned index);
mlir::FailureOr<mlir::AffineMap> getResultDims(mlir::func::FuncOp kernel,
                                               unsigned index);

/// The strides of argument `index`: its attribute, or those of a dense buffer
/// of its dims.
mlir::FailureOr<mlir::AffineMap> getArgumentStrides(mlir::func::FuncOp kernel,
                                                    unsigned index);
mlir::FailureOr<mlir::AffineMap> getResultStrides(mlir::func::FuncOp kernel,
                                                  unsigned index);

/// The buffer in which tensor argument (or result) `index` of a kernel lies.
/// Strides that are no constants are dynamic.
mlir::MemRefType getArgumentBuffer(mlir::func::FuncOp kernel, unsigned index);
mlir::MemRefType getResultBuffer(mlir::func::FuncOp kernel, unsigned index);

/// Strides of a contiguous row-major buffer.
llvm::SmallVector<mlir::AffineExpr>
getRowMajorStrides(llvm::ArrayRef<mlir::AffineExpr> sizes,
                   mlir::MLIRContext *context);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_KERNEL_H
