//===- TilePlan.h - how a contraction kernel is cut -------------*- C++ -*-===//
//
// The decisions between the model of a kernel and its code: the register tile,
// and what a work item covers. They are recorded on the kernel (`tenon.tiles`),
// so that they can be read, tested and overridden apart from the emission.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_TILEPLAN_H
#define TENON_CODEGEN_CPU_CONTRACTION_TILEPLAN_H

#include "tenon/Codegen/Kernel/Contraction/ContractionKernel.h"
#include "tenon/Target/TargetInfo.h"

namespace tenon {

/// On a kernel: its tile plan.
inline constexpr llvm::StringLiteral kTilesAttr = "tenon.tiles";

struct TilePlan {
  /// Lanes of a vector register.
  int64_t lanes = 0;
  /// The register tile: at most `rows` x `panelsPerTile * panelWidth`.
  int64_t rows = 0;
  int64_t panelWidth = 0;
  int64_t panelsPerTile = 1;
  /// A work item covers `panelsPerItem` panels, and at most `blockSize`
  /// iterations of row loop number `blockLoop`, one of those outside of it and
  /// all of those inside.
  int64_t panelsPerItem = 1;
  int64_t blockLoop = 0;
  int64_t blockSize = 1;
  /// The first of the row loops whose iterations may share a register tile.
  int64_t flattenFrom = 0;
  /// Parts of the outermost reduction loop, each of which is computed for all
  /// rows of an item before the next one.
  int64_t depthBlocks = 1;

  mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context) const;
  static std::optional<TilePlan> fromAttribute(mlir::DictionaryAttr attribute);
};

/// Rows of a register tile: three quarters of the registers accumulate.
int64_t getTileRows(int64_t vectorsPerRow, const TargetInfo &target);

TilePlan planTiles(const ContractionKernel &kernel, const TargetInfo &target);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_TILEPLAN_H
