//===- ReverseMode.cpp - cotangents from results to operands --------------===//

#include "Activity.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

using namespace mlir;
using namespace tenon;

/// Adds what `op` contributes to its operands' cotangents.
static LogicalResult pullBackOp(Operation *op, OpBuilder &builder,
                                const Activity &activity,
                                DenseMap<Value, Value> &cotangents) {
  SmallVector<Value> ofResults = llvm::map_to_vector(
      op->getResults(), [&](Value v) { return cotangents.lookup(v); });
  if (llvm::none_of(ofResults, [](Value v) { return bool(v); }))
    return success();
  Composer composer(op->getLoc(), builder);
  FailureOr<SmallVector<Value>> ofOperands =
      cast<DifferentiableOpInterface>(op).pullBack(composer, ofResults);
  if (failed(ofOperands))
    return failure();
  for (auto [operand, cotangent] :
       llvm::zip_equal(getOperandsAndCaptured(op), *ofOperands)) {
    if (!cotangent || !activity.contains(operand))
      continue;
    Value &sum = cotangents[operand];
    sum = composer.addIfAny(sum, cotangent);
  }
  return success();
}

FailureOr<SmallVector<Value>>
tenon::pullBack(OpBuilder &builder, ArrayRef<Operation *> ops,
                ArrayRef<ValueAndDerivative> given, ArrayRef<Value> wanted) {
  Activity activity;
  if (failed(activity.find(ops, wanted)))
    return failure();
  DenseMap<Value, Value> cotangents;
  for (auto [value, cotangent] : given) {
    if (!cotangent)
      continue;
    Composer composer(value.getLoc(), builder);
    Value &sum = cotangents[activity.resolve(value)];
    sum = composer.addIfAny(sum, cotangent);
  }
  for (Operation *op : llvm::reverse(activity.getOps()))
    if (failed(pullBackOp(op, builder, activity, cotangents)))
      return failure();
  return llvm::map_to_vector(
      wanted, [&](Value value) { return cotangents.lookup(value); });
}
