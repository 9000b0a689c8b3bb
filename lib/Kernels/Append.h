//===- Append.h - next values of states that are longer ---------*- C++ -*-===//
#ifndef TENON_KERNELS_APPEND_H
#define TENON_KERNELS_APPEND_H

#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include <optional>

namespace tenon {

/// The next value of a state is the present one with more behind it, along a
/// dimension that grows: written in place, it changes nothing that was there.
struct Append {
  GroupOp group;
  ConcatOp concat; ///< all that is in the group
  mlir::BlockArgument present;
};

/// Result `index` of `function`, whose groups are formed, as an append to a
/// state that lies with the strides `stored`, through reshapes of both, too;
/// nullopt if it is none.
std::optional<Append> findAppend(mlir::func::FuncOp function, unsigned index,
                                 llvm::ArrayRef<mlir::AffineExpr> stored);

} // namespace tenon

#endif // TENON_KERNELS_APPEND_H
