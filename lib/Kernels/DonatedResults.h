//===- DonatedResults.h - results in the memory of arguments ----*- C++ -*-===//
#ifndef TENON_LIB_KERNELS_DONATEDRESULTS_H
#define TENON_LIB_KERNELS_DONATEDRESULTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tenon {

/// Marks those results of a program that may lie in the memory of the argument
/// whose next value they are (inPlaceAttrName). A result may if the launch that
/// writes it is the last that reads the argument, and reads each element where
/// it writes the new one.
void markDonated(mlir::func::FuncOp program);

} // namespace tenon

#endif // TENON_LIB_KERNELS_DONATEDRESULTS_H
