//===- DonatedResults.cpp - results in the memory of arguments ------------===//

#include "DonatedResults.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Placement.h"

using namespace mlir;
using namespace tenon;

/// The function inside of a launch's kernel.
static func::FuncOp getKernel(LaunchOp launch) {
  auto module = SymbolTable::lookupNearestSymbolFrom<ModuleOp>(
      launch, launch.getKernelAttr());
  return module ? *module.getOps<func::FuncOp>().begin() : func::FuncOp();
}

/// Whether a kernel reads element i of argument `index` only to compute element
/// i of its results: all that depends on the argument is elementwise, and of
/// its shape.
static bool isReadInPlace(func::FuncOp kernel, unsigned index) {
  Value argument = kernel.getArgument(index);
  auto shape = cast<RankedTensorType>(argument.getType()).getShape();
  SmallVector<Value> pending{argument};
  while (!pending.empty()) {
    Value value = pending.pop_back_val();
    for (Operation *user : value.getUsers()) {
      if (isa<func::ReturnOp>(user))
        continue;
      auto type = dyn_cast<RankedTensorType>(user->getResult(0).getType());
      if (!isa<ElementwiseOpInterface>(user) || !type ||
          type.getShape() != shape)
        return false;
      pending.push_back(user->getResult(0));
    }
  }
  return true;
}

/// Whether nothing reads `argument` behind `writer`.
static bool isLastReader(LaunchOp writer, Value argument) {
  SmallVector<Value> views{argument};
  while (!views.empty()) {
    Value view = views.pop_back_val();
    for (Operation *user : view.getUsers()) {
      if (isa<ReshapeOp>(user))
        views.push_back(user->getResult(0));
      else if (user->getBlock() != writer->getBlock() ||
               writer->isBeforeInBlock(user))
        return false;
    }
  }
  return true;
}

static bool mayLieIn(Value result, Value argument) {
  auto writer = result.getDefiningOp<LaunchOp>();
  if (!writer || result.getType() != argument.getType() ||
      !isLastReader(writer, argument))
    return false;
  func::FuncOp kernel = getKernel(writer);
  for (auto [index, input] : llvm::enumerate(writer.getInputs())) {
    if (getBuffer(input) != argument)
      continue;
    if (input != argument || !kernel || !isReadInPlace(kernel, index))
      return false;
  }
  return true;
}

void tenon::markDonated(func::FuncOp program) {
  Operation *terminator = program.front().getTerminator();
  for (unsigned i = 0; i < program.getNumResults(); ++i) {
    auto name = program.getResultAttrOfType<StringAttr>(i, parameterAttrName);
    if (!name)
      continue;
    for (Value argument : program.getArguments()) {
      unsigned number = cast<BlockArgument>(argument).getArgNumber();
      if (program.getArgAttrOfType<StringAttr>(number, parameterAttrName) ==
              name &&
          mayLieIn(terminator->getOperand(i), argument))
        program.setResultAttr(i, inPlaceAttrName,
                              UnitAttr::get(program.getContext()));
    }
  }
}
