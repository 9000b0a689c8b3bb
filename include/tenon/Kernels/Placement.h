//===- Placement.h - where the values of a program lie ----------*- C++ -*-===//
#ifndef TENON_KERNELS_PLACEMENT_H
#define TENON_KERNELS_PLACEMENT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

namespace tenon {
class DimGuardOp;

/// Offsets in the arena and of weights are multiples of this: a cache line, and
/// the widest vector.
inline constexpr int64_t bufferAlignment = 64;

/// Name of the attribute with one region for each result of an op; a unit for
/// one of the values that a branch or loop chooses from, where it is.
inline constexpr llvm::StringLiteral placementAttrName = "placement";
/// Of a loop: the offset in the arena of its rounds' number.
inline constexpr llvm::StringLiteral roundPlacementAttrName =
    "tenon.round_placement";
/// Of a program: the bytes of each of its growable blocks at most, 0 where
/// nothing bounds them.
inline constexpr llvm::StringLiteral lateBytesAttrName = "tenon.late_bytes";
inline constexpr llvm::StringLiteral arenaBytesAttrName = "tenon.arena_bytes";
/// Of a function whose sizes are constant: the bytes that are alive at once, at
/// most.
inline constexpr llvm::StringLiteral liveBytesAttrName = "tenon.live_bytes";

/// Of a constant, and of a state's first value: where it lies in the weights.
inline constexpr llvm::StringLiteral weightOffsetAttrName = "weight_offset";

/// Of a state: it has room up to its capacity (store-states).
inline constexpr llvm::StringLiteral atCapacityAttrName = "at_capacity";
/// Where a value that an op computes lies; null before `plan-memory`.
RegionAttr getRegion(mlir::Value value);

/// The value whose memory `value` is: reshapes are views.
mlir::Value getBuffer(mlir::Value value);

/// Bytes of an element in memory; what is less than a byte takes one.
int64_t getElementBytes(mlir::Type type);

/// A kernel that copies `value`, to where its result will lie.
mlir::Value createCopy(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value);

/// Bytes of a tensor of `type`, as an expression over the program's symbols;
/// null where unknown.
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

/// `node "slice": expected s >= 5`
std::string describeGuard(DimGuardOp guard);

/// The first function of a module that is no kernel: the one that a short call
/// means. Null if there is none.
mlir::func::FuncOp getProgram(mlir::ModuleOp module);

/// What the symbols of a function's code begin with: the model's C name, and
/// where the model has several functions the function's behind it.
std::string getCodeSymbol(mlir::func::FuncOp function,
                          llvm::StringRef modelName);

/// Name of the attribute of a result that may lie in the memory of the argument
/// that is the same state: nothing reads the old value once the new one is
/// written (plan-memory).
inline constexpr llvm::StringLiteral inPlaceAttrName = "tenon.in_place";

/// Name of the attribute of a result that lies in the memory of the argument
/// that is the same state: only what differs is written (form-views).
inline constexpr llvm::StringLiteral updatedAttrName = "tenon.updated";

} // namespace tenon

#endif // TENON_KERNELS_PLACEMENT_H
