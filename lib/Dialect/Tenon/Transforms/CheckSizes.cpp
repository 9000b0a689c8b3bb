//===- CheckSizes.cpp - sizes that tensors can have -----------------------===//

#include "CheckSizes.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::checkSizes(Operation *op) {
  // those of branches and loops may be what a run finds out
  if (op->getNumRegions() > 0)
    return success();
  for (Type type : op->getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (tensor && !hasKnownSizes(tensor))
      return op->emitOpError("expects results of known sizes from 0 on and of "
                             "at most ")
             << maxTensorElements << " elements, got " << type;
  }
  return success();
}
