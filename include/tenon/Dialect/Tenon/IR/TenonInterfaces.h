//===- TenonInterfaces.h - what passes ask of an op -------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_TENONINTERFACES_H
#define TENON_DIALECT_TENON_IR_TENONINTERFACES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "tenon/Dialect/Tenon/IR/DimGuards.h"
#include "tenon/Dialect/Tenon/IR/KernelDims.h"

namespace tenon {
class Composer;
} // namespace tenon

#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h.inc"

namespace tenon {
/// The elements of a small integer tensor as expressions over dimension
/// symbols, where they can be known (SymbolicValueOpInterface).
std::optional<llvm::SmallVector<mlir::AffineExpr>>
getSymbolicElements(mlir::Value value);

/// The same with null for elements that only a run knows.
std::optional<llvm::SmallVector<mlir::AffineExpr>>
getPartialElements(mlir::Value value);
} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_TENONINTERFACES_H
