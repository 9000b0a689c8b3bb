//===- WinogradTiles.h - 3x3 convolutions in tiles of 4x4 -------*- C++ -*-===//
//
// A work item covers some rows of tiles of an image, and some panels. Its
// elements, copied with their border, are transformed to 36 matrices [tiles,
// channels]; each is multiplied with its matrix of weights, in register tiles;
// the products are transformed back, and go through the epilogue. All that
// lies between stays in the caches.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_WINOGRADTILES_H
#define TENON_CODEGEN_CPU_CONTRACTION_WINOGRADTILES_H

#include "tenon/Codegen/CPU/Contraction/TilePlan.h"
#include "tenon/Codegen/Kernel/Contraction/ContractionKernel.h"

namespace tenon {

/// nullopt if vectors of the target don't divide the channels, or panels the
/// columns.
std::optional<TilePlan> planWinogradTiles(const ContractionKernel &kernel,
                                          const TargetInfo &target);

/// Fills `tiled`, a function over memrefs, with the kernel's code.
void emitWinogradKernel(const ContractionKernel &kernel, const TilePlan &plan,
                        mlir::func::FuncOp tiled);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_WINOGRADTILES_H
