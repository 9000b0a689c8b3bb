//===- Placement.h - where the values of a program lie ----------*- C++ -*-===//
#ifndef TENON_KERNELS_PLACEMENT_H
#define TENON_KERNELS_PLACEMENT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

namespace tenon {
class DimGuardOp;

/// Offsets in the arena and of weights are multiples of this: a cache line, and
/// the widest vector.
inline constexpr int64_t bufferAlignment = 64;

/// Name of the attribute with one placement for each result of an op:
/// `#tenon.dims<[offset]>` in the arena, or `#tenon.dims<[offset, size]>` for
/// two buffers that a loop's rounds use in turn; `#tenon.late<...>` for a size
/// that a run finds out; an integer: an output of the program; a unit: one of
/// the values that a branch or loop chooses from, where it is. On constants:
/// the offset in the weights, an integer.
inline constexpr llvm::StringLiteral placementAttrName = "placement";
/// Of a loop: the offset in the arena of its rounds' number.
inline constexpr llvm::StringLiteral roundPlacementAttrName =
    "tenon.round_placement";
/// Of a program: how many growable blocks it uses.
inline constexpr llvm::StringLiteral numLateBlocksAttrName =
    "tenon.num_late_blocks";
inline constexpr llvm::StringLiteral arenaBytesAttrName = "tenon.arena_bytes";

/// The value whose memory `value` is: reshapes are views.
mlir::Value getBuffer(mlir::Value value);

/// Bytes of a tensor of `type`, as an expression over the program's symbols;
/// null where unknown. Elements of less than a byte take one.
mlir::AffineExpr getByteSize(mlir::RankedTensorType type);

/// The symbols that a program's inputs bind, in the order in which a run gets
/// their values.
llvm::SmallVector<mlir::AffineExpr>
getProgramSymbols(mlir::func::FuncOp program);

/// Whether `symbols` alone give `expr` its value.
bool followsFrom(mlir::AffineExpr expr,
                 llvm::ArrayRef<mlir::AffineExpr> symbols);

/// Whether a guard is checked before a program's first launch.
bool isCheckedAtStart(DimGuardOp guard);

/// The names of the model's nodes at `loc`, separated by ", ".
std::string getNodeNames(mlir::Location loc);

/// `node "slice": expected s >= 5`
std::string describeGuard(DimGuardOp guard);

/// The entry function of a module: the first one that is no kernel. Null if
/// there is none.
mlir::func::FuncOp getProgram(mlir::ModuleOp module);

/// The C name with which the symbols of a program begin: the model's, and in a
/// training program, which has several, the function's behind it.
std::string getProgramName(mlir::func::FuncOp program,
                           llvm::StringRef modelName);

/// Name of the attribute of a result that may lie in the memory of the argument
/// that is the same parameter: nothing reads the old value once the new one is
/// written (plan-memory).
inline constexpr llvm::StringLiteral inPlaceAttrName = "tenon.in_place";

} // namespace tenon

#endif // TENON_KERNELS_PLACEMENT_H
