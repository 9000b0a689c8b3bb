//===- SumOfProducts.h - sums of products as a generic ----------*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_SUMOFPRODUCTS_H
#define TENON_LIB_CONVERSION_SUMOFPRODUCTS_H

#include "tenon/Dialect/Tenon/IR/TenonOps.h"

namespace tenon {

/// A sum of products: the lowered operands and how the loops read them, and the
/// element types that they have in the graph.
struct SumOfProducts {
  mlir::Value lhs, rhs;
  mlir::AffineMap lhsMap, rhsMap, resultMap;
  mlir::Type lhsElement, rhsElement, resultElement;
};

/// The generic that computes `sum` for a result of `type`, with a loop
/// a dimension of the maps; those that the result lacks are reductions.
mlir::Value createSumOfProducts(mlir::OpBuilder &builder, mlir::Location loc,
                                const SumOfProducts &sum,
                                mlir::RankedTensorType type,
                                const KernelDims &dims);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_SUMOFPRODUCTS_H
