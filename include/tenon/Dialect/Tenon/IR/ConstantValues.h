//===- ConstantValues.h - what the compiler will evaluate -------*- C++ -*-===//

#ifndef TENON_DIALECT_TENON_IR_CONSTANTVALUES_H
#define TENON_DIALECT_TENON_IR_CONSTANTVALUES_H

#include "mlir/IR/Value.h"

namespace tenon {

/// Whether `value` follows from constants alone: `evaluate-constants` computes
/// it.
bool isConstantValue(mlir::Value value);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_CONSTANTVALUES_H
