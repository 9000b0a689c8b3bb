//===- DimGuards.h - what a run's dimensions must satisfy -------*- C++ -*-===//
//
// Where sizes are symbolic, an op can be right for some values of the symbols
// and out of bounds for others: a slice to 5 of a dimension s, a sum of tensors
// of s and t rows. Ops state what they need (DimGuardOpInterface), the pass
// guard-dims keeps what is not certain, and the artefact checks it at its
// border (docs/Rationale/Dimensions.md).
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DIALECT_TENON_IR_DIMGUARDS_H
#define TENON_DIALECT_TENON_IR_DIMGUARDS_H

#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "llvm/ADT/SmallVector.h"

namespace tenon {

/// `lhs >= rhs`, or `lhs == rhs`.
struct DimGuard {
  mlir::AffineExpr lhs, rhs;
  bool isEquality;
};

/// The guards of an op. Those about unknown sizes (null) are left out.
class DimGuards {
public:
  void addAtLeast(mlir::AffineExpr larger, mlir::AffineExpr smaller) {
    if (larger && smaller)
      guards.push_back({larger, smaller, /*isEquality=*/false});
  }
  void addEqual(mlir::AffineExpr lhs, mlir::AffineExpr rhs) {
    if (lhs && rhs)
      guards.push_back({lhs, rhs, /*isEquality=*/true});
  }
  /// `type` broadcasts to `result`: aligned dimensions are equal, or 1.
  void addBroadcast(mlir::RankedTensorType type, mlir::RankedTensorType result);

  llvm::ArrayRef<DimGuard> get() const { return guards; }

private:
  llvm::SmallVector<DimGuard> guards;
};

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_DIMGUARDS_H
