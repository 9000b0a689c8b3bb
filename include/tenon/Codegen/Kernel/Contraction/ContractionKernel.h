//===- ContractionKernel.h - a contraction and where it lies ----*- C++ -*-===//
//
// The model of a kernel that planning and emission share: a perfect nest of
// parallel and reduction loops, operands that are addressed in place, and
// elementwise stages on the reduced value. Matrix products, convolutions (in
// channels-last layout), depthwise convolutions and pooling all have this form.
// Sizes and strides are expressions over the kernel's dimension symbols.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_KERNEL_CONTRACTION_CONTRACTIONKERNEL_H
#define TENON_CODEGEN_KERNEL_CONTRACTION_CONTRACTIONKERNEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Codegen/Kernel/Contraction/Contraction.h"
#include "tenon/Codegen/Kernel/Contraction/LoopOperand.h"

namespace tenon {

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

/// What the kernel does to stored weights before it multiplies with them.
enum class WeightDecoding {
  None,
  /// They are Winograd's: a convolution with rows (n, y, x), sums over
  /// (i, j, c), and tiles of weights where i and j are the tile's loops.
  Winograd
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

struct ContractionKernel {
  /// (mutable: an op's accessors are not const)
  mutable mlir::linalg::GenericOp root;
  /// Nothing for a maximum, and what else is no sum of products.
  std::optional<Product> product;
  /// Of each loop of the root.
  llvm::SmallVector<mlir::AffineExpr> extents;

  /// The loop of the result's last dimension, which becomes vector lanes.
  unsigned columnLoop;
  /// Other loops that select other weights.
  llvm::SmallVector<unsigned> batchLoops;
  /// Loops whose iterations share operands that the columns vary; in the order
  /// of the result's dimensions, neighbours merged where all operands allow,
  /// and those of unknown extent before one that is known to fill tiles.
  llvm::SmallVector<unsigned> rowLoops;
  llvm::SmallVector<unsigned> reductionLoops;

  /// The root's inputs; those that the body does not read have no value.
  llvm::SmallVector<std::optional<LoopOperand>> inputs;
  std::optional<PaddedOperand> padded;
  WeightDecoding decoding = WeightDecoding::None;
  /// Inputs whose columns are not contiguous.
  llvm::SmallVector<unsigned> transposed;
  /// What the reduction starts from: a scalar, or an operand.
  mlir::Value initialScalar;
  std::optional<LoopOperand> initialOperand;

  llvm::SmallVector<EpilogueStage> stages;
  llvm::SmallVector<KernelStore> stores;

  /// Of the sums.
  mlir::Type getAccumulatorType() const;
  /// Whether every input varies along the columns: nothing is broadcast, and
  /// windows that overlap share loads.
  bool isColumnwise() const;
  /// Whether vectors of columns can be read in place.
  bool hasColumnAccess(const LoopOperand &operand) const {
    return operand.isUnitStride(columnLoop) || operand.isInvariant(columnLoop);
  }
  /// Constant trip count of a loop.
  std::optional<int64_t> getConstantExtent(unsigned loop) const;
  /// Width of the panels of packed inputs, if there are any.
  std::optional<int64_t> getPackedWidth() const;
  void
  forEachOperand(llvm::function_ref<void(const LoopOperand &)> visit) const;
};

/// `tensor` read at `map`, loop i of which is the kernel's loop `loops[i]`;
/// nullopt where its elements are not addressed in place.
std::optional<LoopOperand> getLoopOperand(mlir::Value tensor,
                                          mlir::AffineMap map,
                                          llvm::ArrayRef<unsigned> loops,
                                          const ContractionKernel &kernel,
                                          mlir::func::FuncOp function);

/// The model of `kernel`; nullopt if it has another form, with the reason.
std::optional<ContractionKernel>
matchContractionKernel(mlir::func::FuncOp kernel, std::string &reason);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_CONTRACTION_CONTRACTIONKERNEL_H
