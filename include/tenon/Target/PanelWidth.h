//===- PanelWidth.h - how weights are packed for a CPU ----------*- C++ -*-===//
//
// A decision that packing (on the graph) and code generation share.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_PANELWIDTH_H
#define TENON_TARGET_PANELWIDTH_H

#include "tenon/Target/TargetInfo.h"

namespace tenon {

/// Columns of a register tile's panel, nr of the micro-kernel: weights with
/// `columns` columns (output channels) are packed to [columns / nr][k][nr], the
/// last panel filled up with zeros. `elementBits` is the width of the
/// accumulator: 32, but 64 for f64 and i64.
int64_t getPanelWidth(int64_t columns, unsigned elementBits,
                      const TargetInfo &target);

/// The most vectors of a row in a register tile. With 6 rows, two of sixteen
/// registers or four of thirty-two leave room for the operands.
int64_t getMaxVectorsPerRow(const TargetInfo &target);

} // namespace tenon

#endif // TENON_TARGET_PANELWIDTH_H
