//===- ContractionKernel.cpp - a contraction and where it lies ------------===//

#include "tenon/Codegen/Kernel/Contraction/ContractionKernel.h"

using namespace mlir;
using namespace tenon;

Type ContractionKernel::getAccumulatorType() const {
  return getElementTypeOrSelf(root->getResult(0));
}

bool ContractionKernel::isColumnwise() const {
  return llvm::none_of(inputs, [&](const std::optional<LoopOperand> &input) {
    return input && input->isInvariant(columnLoop);
  });
}

std::optional<int64_t>
ContractionKernel::getConstantExtent(unsigned loop) const {
  if (auto constant = dyn_cast<AffineConstantExpr>(extents[loop]))
    return constant.getValue();
  return std::nullopt;
}

std::optional<int64_t> ContractionKernel::getPackedWidth() const {
  for (const std::optional<LoopOperand> &input : inputs)
    if (input && input->panels)
      return input->panels->width;
  return std::nullopt;
}

void ContractionKernel::forEachOperand(
    llvm::function_ref<void(const LoopOperand &)> visit) const {
  auto visitIfThere = [&](const std::optional<LoopOperand> &operand) {
    if (operand)
      visit(*operand);
  };
  llvm::for_each(inputs, visitIfThere);
  visitIfThere(initialOperand);
  for (const EpilogueStage &stage : stages)
    llvm::for_each(stage.operands, visitIfThere);
  for (const KernelStore &store : stores)
    visit(store.destination);
}

std::optional<LoopOperand>
tenon::getLoopOperand(Value tensor, AffineMap map, ArrayRef<unsigned> loops,
                      const ContractionKernel &kernel, func::FuncOp function) {
  std::optional<StridedView> view = getStridedView(tensor, function);
  Type elementType = getElementTypeOrSelf(tensor);
  if (!view || !isVectorElement(elementType))
    return std::nullopt;
  return getLoopOperand(*view, map, elementType, loops, kernel.extents.size(),
                        kernel.columnLoop);
}
