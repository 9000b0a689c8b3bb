//===- FetchAhead.h - what tiles prefetch -----------------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_FETCHAHEAD_H
#define TENON_CODEGEN_CPU_CONTRACTION_FETCHAHEAD_H

#include "tenon/Codegen/CPU/Contraction/TileAccess.h"

namespace tenon {

/// A loop that is summed over, or several that are one.
struct ReductionLoop {
  unsigned loop;
  mlir::AffineExpr extent;
};

/// An element in each iteration of the reduction, `strides` apart in its loops.
struct Prefetch {
  mlir::Value buffer;
  OpFoldResult address;
  llvm::SmallVector<OpFoldResult> strides;
};

/// What a tile fetches that sums over `loops` of `inputs`, whose rows lie at
/// `addresses`; nothing where it would not help.
std::optional<Prefetch>
choosePrefetch(const TileAccess &access, const TilePosition &position,
               const DepthRange &depth, llvm::ArrayRef<ReductionLoop> loops,
               llvm::ArrayRef<std::optional<BoundOperand>> inputs,
               llvm::ArrayRef<RowAddresses> addresses);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_FETCHAHEAD_H
