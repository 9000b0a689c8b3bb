//===- InPlace.h - results in the memory of operands ------------*- C++ -*-===//
#ifndef TENON_LIB_KERNELS_INPLACE_H
#define TENON_LIB_KERNELS_INPLACE_H

#include "tenon/Dialect/Tenon/IR/TenonOps.h"

namespace tenon {

/// Whether a result of `launch` may lie where `operand`, one of its inputs,
/// lies, as far as the kernel is concerned: it reads each element where it
/// writes the new one, and nothing else of that memory.
bool isReadInPlace(LaunchOp launch, mlir::Value operand, mlir::Value result);

} // namespace tenon

#endif // TENON_LIB_KERNELS_INPLACE_H
