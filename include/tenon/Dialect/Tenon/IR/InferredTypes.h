//===- InferredTypes.h - ops whose types follow from operands ---*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_INFERREDTYPES_H
#define TENON_DIALECT_TENON_IR_INFERREDTYPES_H

#include "mlir/IR/OpDefinition.h"

namespace tenon {

/// Whether `op` could have been built with the types of its results: its rule
/// (InferTypeOpInterface) infers compatible ones. Diagnoses what differs, or
/// what the rule has to say, and nothing else.
llvm::LogicalResult verifyInferredTypes(mlir::Operation *op);

/// Of ops with a rule for their result types (Tenon_InferShapes).
template <typename ConcreteType>
class VerifyInferredTypes
    : public mlir::OpTrait::TraitBase<ConcreteType, VerifyInferredTypes> {
public:
  /// Rules may read regions, so these are verified before.
  static llvm::LogicalResult verifyRegionTrait(mlir::Operation *op) {
    return verifyInferredTypes(op);
  }
};

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_INFERREDTYPES_H
