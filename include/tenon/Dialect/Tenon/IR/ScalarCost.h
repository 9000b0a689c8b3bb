//===- ScalarCost.h - what a scalar function costs --------------*- C++ -*-===//
//
// What is cheap, for fusion on the graph as for fusion and tiles in a kernel:
// both look at the same scalar ops. Cost.h counts the arithmetic of whole ops.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DIALECT_TENON_IR_SCALARCOST_H
#define TENON_DIALECT_TENON_IR_SCALARCOST_H

#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

namespace tenon {

/// What one element of vectorised code costs beside the loads and stores around
/// it.
struct ScalarCost {
  /// Additions, comparisons, selections and the like, which hide behind those.
  int64_t simpleOps = 0;
  /// Divisions and functions, in element accesses that take as long.
  int64_t accesses = 0;
  /// Elements that are looked up by an index.
  int64_t lookups = 0;
  /// Loops and branches, whose bodies are not counted.
  int64_t regions = 0;

  ScalarCost &operator+=(const ScalarCost &other);

  /// All but the simple ops, in element accesses.
  int64_t getAccesses() const;

  /// Costs less than to store the result and to load it again.
  bool isCheap() const;
};

/// The cost of the ops of a body, of which those of `linalg` have scalars.
ScalarCost getScalarCost(mlir::Block &body);

/// The cost of the scalar function of `op`. Emits it for a moment, beside the
/// op's block.
ScalarCost getScalarCost(ElementwiseOpInterface op);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_SCALARCOST_H
