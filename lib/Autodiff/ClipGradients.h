//===- ClipGradients.h - bounds of gradients --------------------*- C++ -*-===//
#ifndef TENON_LIB_AUTODIFF_CLIPGRADIENTS_H
#define TENON_LIB_AUTODIFF_CLIPGRADIENTS_H

#include "tenon/Dialect/Tenon/IR/Composer.h"

namespace tenon {

/// Puts each element into [-bound, bound].
void clipValues(Composer &c, llvm::MutableArrayRef<mlir::Value> gradients,
                double bound);

/// Scales `gradients` by min(1, limit / their joint Euclidean norm), as PyTorch
/// does.
void clipNorm(Composer &c, llvm::MutableArrayRef<mlir::Value> gradients,
              double limit);

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_CLIPGRADIENTS_H
