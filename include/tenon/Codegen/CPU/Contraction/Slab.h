//===- Slab.h - padded input rows in scratch memory -------------*- C++ -*-===//
//
// A work item of a padded convolution reads a box of the padded input. The box
// is copied once, with its border, into scratch memory; then im2col is address
// arithmetic, for every panel of weights and without a test for the border.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_SLAB_H
#define TENON_CODEGEN_CPU_CONTRACTION_SLAB_H

#include "tenon/Codegen/CPU/Contraction/TileAccess.h"

namespace tenon {

/// Which iterations of each loop a work item covers.
struct ItemRange {
  /// First iteration; zero for loops that are covered whole.
  llvm::SmallVector<OpFoldResult> start;
  /// An upper bound of their number.
  llvm::SmallVector<mlir::AffineExpr> length;
  /// Items divide the columns evenly.
  bool hasEvenColumns = false;
};

/// Allocates and fills the slab of the item. `source` is the buffer of the
/// argument that is padded.
BoundOperand emitSlab(mlir::ImplicitLocOpBuilder &builder, IndexMath &math,
                      const ContractionKernel &kernel, const ItemRange &range,
                      mlir::Value source, int64_t lanes);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_SLAB_H
