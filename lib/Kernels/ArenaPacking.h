//===- ArenaPacking.h - offsets for values of known lifetimes ---*- C++ -*-===//
#ifndef TENON_LIB_KERNELS_ARENAPACKING_H
#define TENON_LIB_KERNELS_ARENAPACKING_H

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/ArrayRef.h"
#include <optional>

namespace tenon {

/// Memory of `size` bytes from the op at position `begin` of the program to
/// that at `end`, both included.
struct ArenaBuffer {
  mlir::AffineExpr size;
  int64_t begin, end;
  mlir::AffineExpr offset = {};
  /// What `size` never exceeds, where a number is known.
  std::optional<int64_t> most = std::nullopt;
};

/// `size` rounded up to the alignment of buffers.
mlir::AffineExpr alignUp(mlir::AffineExpr size);

/// Gives each buffer an offset; returns the bytes of the arena.
mlir::AffineExpr packArena(llvm::ArrayRef<ArenaBuffer *> buffers,
                           mlir::MLIRContext *context);

/// The bytes of the buffers that are alive at once, at most: a bound of every
/// packing. Sizes have to be constant.
int64_t getMaxLiveBytes(llvm::ArrayRef<ArenaBuffer *> buffers);

} // namespace tenon

#endif // TENON_LIB_KERNELS_ARENAPACKING_H
