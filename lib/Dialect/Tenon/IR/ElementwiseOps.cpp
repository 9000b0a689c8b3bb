//===- ElementwiseOps.cpp - shapes of elementwise ops ---------------------===//

#include "tenon/Dialect/Tenon/IR/ShapeRules.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"

using namespace mlir;
using namespace tenon;

LogicalResult ExpOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                      ValueRange operands, DictionaryAttr,
                                      OpaqueProperties, RegionRange,
                                      SmallVectorImpl<Type> &types) {
  types.push_back(operands[0].getType());
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
                                      ValueRange operands, DictionaryAttr,
                                      OpaqueProperties, RegionRange,
                                      SmallVectorImpl<Type> &types) {
  return inferBinary(loc, operands, types);
}

LogicalResult MaximumOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          ValueRange operands, DictionaryAttr,
                                          OpaqueProperties, RegionRange,
                                          SmallVectorImpl<Type> &types) {
  return inferBinary(loc, operands, types);
}
