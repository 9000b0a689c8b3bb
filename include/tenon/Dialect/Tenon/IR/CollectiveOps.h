//===- CollectiveOps.h - what the ranks of a run do together ----*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_COLLECTIVEOPS_H
#define TENON_DIALECT_TENON_IR_COLLECTIVEOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h.inc"

namespace tenon {

/// Whether `op` moves values between ranks, and may be started and awaited.
bool isTransfer(mlir::Operation *op);

/// The op that waits for `transfer`; null: the program waits where it is.
AwaitOp getAwait(mlir::Operation *transfer);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_COLLECTIVEOPS_H
