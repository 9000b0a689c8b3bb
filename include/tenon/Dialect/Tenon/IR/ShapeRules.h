//===- ShapeRules.h - rules that several ops' shape inference shares -*- C++
//-*-===//
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

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_SHAPERULES_H
