//===- MicroBatches.h - a step in parts of its batch ------------*- C++ -*-===//
#ifndef TENON_LIB_AUTODIFF_MICROBATCHES_H
#define TENON_LIB_AUTODIFF_MICROBATCHES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tenon {

/// Makes of a function that computes a loss of some samples, the first
/// dimension of its inputs, one that computes the mean of the losses of `count`
/// times as many, part after part. What a part leaves in a state the next one
/// reads. Of ranks that have a part of the model each, one works on a part of
/// the batch while others work on other parts (Huang et al., "GPipe", 2019).
void repeatForMicroBatches(mlir::func::FuncOp function, int64_t count);

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_MICROBATCHES_H
