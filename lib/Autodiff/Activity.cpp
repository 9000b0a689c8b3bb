//===- Activity.cpp - which ops a derivative goes through -----------------===//

#include "Activity.h"
#include "mlir/Transforms/RegionUtils.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

using namespace mlir;
using namespace tenon;

bool tenon::isDifferentiable(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

SmallVector<Operation *> tenon::getOps(Block &block) {
  return llvm::map_to_vector(block.without_terminator(),
                             [](Operation &op) { return &op; });
}

SmallVector<Value> tenon::getOperandsAndCaptured(Operation *op) {
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  SmallVector<Value> values(op->getOperands());
  llvm::append_range(values, captured);
  return values;
}

SmallVector<Value> tenon::getDifferentiable(ValueRange values) {
  return llvm::to_vector(llvm::make_filter_range(
      values, [](Value value) { return isDifferentiable(value.getType()); }));
}

/// Puts the parts of `op` before it, in its place.
FailureOr<SmallVector<Operation *>> Activity::decompose(Operation *op) {
  auto composite = dyn_cast<DecomposableOpInterface>(op);
  if (!composite)
    return op->emitOpError("has no derivative");
  Operation *previous = op->getPrevNode();
  OpBuilder builder(op);
  FailureOr<SmallVector<Value>> results = composite.decompose(builder);
  if (failed(results))
    return failure();
  SmallVector<Operation *> parts;
  for (Operation *part = previous ? previous->getNextNode()
                                  : &op->getBlock()->front();
       part != op; part = part->getNextNode())
    parts.push_back(part);
  op->replaceAllUsesWith(*results);
  for (auto [old, part] : llvm::zip_equal(op->getResults(), *results))
    replaced[old] = part;
  return parts;
}

bool Activity::isActive(Operation *op) const {
  return llvm::any_of(op->getResultTypes(), isDifferentiable) &&
         llvm::any_of(getOperandsAndCaptured(op),
                      [&](Value operand) { return active.contains(operand); });
}

LogicalResult Activity::find(ArrayRef<Operation *> all,
                             ArrayRef<Value> sources) {
  active.insert(sources.begin(), sources.end());
  SmallVector<Operation *> pending(llvm::reverse(all));
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val();
    if (!isActive(op))
      continue;
    if (!isa<DifferentiableOpInterface>(op)) {
      FailureOr<SmallVector<Operation *>> parts = decompose(op);
      if (failed(parts))
        return failure();
      pending.append(parts->rbegin(), parts->rend());
      continue;
    }
    ops.push_back(op);
    for (Value result : op->getResults())
      if (isDifferentiable(result.getType()))
        active.insert(result);
  }
  return success();
}
