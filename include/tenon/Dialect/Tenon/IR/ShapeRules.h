//===- ShapeRules.h - rules that several ops' shape inference shares ------===//
#ifndef TENON_DIALECT_TENON_IR_SHAPERULES_H
#define TENON_DIALECT_TENON_IR_SHAPERULES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ValueRange.h"

namespace tenon {

/// The dimensions to which `lhs` and `rhs` broadcast as NumPy's do; where two
/// expressions differ and neither is 1, a constant wins over a symbol (which
/// must then have that value), and otherwise the left one. Diagnoses constants
/// that differ.
mlir::FailureOr<llvm::SmallVector<mlir::AffineExpr>>
broadcastDims(std::optional<mlir::Location> loc,
              llvm::ArrayRef<mlir::AffineExpr> lhs,
              llvm::ArrayRef<mlir::AffineExpr> rhs);

/// Whether a tensor of type `from` broadcasts to one of dimensions `to` as it
/// is. Symbols may have any value.
bool broadcastsTo(mlir::RankedTensorType from,
                  llvm::ArrayRef<mlir::AffineExpr> to);

/// The broadcast type of `operands`, which must have one element type.
mlir::FailureOr<mlir::RankedTensorType>
inferBroadcastType(std::optional<mlir::Location> loc,
                   mlir::ValueRange operands);

/// Result types of elementwise ops: the broadcast type of operands of one
/// element type; the same with elements i1; that of operands 1 and 2, broadcast
/// with the condition.
llvm::LogicalResult inferElementwise(std::optional<mlir::Location> loc,
                                     mlir::ValueRange operands,
                                     llvm::SmallVectorImpl<mlir::Type> &types);
llvm::LogicalResult inferPredicate(std::optional<mlir::Location> loc,
                                   mlir::ValueRange operands,
                                   llvm::SmallVectorImpl<mlir::Type> &types);
llvm::LogicalResult inferSelect(std::optional<mlir::Location> loc,
                                mlir::ValueRange operands,
                                llvm::SmallVectorImpl<mlir::Type> &types);

/// Where the largest or smallest element along `axis` is: i64.
llvm::LogicalResult inferArgReduce(std::optional<mlir::Location> loc,
                                   mlir::Value operand, int64_t axis,
                                   bool keepDims,
                                   llvm::SmallVectorImpl<mlir::Type> &types);

/// The dimensions of `type` without `axes`, or with 1 in their place.
llvm::SmallVector<mlir::AffineExpr> reduceDims(mlir::RankedTensorType type,
                                               llvm::ArrayRef<int64_t> axes,
                                               bool keepDims);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_SHAPERULES_H
