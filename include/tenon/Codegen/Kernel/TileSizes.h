//===- TileSizes.h - how a kernel is split into work items ------*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_TILESIZES_H
#define TENON_CODEGEN_KERNEL_TILESIZES_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallBitVector.h"

namespace tenon {

/// The cost of one iteration of `op`'s loops, in element accesses of
/// vectorised code.
int64_t getIterationCost(mlir::linalg::LinalgOp op);

/// The sizes of tiles of a loop nest whose iterations together cost
/// `totalCost`: each tile costs about `targetCost`, inner loops stay whole
/// before outer ones, and loops outside of `tileable` always. Along each loop
/// of `lines` there is a cache line of some operand, which a tile takes whole.
/// Zero: the loop stays whole.
llvm::SmallVector<int64_t> getTileSizes(llvm::ArrayRef<int64_t> loopRanges,
                                        const llvm::SmallBitVector &tileable,
                                        const llvm::SmallBitVector &lines,
                                        int64_t totalCost, int64_t targetCost);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_TILESIZES_H
