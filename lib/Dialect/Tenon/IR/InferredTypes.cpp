//===- InferredTypes.cpp - ops whose types follow from operands -----------===//

#include "tenon/Dialect/Tenon/IR/InferredTypes.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::verifyInferredTypes(Operation *op) {
  auto interface = cast<InferTypeOpInterface>(op);
  SmallVector<Type> types;
  if (failed(interface.inferReturnTypes(
          op->getContext(), op->getLoc(), op->getOperands(),
          op->getRawDictionaryAttrs(), op->getPropertiesStorage(),
          op->getRegions(), types)))
    return failure();
  if (interface.isCompatibleReturnTypes(types, op->getResultTypes()))
    return success();
  return op->emitOpError("expects results of type ")
         << TypeRange(types) << ", got " << op->getResultTypes();
}
