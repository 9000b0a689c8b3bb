//===- MicroBatches.cpp - a step in parts of its batch --------------------===//

#include "MicroBatches.h"
#include "Movement.h"
#include "mlir/IR/IRMapping.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"

using namespace mlir;
using namespace tenon;

namespace {
class Repeater {
public:
  Repeater(func::FuncOp function, int64_t count)
      : function(function), count(count),
        ops(llvm::map_to_vector(function.front().without_terminator(),
                                [](Operation &op) { return &op; })),
        c(function.getLoc(), OpBuilder(function.front().getTerminator())) {}

  void repeat();

private:
  Value clonePart(ArrayRef<Value> inputs, int64_t part);

  func::FuncOp function;
  int64_t count;
  SmallVector<Operation *> ops;
  Composer c;
  /// What the parts before have left.
  DenseMap<StringAttr, Value> states;
};
} // namespace

/// The loss of a part.
Value Repeater::clonePart(ArrayRef<Value> inputs, int64_t part) {
  Operation *terminator = function.front().getTerminator();
  IRMapping mapping;
  for (auto [argument, input] : llvm::zip_equal(
           function.getArguments().take_front(inputs.size()), inputs)) {
    AffineExpr size =
        c.getAffineConstantExpr(getTensorTypeOf(input).getDimSize(0) / count);
    mapping.map(argument, sliceRange(c, input, 0, size * part, size));
  }
  for (Operation *op : ops) {
    if (auto get = dyn_cast<GetStateOp>(op))
      if (Value left = states.lookup(get.getStateAttr().getAttr())) {
        mapping.map(get.getResult(), left);
        continue;
      }
    if (auto set = dyn_cast<SetStateOp>(op)) {
      states[set.getStateAttr().getAttr()] = mapping.lookup(set.getOperand());
      if (part + 1 < count)
        continue;
    }
    c.clone(*op, mapping);
  }
  return mapping.lookup(terminator->getOperand(0));
}

void Repeater::repeat() {
  Block &block = function.front();
  SmallVector<Value> inputs;
  SmallVector<Type> types;
  for (BlockArgument argument : llvm::to_vector(block.getArguments())) {
    RankedTensorType type = getTensorTypeOf(argument);
    SmallVector<AffineExpr> dims = getDims(type);
    dims[0] = simplifyDim(dims[0] * count);
    types.push_back(getTensorType(dims, type.getElementType()));
    inputs.push_back(block.addArgument(types.back(), argument.getLoc()));
  }
  Value sum;
  for (int64_t part = 0; part < count; ++part)
    sum = c.addIfAny(sum, clonePart(inputs, part));
  block.getTerminator()->setOperand(
      0, c.div(sum, c.constant(sum, static_cast<double>(count))));
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  block.eraseArguments(0, types.size());
  function.setFunctionType(FunctionType::get(function.getContext(), types,
                                             function.getResultTypes()));
}

void tenon::repeatForMicroBatches(func::FuncOp function, int64_t count) {
  if (count > 1)
    Repeater(function, count).repeat();
}
