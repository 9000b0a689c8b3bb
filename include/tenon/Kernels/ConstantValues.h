//===- ConstantValues.h - what the compiler will evaluate -------*- C++ -*-===//

#ifndef TENON_KERNELS_CONSTANTVALUES_H
#define TENON_KERNELS_CONSTANTVALUES_H

#include "mlir/IR/Value.h"

namespace tenon {

/// Whether `value` follows from constants alone: `evaluate-constants` computes
/// it.
bool isConstantValue(mlir::Value value);

} // namespace tenon

#endif // TENON_KERNELS_CONSTANTVALUES_H
