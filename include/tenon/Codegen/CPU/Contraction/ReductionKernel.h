//===- ReductionKernel.h - what a contraction kernel computes ---*- C++ -*-===//
//
// The model that planning and emission share: a perfect nest of parallel and
// reduction loops, operands that are addressed in place, and elementwise
// stages on the reduced value. Matrix products, convolutions (in channels-last
// layout), depthwise convolutions and pooling all have this form.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_REDUCTIONKERNEL_H
#define TENON_CODEGEN_CPU_CONTRACTION_REDUCTIONKERNEL_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "tenon/Codegen/Kernel/StridedView.h"

namespace tenon {

/// An operand seen from the loops: its element for loop indices i lies
/// `offset + sum(i * strides)` after the start of the argument's buffer.
struct LoopOperand {
  unsigned argument = 0;
  mlir::Type elementType;
  mlir::AffineExpr offset;
  /// One for each loop.
  llvm::SmallVector<mlir::AffineExpr> strides;
  /// Where the column loop walks a packed dimension: the panels' width and
  /// distance.
  int64_t panelWidth = 0;
  mlir::AffineExpr panelStride;

  bool isUnitStride(unsigned loop) const { return strides[loop] == 1; }
  bool isInvariant(unsigned loop) const { return strides[loop] == 0; }
};

/// An input that the root reads through a tensor.pad: element indices of the
/// padded tensor are `map` of the loops.
struct PaddedOperand {
  unsigned input;
  StridedView source;
  mlir::AffineMap map;
  llvm::SmallVector<mlir::AffineExpr> low, sizes;
  /// A scalar of the kernel.
  mlir::Value padding;
};

/// An elementwise linalg.generic after the root.
struct EpilogueStage {
  mlir::linalg::GenericOp op;
  /// For each operand of the op: where it lies, or nullopt if it is the root's
  /// or an earlier stage's result.
  llvm::SmallVector<std::optional<LoopOperand>> operands;
  /// For each loop of the op, the kernel's.
  llvm::SmallVector<unsigned> loops;
};

/// A result of the kernel.
struct KernelStore {
  /// The root's or a stage's result.
  mlir::Value tensor;
  LoopOperand destination;
};

struct ReductionKernel {
  mlir::func::FuncOp function;
  /// (mutable: an op's accessors are not const)
  mutable mlir::linalg::GenericOp root;
  /// Of each loop of the root.
  llvm::SmallVector<mlir::AffineExpr> extents;

  /// Loops that select other weights: those that every operand depends on.
  llvm::SmallVector<unsigned> batchLoops;
  /// Loops whose iterations share operands that the columns vary; in the order
  /// of the result's dimensions, neighbours merged where all operands allow.
  llvm::SmallVector<unsigned> rowLoops;
  /// The loop that becomes vector lanes.
  unsigned columnLoop;
  llvm::SmallVector<unsigned> reductionLoops;

  /// The root's inputs; those that the body does not read have no value.
  llvm::SmallVector<std::optional<LoopOperand>> inputs;
  std::optional<PaddedOperand> padded;
  /// The weights are Winograd's: a convolution with rows (n, y, x), sums over
  /// (i, j, c), and tiles of weights where i and j are the tile's loops.
  bool isWinograd = false;
  /// Inputs whose columns are not contiguous.
  llvm::SmallVector<unsigned> transposed;
  /// What the reduction starts from: a scalar, or an operand.
  mlir::Value initialScalar;
  std::optional<LoopOperand> initialOperand;

  llvm::SmallVector<EpilogueStage> stages;
  llvm::SmallVector<KernelStore> stores;

  /// Whether every input varies along the columns: nothing is broadcast, and
  /// windows that overlap share loads.
  bool isColumnwise() const;
  /// Constant trip count of a loop.
  std::optional<int64_t> getConstantExtent(unsigned loop) const;
  /// Width of the panels of packed inputs, if there are any.
  std::optional<int64_t> getPackedWidth() const;
};

/// The model of `kernel`; nullopt if it has another form, with the reason.
std::optional<ReductionKernel> matchReductionKernel(mlir::func::FuncOp kernel,
                                                    std::string &reason);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_REDUCTIONKERNEL_H
