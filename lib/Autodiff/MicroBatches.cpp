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
  Repeater(func::FuncOp function, int64_t count, ArrayRef<int64_t> axes)
      : function(function), count(count), axes(axes),
        ops(llvm::map_to_vector(function.front().without_terminator(),
                                [](Operation &op) { return &op; })),
        c(function.getLoc(), OpBuilder(function.front().getTerminator())) {}

  void repeat();

private:
  SmallVector<Value> clonePart(ArrayRef<Value> inputs, int64_t part);

  func::FuncOp function;
  int64_t count;
  ArrayRef<int64_t> axes;
  SmallVector<Operation *> ops;
  Composer c;
  /// What the parts before have left.
  DenseMap<StringAttr, Value> states;
};
} // namespace

/// The results of a part.
SmallVector<Value> Repeater::clonePart(ArrayRef<Value> inputs, int64_t part) {
  Operation *terminator = function.front().getTerminator();
  IRMapping mapping;
  for (auto [argument, input, axis] : llvm::zip_equal(
           function.getArguments().take_front(inputs.size()), inputs, axes)) {
    if (axis < 0) {
      mapping.map(argument, input);
      continue;
    }
    AffineExpr size = c.getAffineConstantExpr(
        getTensorTypeOf(input).getDimSize(axis) / count);
    mapping.map(argument, sliceRange(c, input, axis, size * part, size));
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
  return llvm::map_to_vector(terminator->getOperands(), [&](Value result) {
    return mapping.lookupOrDefault(result);
  });
}

void Repeater::repeat() {
  Block &block = function.front();
  SmallVector<Value> inputs;
  SmallVector<Type> types;
  for (auto [argument, axis] :
       llvm::zip_equal(llvm::to_vector(block.getArguments()), axes)) {
    RankedTensorType type = getTensorTypeOf(argument);
    SmallVector<AffineExpr> dims = getDims(type);
    if (axis >= 0)
      dims[axis] = simplifyDim(dims[axis] * count);
    types.push_back(getTensorType(dims, type.getElementType()));
    inputs.push_back(block.addArgument(types.back(), argument.getLoc()));
  }
  SmallVector<Value> sums(block.getTerminator()->getNumOperands());
  for (int64_t part = 0; part < count; ++part)
    for (auto [sum, result] : llvm::zip_equal(sums, clonePart(inputs, part)))
      sum = c.addIfAny(sum, result);
  for (auto [index, sum] : llvm::enumerate(sums))
    block.getTerminator()->setOperand(
        index, c.div(sum, c.constant(sum, static_cast<double>(count))));
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  block.eraseArguments(0, types.size());
  function.setFunctionType(FunctionType::get(function.getContext(), types,
                                             function.getResultTypes()));
}

void tenon::repeatForMicroBatches(func::FuncOp function, int64_t count,
                                  ArrayRef<int64_t> axes) {
  if (count > 1)
    Repeater(function, count, axes).repeat();
}
