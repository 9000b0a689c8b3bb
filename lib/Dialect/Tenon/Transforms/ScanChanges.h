//===- ScanChanges.h - work that leaves the rounds of a scan ----*- C++ -*-===//
#ifndef TENON_LIB_DIALECT_TENON_TRANSFORMS_SCANCHANGES_H
#define TENON_LIB_DIALECT_TENON_TRANSFORMS_SCANCHANGES_H

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "llvm/ADT/MapVector.h"

namespace tenon {

/// Gathers what is to change of a scan, and then makes the scan that is left.
/// Until then its body stays as it is, so that it can be asked.
class ScanChanges {
public:
  explicit ScanChanges(ScanOp scan)
      : scan(scan), dropped(scan.getNumResults()) {}

  /// All rounds' slices of `value`, of the body or from outside of it, in the
  /// order of a stack that is walked from its end or not: an input, a result
  /// that is there, or one that will be. Sizes have to be known.
  void needAll(mlir::Value value, bool isReversed);
  /// Where they are, once the scan is made: null for what is the same in all
  /// rounds.
  mlir::Value getAll(mlir::Value value, bool isReversed) const;

  /// The result, and what is carried for it, is computed elsewhere.
  void dropResult(unsigned number) { dropped.set(number); }
  /// What `value` of the body is in each round is a slice of `input`.
  void replaceBySlices(mlir::Value value, mlir::Value input, bool isReversed) {
    slices.push_back({value, input, isReversed});
  }

  /// The scan that is left, in place of the old one, whose dropped results have
  /// their uses still; whoever replaced them erases it.
  ScanOp make();

private:
  struct Slices {
    mlir::Value value, input;
    bool isReversed;
  };
  using Ordered = std::pair<mlir::Value, unsigned>;

  ScanOp scan;
  llvm::BitVector dropped;
  llvm::SmallVector<Slices> slices;
  /// Null until they are made.
  llvm::MapVector<Ordered, mlir::Value> stacks;
};

/// The products of all rounds, given all slices of each operand or null where
/// it is the same in all: one behind the other along a first dimension, or
/// their sum.
mlir::Value contractRounds(Composer &c, ContractOp contract, mlir::Value lhs,
                           mlir::Value rhs, bool isSum);

} // namespace tenon

#endif // TENON_LIB_DIALECT_TENON_TRANSFORMS_SCANCHANGES_H
