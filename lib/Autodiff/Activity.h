//===- Activity.h - which ops a derivative goes through ---------*- C++ -*-===//
#ifndef TENON_LIB_AUTODIFF_ACTIVITY_H
#define TENON_LIB_AUTODIFF_ACTIVITY_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace tenon {

/// The operands of `op`, then the values that its regions use from outside.
llvm::SmallVector<mlir::Value> getOperandsAndCaptured(mlir::Operation *op);

/// The part of a graph that depends on some of its values.
class Activity {
public:
  /// Finds the ops among `ops`, in order, that depend on `sources`. Composites
  /// without a derivative of their own are replaced by what they decompose to;
  /// they stay where they are, without users. Fails after a diagnostic at an op
  /// with neither.
  mlir::LogicalResult find(llvm::ArrayRef<mlir::Operation *> ops,
                           llvm::ArrayRef<mlir::Value> sources);

  llvm::ArrayRef<mlir::Operation *> getOps() const { return ops; }
  bool contains(mlir::Value value) const { return active.contains(value); }
  /// What stands in for `value` where its op was decomposed.
  mlir::Value resolve(mlir::Value value) const {
    while (mlir::Value other = replaced.lookup(value))
      value = other;
    return value;
  }

private:
  bool isActive(mlir::Operation *op) const;
  mlir::FailureOr<llvm::SmallVector<mlir::Operation *>>
  decompose(mlir::Operation *op);

  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseSet<mlir::Value> active;
  llvm::DenseMap<mlir::Value, mlir::Value> replaced;
};

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_ACTIVITY_H
