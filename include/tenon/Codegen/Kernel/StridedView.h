//===- StridedView.h - tensors of a kernel as memory ------------*- C++ -*-===//
//
// Inside a kernel slices, reshapes and packed layouts of an argument are only
// other ways to address its buffer. Sizes, offsets and strides are expressions
// over the kernel's dimension symbols, so the analysis creates no IR.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_KERNEL_STRIDEDVIEW_H
#define TENON_CODEGEN_KERNEL_STRIDEDVIEW_H

#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"
#include <optional>

namespace tenon {

/// A dimension that is stored in panels: element i lies in panel i / width, at
/// lane i % width.
struct PanelDim {
  unsigned dim;
  int64_t width;
  /// Elements from one panel to the next.
  mlir::AffineExpr stride;
};

/// Element (i0, i1, ...) lies `offset + sum(i * stride)` elements after the
/// start of the buffer of function argument `argument`.
struct StridedView {
  unsigned argument;
  mlir::AffineExpr offset;
  llvm::SmallVector<mlir::AffineExpr> sizes;
  llvm::SmallVector<mlir::AffineExpr> strides;
  std::optional<PanelDim> panels;
};

/// How `tensor` lies in an argument of `kernel`; nullopt if it is computed or
/// its place depends on more than the kernel's symbols.
std::optional<StridedView> getStridedView(mlir::Value tensor,
                                          mlir::func::FuncOp kernel);

/// Strides of a contiguous row-major buffer.
llvm::SmallVector<mlir::AffineExpr>
getRowMajorStrides(llvm::ArrayRef<mlir::AffineExpr> sizes,
                   mlir::MLIRContext *context);

/// Where result `index` of a kernel goes: `argument` counts on behind the
/// arguments. nullopt if its sizes are unknown.
std::optional<StridedView> getResultView(mlir::func::FuncOp kernel,
                                         unsigned index);

/// What `view` is with runs of dimensions as one; nullopt if those of a run do
/// not lie evenly.
std::optional<StridedView>
collapseView(const StridedView &view,
             llvm::ArrayRef<mlir::ReassociationIndices> groups,
             mlir::MLIRContext *context);

/// What `view` is with each dimension as several, of `sizes`.
StridedView expandView(const StridedView &view,
                       llvm::ArrayRef<mlir::ReassociationIndices> groups,
                       llvm::ArrayRef<mlir::AffineExpr> sizes,
                       mlir::MLIRContext *context);

/// Where the tensor is that becomes `tensor`, a reshape that lies at `view`;
/// nullopt if it lies nowhere as a whole, or `tensor` is no reshape.
std::optional<StridedView> lookThroughReshape(mlir::Value tensor,
                                              const StridedView &view,
                                              mlir::func::FuncOp kernel);

/// Whether stepping over all `innerSize` elements of a dimension is one step
/// of the next outer one.
bool isContiguousPair(mlir::AffineExpr outerStride, mlir::AffineExpr innerSize,
                      mlir::AffineExpr innerStride);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_STRIDEDVIEW_H
