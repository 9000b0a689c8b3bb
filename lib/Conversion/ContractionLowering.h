//===- ContractionLowering.h - sums of products as a generic ----*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_CONTRACTIONLOWERING_H
#define TENON_LIB_CONVERSION_CONTRACTIONLOWERING_H

#include "tenon/Dialect/Tenon/IR/KernelDims.h"

namespace tenon {

/// A sum of products: the lowered operands and how the loops read them, and the
/// element types that they have in the graph.
struct Contraction {
  mlir::Value lhs, rhs;
  mlir::AffineMap lhsMap, rhsMap, resultMap;
  mlir::Type lhsElement, rhsElement, resultElement;
};

/// The generic that computes `contraction` for a result of `type`, with a loop
/// a dimension of the maps; those that the result lacks are reductions.
mlir::Value createContraction(mlir::OpBuilder &builder, mlir::Location loc,
                              const Contraction &contraction,
                              mlir::RankedTensorType type,
                              const KernelDims &dims);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_CONTRACTIONLOWERING_H
