//===- VectorBody.h - scalar bodies on vectors ------------------*- C++ -*-===//
//
// Repeats the body of a linalg.generic on vectors of lanes. Values that are the
// same for all lanes stay scalar until they meet a vector.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_VECTORBODY_H
#define TENON_CODEGEN_CPU_CONTRACTION_VECTORBODY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tenon {

/// The values that the body of `op`, an elementwise one, yields for
/// `arguments`, each a scalar or a vector of `width` lanes; null for an
/// argument that the body does not use. `indices` gives each loop's index, a
/// scalar or a vector. Multiply-adds of floats are contracted.
llvm::SmallVector<mlir::Value>
emitVectorBody(mlir::ImplicitLocOpBuilder &builder, mlir::linalg::GenericOp op,
               mlir::ValueRange arguments, int64_t width,
               llvm::function_ref<mlir::Value(unsigned loop)> indices);

/// `value` in all lanes, if it is not a vector yet.
mlir::Value broadcastTo(mlir::ImplicitLocOpBuilder &builder, mlir::Value value,
                        int64_t width);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_VECTORBODY_H
