//===- Collective.cpp - derivatives of what ranks do together -------------===//
//
// What is differentiated is the sum of all ranks' results: a value that every
// rank gets has the sum of all their cotangents.
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"

using namespace mlir;
using namespace tenon;

static FailureOr<Value> transposeAllReduce(AllReduceOp op, Composer &c,
                                           Value v) {
  if (op.getKind() != ReduceKind::sum && op.getKind() != ReduceKind::mean)
    return op.emitError() << "expected a sum or a mean to differentiate, got "
                          << stringifyReduceKind(op.getKind());
  return AllReduceOp::create(c, op.getKind(), v).getResult();
}

/// The part of this rank of what all ranks together have.
static FailureOr<Value> transposeAllGather(AllGatherOp op, Composer &c,
                                           Value v) {
  Value sum = AllReduceOp::create(c, ReduceKind::sum, v);
  SmallVector<AffineExpr> dims = getDims(op.getOperand().getType());
  dims.insert(dims.begin(), c.getAffineConstantExpr(op.getRanks()));
  return GatherOp::create(c, c.reshape(sum, dims), RankOp::create(c),
                          /*axis=*/0, /*in_bounds=*/true)
      .getResult();
}

/// The root's operand alone counts.
static FailureOr<Value> transposeBroadcast(CollectiveBroadcastOp op,
                                           Composer &c, Value v) {
  Value sum = AllReduceOp::create(c, ReduceKind::sum, v),
        rank = RankOp::create(c);
  Value isRoot = CompareOp::create(c, ComparisonPredicate::eq, rank,
                                   c.constant(rank, op.getRoot()));
  return SelectOp::create(c, isRoot, sum, c.constant(sum, 0)).getResult();
}

void tenon::attachCollectiveDerivatives(MLIRContext *context) {
  AllReduceOp::attachInterface<
      LinearDerivative<AllReduceOp, transposeAllReduce>>(*context);
  AllGatherOp::attachInterface<
      LinearDerivative<AllGatherOp, transposeAllGather>>(*context);
  CollectiveBroadcastOp::attachInterface<
      LinearDerivative<CollectiveBroadcastOp, transposeBroadcast>>(*context);
}
