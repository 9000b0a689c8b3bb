//===- AverageGradients.h - one step of several ranks -----------*- C++ -*-===//
#ifndef TENON_LIB_AUTODIFF_AVERAGEGRADIENTS_H
#define TENON_LIB_AUTODIFF_AVERAGEGRADIENTS_H

#include "tenon/Dialect/Tenon/IR/Composer.h"

namespace tenon {

/// Replaces gradients by their means over all ranks. They go in buckets, those
/// first that the backward pass gives first (of the last parameters), so that
/// most of them travel while it still runs.
void averageGradients(Composer &c,
                      llvm::MutableArrayRef<mlir::Value> gradients);

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_AVERAGEGRADIENTS_H
