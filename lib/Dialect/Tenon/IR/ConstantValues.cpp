//===- ConstantValues.cpp - what the compiler will evaluate ---------------===//

#include "tenon/Dialect/Tenon/IR/ConstantValues.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

bool tenon::isConstantValue(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumRegions() || !isPure(op) ||
      !cast<RankedTensorType>(value.getType()).hasStaticShape())
    return false;
  return isa<ConstantOp>(op) ||
         (op->getNumOperands() > 0 &&
          llvm::all_of(op->getOperands(), isConstantValue));
}
