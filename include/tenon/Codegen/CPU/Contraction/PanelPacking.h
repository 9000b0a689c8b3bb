//===- PanelPacking.h - panels of a transposed operand ----------*- C++ -*-===//
//
// An operand whose columns are not contiguous (K in Q * K^T) is packed panel by
// panel into scratch memory, as weights are when compiling: each panel serves
// all rows of the work item.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_PANELPACKING_H
#define TENON_CODEGEN_CPU_CONTRACTION_PANELPACKING_H

#include "tenon/Codegen/CPU/Contraction/TileAccess.h"

namespace tenon {

/// Input `input` as one panel of `width` columns, with memory but no values.
BoundOperand allocatePanel(mlir::ImplicitLocOpBuilder &builder, IndexMath &math,
                           const ContractionKernel &kernel, unsigned input,
                           int64_t width);

/// Fills `panel` from `source`, whose first column and reduction index 0 lie at
/// `first`. Lanes from `numColumns` on are left as they are.
void emitPanel(mlir::ImplicitLocOpBuilder &builder, IndexMath &math,
               const ContractionKernel &kernel, const BoundOperand &source,
               OpFoldResult first, OpFoldResult numColumns,
               const BoundOperand &panel, int64_t lanes);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_PANELPACKING_H
