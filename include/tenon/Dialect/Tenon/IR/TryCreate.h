//===- TryCreate.h - build ops whose operands may be wrong ------*- C++ -*-===//
//
// The builders that TableGen makes abort when shape inference fails, because
// passes never build a wrong op. Importers and GraphBuilder pass on what users
// wrote, so they build with these: a wrong op is a diagnostic and a failure.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DIALECT_TENON_IR_TRYCREATE_H
#define TENON_DIALECT_TENON_IR_TRYCREATE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

namespace tenon {

/// Creates the op in `state` with the result types that its shape inference
/// gives, and verifies it. Null after a diagnostic.
mlir::Operation *tryCreate(mlir::OpBuilder &builder,
                           mlir::OperationState &state);

/// Creates an op whose result types are explicit in `state`; null after a
/// diagnostic of its verifier.
mlir::Operation *tryCreateTyped(mlir::OpBuilder &builder,
                                mlir::OperationState &state);

namespace detail {
template <typename OpTy, unsigned n = 0> constexpr unsigned countResults() {
  if constexpr (OpTy::template hasTrait<mlir::OpTrait::OneResult>())
    return 1;
  else if constexpr (n == 0)
    return countResults<OpTy, 2>();
  else if constexpr (n > 8)
    return 0;
  else if constexpr (OpTy::template hasTrait<
                         mlir::OpTrait::NResults<n>::template Impl>())
    return n;
  else
    return countResults<OpTy, n + 1>();
}

/// Operands and attributes; result types where they are not inferred.
template <typename OpTy, typename... Args>
void fillState(mlir::OpBuilder &builder, mlir::OperationState &state,
               Args &&...args) {
  if constexpr (OpTy::template hasTrait<mlir::InferTypeOpInterface::Trait>()) {
    // stands for the types until they are inferred
    llvm::SmallVector<mlir::Type> unknown(countResults<OpTy>(),
                                          builder.getNoneType());
    OpTy::build(builder, state, mlir::TypeRange(unknown),
                std::forward<Args>(args)...);
  } else {
    OpTy::build(builder, state, std::forward<Args>(args)...);
  }
}

template <typename OpTy>
mlir::Operation *createFilled(mlir::OpBuilder &builder,
                              mlir::OperationState &state) {
  if constexpr (OpTy::template hasTrait<mlir::InferTypeOpInterface::Trait>())
    return tryCreate(builder, state);
  else
    return tryCreateTyped(builder, state);
}
} // namespace detail

/// `OpTy`'s builder: `args` are its operands and attributes in order, after its
/// result types unless those are inferred. Null after a diagnostic.
template <typename OpTy, typename... Args>
OpTy tryCreate(mlir::OpBuilder &builder, mlir::Location loc, Args &&...args) {
  mlir::OperationState state(loc, OpTy::getOperationName());
  detail::fillState<OpTy>(builder, state, std::forward<Args>(args)...);
  return llvm::cast_or_null<OpTy>(detail::createFilled<OpTy>(builder, state));
}

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_TRYCREATE_H
