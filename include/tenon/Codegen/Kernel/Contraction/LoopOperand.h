//===- LoopOperand.h - an operand seen from the loops -----------*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_CONTRACTION_LOOPOPERAND_H
#define TENON_CODEGEN_KERNEL_CONTRACTION_LOOPOPERAND_H

#include "mlir/IR/AffineMap.h"
#include "tenon/Codegen/Kernel/StridedView.h"

namespace tenon {

/// How the column loop walks a packed dimension: column i lies in panel
/// i / width, at lane i % width.
struct Panels {
  int64_t width;
  /// Elements from one panel to the next.
  mlir::AffineExpr stride;
};

/// The element for loop indices i lies `offset + sum(i * strides)` after the
/// start of the argument's buffer.
struct LoopOperand {
  unsigned argument = 0;
  mlir::Type elementType;
  mlir::AffineExpr offset;
  /// One for each loop.
  llvm::SmallVector<mlir::AffineExpr> strides;
  /// Where the column loop walks a packed dimension.
  std::optional<Panels> panels = std::nullopt;

  bool isUnitStride(unsigned loop) const { return strides[loop] == 1; }
  bool isInvariant(unsigned loop) const { return strides[loop] == 0; }
};

/// Memory has elements of this type as vectors have them: booleans are bytes
/// there, but bits in vectors.
bool isVectorElement(mlir::Type type);

/// The operand that reads (or writes) `view` at `map` of loops, loop i of the
/// map being number `loops[i]` of `numLoops`. Nothing where an index is not
/// linear, or another loop than `columnLoop` walks a packed dimension.
std::optional<LoopOperand>
getLoopOperand(const StridedView &view, mlir::AffineMap map,
               mlir::Type elementType, llvm::ArrayRef<unsigned> loops,
               unsigned numLoops, unsigned columnLoop);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_CONTRACTION_LOOPOPERAND_H
