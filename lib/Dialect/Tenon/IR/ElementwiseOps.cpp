//===- ElementwiseOps.cpp - shapes of elementwise ops ---------------------===//

#include "tenon/Dialect/Tenon/IR/ShapeRules.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"

using namespace mlir;
using namespace tenon;

LogicalResult ExpOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getOperand().getType());
  return success();
}

/// Both operands have one element type; the result has it too.
static LogicalResult inferBinary(std::optional<Location> loc,
                                 ValueRange operands,
                                 SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = inferBroadcastType(loc, operands);
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

LogicalResult AddOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferBinary(loc, adaptor.getOperands(), types);
}

LogicalResult MaximumOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferBinary(loc, adaptor.getOperands(), types);
}
