//===- Poison.h - values of ops that could not be built ---------*- C++ -*-===//
//
// Who builds graphs of what users wrote goes on after an error, to the end of
// the function that it is in. Values that are null would end the process there
// at the first question for a type; a poison is a value with a tensor type, the
// likeliest for the op that could not be built. It is an op without operands
// that no pass knows, so that a module with one is never compiled.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DIALECT_TENON_IR_POISON_H
#define TENON_DIALECT_TENON_IR_POISON_H

#include "tenon/Dialect/Tenon/IR/TryCreate.h"

namespace tenon {

/// For each result of the op in `state` that could not be built a poison: of
/// its type where that is given, else of the operands' type with the highest
/// rank.
llvm::SmallVector<mlir::Value> createPoison(mlir::OpBuilder &builder,
                                            const mlir::OperationState &state,
                                            unsigned numResults);

/// A poison of which nothing is known: a scalar of f32.
mlir::Value createPoison(mlir::OpBuilder &builder, mlir::Location loc);

/// The results of `OpTy`, built of `args` as tryCreate does. What cannot be
/// built sets `hadError`, after a diagnostic; where it is set, nothing is built
/// or diagnosed. The results are poison then.
template <typename OpTy, typename... Args>
llvm::SmallVector<mlir::Value> createOrPoison(mlir::OpBuilder &builder,
                                              mlir::Location loc,
                                              bool &hadError, Args &&...args) {
  mlir::OperationState state(loc, OpTy::getOperationName());
  detail::fillState<OpTy>(builder, state, std::forward<Args>(args)...);
  if (!hadError) {
    if (mlir::Operation *op = detail::createFilled<OpTy>(builder, state))
      return llvm::to_vector_of<mlir::Value>(op->getResults());
    hadError = true;
  }
  return createPoison(builder, state, detail::countResults<OpTy>());
}

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_POISON_H
