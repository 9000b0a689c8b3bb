//===- Dtype.h - element types as the C interface numbers them --*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_DTYPE_H
#define TENON_DIALECT_TENON_IR_DTYPE_H

#include "mlir/IR/Types.h"
#include "tenon-rt/tenon.h"

#include <optional>

namespace tenon {

/// Nullopt: the border of artefacts has no such elements.
std::optional<tenon_dtype> getDtype(mlir::Type element);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_DTYPE_H
