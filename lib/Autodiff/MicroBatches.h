//===- MicroBatches.h - a step in parts of its batch ------------*- C++ -*-===//
#ifndef TENON_LIB_AUTODIFF_MICROBATCHES_H
#define TENON_LIB_AUTODIFF_MICROBATCHES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tenon {

/// Makes of a function whose results are scalars, means over samples, one that
/// computes them for `count` times as many, part after part. `axes` says which
/// dimension of each argument counts samples, -1: none does. What a part leaves
/// in a state the next one reads. Of ranks that have a part of the model each,
/// one works on a part of the batch while others work on other parts (Huang et
/// al., "GPipe", 2019).
void repeatForMicroBatches(mlir::func::FuncOp function, int64_t count,
                           llvm::ArrayRef<int64_t> axes);

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_MICROBATCHES_H
