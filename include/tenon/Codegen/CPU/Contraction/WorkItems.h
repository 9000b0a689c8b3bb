//===- WorkItems.h - the code of a contraction ------------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_WORKITEMS_H
#define TENON_CODEGEN_CPU_CONTRACTION_WORKITEMS_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "tenon/Codegen/CPU/Contraction/TilePlan.h"

namespace tenon {

/// Who computes the work items.
enum class ItemOrder {
  /// An `scf.forall`, for threads to share.
  Parallel,
  /// One after the other.
  Sequential
};

/// Emits all of `kernel` where `builder` stands. `symbols` are the values of
/// its dimension symbols, `buffers` its arguments and then its results, as
/// memory of one dimension.
void emitContraction(mlir::ImplicitLocOpBuilder &builder,
                     const ContractionKernel &kernel, const TilePlan &plan,
                     mlir::ValueRange symbols,
                     llvm::ArrayRef<mlir::Value> buffers, ItemOrder order);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_WORKITEMS_H
