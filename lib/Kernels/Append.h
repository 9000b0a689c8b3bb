//===- Append.h - next values of states that are longer ---------*- C++ -*-===//
#ifndef TENON_KERNELS_APPEND_H
#define TENON_KERNELS_APPEND_H

#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/Places.h"
#include <optional>

namespace tenon {

/// Where `value` lies if it is a view of `present`, an argument that lies at
/// `place`, through reshapes and slices, groups or not; nullopt if it is none.
std::optional<Place> findView(mlir::Value value, mlir::BlockArgument present,
                              const Place &place);

/// The group that makes result `index` of `function`, whose groups are formed,
/// where that is an append to a state stored with these strides: a
/// concatenation, through reshapes and of concatenations, in which the whole
/// present value is where it lies already. Written in place, it changes nothing
/// that was there. Null if it is none.
GroupOp findAppend(mlir::func::FuncOp function, unsigned index,
                   llvm::ArrayRef<mlir::AffineExpr> stored);

} // namespace tenon

#endif // TENON_KERNELS_APPEND_H
