//===- LayoutRules.h - in which layouts ops compute -------------*- C++ -*-===//
#ifndef TENON_KERNELS_LAYOUTRULES_H
#define TENON_KERNELS_LAYOUTRULES_H

#include "mlir/IR/OpDefinition.h"
#include "tenon/Kernels/Layout.h"

namespace tenon {

/// That an op is faster when `port` has `layout`, by the time in which
/// `benefit` bytes are transposed.
struct LayoutPreference {
  unsigned port;
  Layout layout;
  int64_t benefit;
};

} // namespace tenon

#include "tenon/Kernels/LayoutOpInterface.h.inc"

namespace tenon {

/// Whether `op` knows other layouts than the model's.
bool hasLayouts(mlir::Operation *op);

/// LayoutOpInterface's, and the rule of elementwise ops.
mlir::FailureOr<llvm::SmallVector<Layout>>
propagateLayout(mlir::Operation *op, unsigned port, LayoutRef layout);

/// `op` on `operands`, which have the first of `layouts`; its results have the
/// others.
mlir::Operation *cloneInLayouts(mlir::OpBuilder &builder, mlir::Operation *op,
                                mlir::ValueRange operands,
                                llvm::ArrayRef<Layout> layouts);

/// Attaches LayoutOpInterface to the dialect's ops.
void registerLayoutRules(mlir::DialectRegistry &registry);

} // namespace tenon

#endif // TENON_KERNELS_LAYOUTRULES_H
