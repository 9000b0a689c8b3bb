//===- CollectiveOps.cpp - what the ranks of a run do together ------------===//

#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeRules.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/CollectiveOps.cpp.inc"

bool tenon::isTransfer(Operation *op) {
  return isa<AllReduceOp, AllGatherOp, CollectiveBroadcastOp, SendOp,
             ReceiveOp>(op);
}

AwaitOp tenon::getAwait(Operation *transfer) {
  if (transfer->getNumResults() == 0)
    return {};
  for (Operation *user : transfer->getResult(0).getUsers())
    if (auto await = dyn_cast<AwaitOp>(user))
      return await;
  return {};
}

/// Checks the number of a rank.
static LogicalResult verifyRank(Operation *op, int64_t rank) {
  if (rank < 0)
    return op->emitOpError("expects a rank of at least 0, got ") << rank;
  return success();
}

//===----------------------------------------------------------------------===//
// Collectives
//===----------------------------------------------------------------------===//

LogicalResult AllReduceOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location>,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getOperand().getType());
  return success();
}

LogicalResult AllReduceOp::verify() {
  Type element = getElementTypeOrSelf(getOperand().getType());
  if (getKind() == ReduceKind::product)
    return emitOpError("expects sum, mean, minimum or maximum, got product");
  if (getKind() == ReduceKind::mean && !isa<FloatType>(element))
    return emitOpError("expects floats to make a mean of, got ") << element;
  return success();
}

LogicalResult AllGatherOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  auto ranks = static_cast<int64_t>(adaptor.getRanks());
  if (ranks < 1 || type.getRank() == 0)
    return emitOptionalError(
        loc, "expected at least 1 rank and a first dimension, got ", ranks,
        " ranks and ", type);
  SmallVector<AffineExpr> dims = getDims(type);
  if (dims[0])
    dims[0] = simplifyDim(dims[0] * ranks);
  types.push_back(getTensorType(dims, type.getElementType()));
  return success();
}

LogicalResult
CollectiveBroadcastOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getOperand().getType());
  return success();
}

LogicalResult CollectiveBroadcastOp::verify() {
  return verifyRank(*this, getRoot());
}

LogicalResult RankOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location>, Adaptor,
                                       SmallVectorImpl<Type> &types) {
  types.push_back(RankedTensorType::get({}, IntegerType::get(context, 64)));
  return success();
}

//===----------------------------------------------------------------------===//
// SendOp, ReceiveOp, AwaitOp
//===----------------------------------------------------------------------===//

LogicalResult SendOp::verify() { return verifyRank(*this, getRank()); }

LogicalResult ReceiveOp::verify() {
  if (!hasKnownSizes(cast<RankedTensorType>(getType())))
    return emitOpError("expects a result of known sizes, got ") << getType();
  return verifyRank(*this, getRank());
}

LogicalResult AwaitOp::verify() {
  Operation *transfer = getValue().getDefiningOp();
  if (!transfer || !isTransfer(transfer) || !getValue().hasOneUse())
    return emitOpError("expects a value that a collective or a receive gives, "
                       "and that nothing else uses");
  if (transfer->getBlock() != (*this)->getBlock())
    return emitOpError("expects a value that is started in the same block");
  if (transfer->getOperands() != getSources())
    return emitOpError("expects the operands of what it waits for");
  return success();
}
