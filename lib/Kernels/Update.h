//===- Update.h - kernels that write a part of an operand -------*- C++ -*-===//
#ifndef TENON_KERNELS_UPDATE_H
#define TENON_KERNELS_UPDATE_H

#include "tenon/Dialect/Tenon/IR/TenonOps.h"

namespace tenon {

/// The operand from which the result of `group`, a kernel to be, differs only
/// in some elements, and of which it reads only those; null if there is none.
mlir::Value getUpdatedOperand(GroupOp group);

/// Whether the call can still fail behind `op`: state must be as it was then.
bool mayFailBehind(mlir::Operation *op);

/// Has the updates between the present value of the state that result `index`
/// is and the next one done in the state's memory; returns whether they can be.
bool updateState(mlir::func::FuncOp function, unsigned index);

/// Has `group` update an operand of `function`'s own that nobody needs behind
/// it; returns whether it does.
bool updateOperand(mlir::func::FuncOp function, GroupOp group);

} // namespace tenon

#endif // TENON_KERNELS_UPDATE_H
