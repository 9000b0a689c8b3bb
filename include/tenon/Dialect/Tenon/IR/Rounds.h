//===- Rounds.h - loops as scans, and scans as loops ------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_ROUNDS_H
#define TENON_DIALECT_TENON_IR_ROUNDS_H

#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"

namespace tenon {

/// Whether what `op` does finds out sizes or numbers of rounds: its own results
/// have unknown ones, or its regions bind them. Then it is no single kernel,
/// and no scan.
bool findsSizes(mlir::Operation *op);

/// Moves out of the rounds what is the same in all of them: arithmetic whose
/// operands come from outside. Not what may end a run, for there may be no
/// round.
mlir::LogicalResult hoistInvariants(LoopOp loop, mlir::RewriterBase &rewriter);

/// A scan over the rounds' numbers with the body of `loop`, which loses it;
/// results of unknown sizes have the scan's types. For a loop that runs
/// `length` times.
ScanOp convertToScan(mlir::RewriterBase &rewriter, LoopOp loop,
                     mlir::AffineExpr length);

/// `list` with the last round's slice first.
mlir::Value reverseRounds(Composer &c, mlir::Value list);

/// The results of a loop with the body of `scan`, which loses it: it looks up
/// the slices by the round's number.
llvm::SmallVector<mlir::Value> convertToLoop(mlir::RewriterBase &rewriter,
                                             ScanOp scan);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_ROUNDS_H
