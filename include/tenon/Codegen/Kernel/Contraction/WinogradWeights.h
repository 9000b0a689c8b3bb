//===- WinogradWeights.h - convolutions with such weights -------*- C++ -*-===//
//
// A kernel whose weights are Winograd's restores them before it convolves, so
// that it is right for whoever does not know better. Who does reads them as
// they lie.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_KERNEL_CONTRACTION_WINOGRADWEIGHTS_H
#define TENON_CODEGEN_KERNEL_CONTRACTION_WINOGRADWEIGHTS_H

#include "tenon/Codegen/Kernel/Contraction/ContractionKernel.h"

namespace tenon {

/// Whether `op` restores weights.
bool restoresWinogradWeights(mlir::Operation *op);

/// The tiles that `weights` are restored from; null where they are not.
mlir::Value getWinogradTiles(mlir::Value weights);

/// Whether `kernel`, but for the form of its weights, is a convolution that
/// Winograd's tiles compute; otherwise with the reason.
bool isWinogradConv(const ContractionKernel &kernel, std::string &reason);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_CONTRACTION_WINOGRADWEIGHTS_H
