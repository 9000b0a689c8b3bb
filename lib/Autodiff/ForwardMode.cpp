//===- ForwardMode.cpp - tangents from operands to results ----------------===//

#include "Activity.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

using namespace mlir;
using namespace tenon;

FailureOr<SmallVector<Value>>
tenon::pushForward(OpBuilder &builder, ArrayRef<Operation *> ops,
                   ArrayRef<ValueAndDerivative> given, ArrayRef<Value> wanted) {
  DenseMap<Value, Value> tangents;
  SmallVector<Value> sources;
  for (auto [value, tangent] : given)
    if (tangent) {
      sources.push_back(value);
      tangents[value] = tangent;
    }
  Activity activity;
  if (failed(activity.find(ops, sources)))
    return failure();
  for (Operation *op : activity.getOps()) {
    SmallVector<Value> ofOperands =
        llvm::map_to_vector(getOperandsAndCaptured(op),
                            [&](Value v) { return tangents.lookup(v); });
    if (llvm::none_of(ofOperands, [](Value v) { return bool(v); }))
      continue;
    Composer composer(op->getLoc(), builder);
    FailureOr<SmallVector<Value>> ofResults =
        cast<DifferentiableOpInterface>(op).pushForward(composer, ofOperands);
    if (failed(ofResults))
      return failure();
    for (auto [result, tangent] : llvm::zip_equal(op->getResults(), *ofResults))
      if (tangent)
        tangents[result] = tangent;
  }
  return llvm::map_to_vector(wanted, [&](Value value) {
    return tangents.lookup(activity.resolve(value));
  });
}
