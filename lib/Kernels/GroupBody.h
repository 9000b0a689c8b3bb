//===- GroupBody.h - what a group consists of -------------------*- C++ -*-===//
#ifndef TENON_KERNELS_GROUPBODY_H
#define TENON_KERNELS_GROUPBODY_H

#include "tenon/Dialect/Tenon/IR/TenonOps.h"

namespace tenon {

/// The op of a group that holds only one, beside constants; null otherwise.
template <typename Op> Op getOnlyOp(GroupOp group) {
  Op only;
  for (mlir::Operation &op : group.getBody().front().without_terminator()) {
    if (mlir::isa<ConstantOp>(op))
      continue;
    if (only || !mlir::isa<Op>(op))
      return {};
    only = mlir::cast<Op>(op);
  }
  return only;
}

/// The input of `group` that `value` is in its body; null if it is none.
inline mlir::Value getOutside(GroupOp group, mlir::Value value) {
  auto argument = mlir::dyn_cast<mlir::BlockArgument>(value);
  return argument ? group.getInputs()[argument.getArgNumber()] : mlir::Value();
}

} // namespace tenon

#endif // TENON_KERNELS_GROUPBODY_H
