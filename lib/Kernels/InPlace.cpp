//===- InPlace.cpp - results in the memory of operands --------------------===//

#include "InPlace.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"

using namespace mlir;
using namespace tenon;

/// The function inside of a launch's kernel.
static func::FuncOp getKernel(LaunchOp launch) {
  auto module = SymbolTable::lookupNearestSymbolFrom<ModuleOp>(
      launch, launch.getKernelAttr());
  if (!module || module.getOps<func::FuncOp>().empty())
    return {};
  return *module.getOps<func::FuncOp>().begin();
}

/// Whether a kernel reads element i of argument `index` only to compute element
/// i of its results: all that depends on the argument is elementwise, and of
/// its shape.
static bool isReadElementwise(func::FuncOp kernel, unsigned index) {
  Value argument = kernel.getArgument(index);
  auto shape = cast<RankedTensorType>(argument.getType()).getShape();
  SmallVector<Value> pending{argument};
  while (!pending.empty()) {
    Value value = pending.pop_back_val();
    for (Operation *user : value.getUsers()) {
      if (isa<func::ReturnOp>(user))
        continue;
      // an op in a region reads what is outside of it as it likes
      if (!isa<ElementwiseOpInterface>(user) ||
          user->getBlock() != value.getParentBlock())
        return false;
      auto type = dyn_cast<RankedTensorType>(user->getResult(0).getType());
      if (!type || type.getShape() != shape)
        return false;
      pending.push_back(user->getResult(0));
    }
  }
  return true;
}

static int64_t getBytesOfElement(Value value) {
  return getElementBytes(
      cast<RankedTensorType>(value.getType()).getElementType());
}

bool tenon::isReadInPlace(LaunchOp launch, Value operand, Value result) {
  func::FuncOp kernel = getKernel(launch);
  Place place = getPlace(operand), target = getPlace(result);
  if (!kernel || getBytesOfElement(operand) != getBytesOfElement(result) ||
      getDims(cast<RankedTensorType>(operand.getType())) !=
          getDims(cast<RankedTensorType>(result.getType())) ||
      place.strides != target.strides)
    return false;
  for (auto [index, input] : llvm::enumerate(launch.getInputs()))
    if (getPlace(input).buffer == place.buffer &&
        (input != operand || !isReadElementwise(kernel, index)))
      return false;
  return true;
}
