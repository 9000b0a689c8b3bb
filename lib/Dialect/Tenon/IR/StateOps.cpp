//===- StateOps.cpp - what outlives a call --------------------------------===//

#include "tenon/Dialect/Tenon/IR/StateOps.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/StateOps.cpp.inc"

//===----------------------------------------------------------------------===//
// StateOp
//===----------------------------------------------------------------------===//

static bool isSymbol(RankedTensorType type, unsigned dim) {
  return isa_and_nonnull<AffineSymbolExpr>(getDim(type, dim));
}

/// Checks one dimension of the declared type that changes: a symbol, which
/// begins within its capacity.
static LogicalResult verifyChangingDim(StateOp op, unsigned dim, int64_t first,
                                       int64_t capacity) {
  if (!isSymbol(op.getTensorType(), dim))
    return op.emitOpError("expects dimension ")
           << dim << " of its type to be a number or a symbol, got "
           << op.getTensorType();
  if (first > capacity)
    return op.emitOpError("expects a value of at most ")
           << capacity << " in dimension " << dim << ", its capacity, got "
           << first;
  return success();
}

LogicalResult StateOp::verify() {
  auto first = dyn_cast<RankedTensorType>(getValue().getType());
  if (!first || !first.getElementType().isIntOrFloat())
    return emitOpError("expects a tensor of numbers, got ")
           << getValue().getType();
  RankedTensorType type = getTensorType();
  ArrayRef<int64_t> capacity = getCapacity().value_or(ArrayRef<int64_t>());
  if (type.getElementType() != first.getElementType() ||
      failed(verifyCompatibleShape(type, first)))
    return emitOpError("expects a value of its type, ")
           << type << ", got " << first;
  if (static_cast<int64_t>(capacity.size()) != type.getNumDynamicDims())
    return emitOpError("expects a capacity for each of ")
           << type.getNumDynamicDims() << " dimensions that change, got "
           << capacity.size();
  for (unsigned dim = 0; dim < type.getRank(); ++dim) {
    if (!type.isDynamicDim(dim))
      continue;
    if (failed(verifyChangingDim(*this, dim, first.getDimSize(dim),
                                 capacity.front())))
      return failure();
    capacity = capacity.drop_front();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// GetStateOp, SetStateOp
//===----------------------------------------------------------------------===//

/// Checks that the state is there and that `value` fits it.
static LogicalResult verifyUse(Operation *op, FlatSymbolRefAttr name,
                               Value value, SymbolTableCollection &symbols) {
  auto state = symbols.lookupNearestSymbolFrom<StateOp>(op, name);
  if (!state)
    return op->emitOpError("expects a state of this module, got ") << name;
  RankedTensorType expected = state.getTensorType();
  auto type = cast<RankedTensorType>(value.getType());
  bool isEqual = expected.getElementType() == type.getElementType() &&
                 expected.getRank() == type.getRank();
  for (unsigned dim = 0; isEqual && dim < expected.getRank(); ++dim)
    isEqual = expected.isDynamicDim(dim)
                  ? isa<SetStateOp>(op) || isSymbol(type, dim)
                  : expected.getDimSize(dim) == type.getDimSize(dim);
  if (!isEqual)
    return op->emitOpError("expects the type of state ")
           << name << ", " << expected << ", got " << type;
  return success();
}

LogicalResult GetStateOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyUse(*this, getStateAttr(), getResult(), symbols);
}

LogicalResult SetStateOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyUse(*this, getStateAttr(), getOperand(), symbols);
}
