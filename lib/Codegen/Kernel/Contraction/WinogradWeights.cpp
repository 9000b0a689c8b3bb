//===- WinogradWeights.cpp - convolutions with such weights ---------------===//

#include "tenon/Codegen/Kernel/Contraction/WinogradWeights.h"
#include "tenon/Dialect/Tenon/IR/Winograd.h"

using namespace mlir;
using namespace tenon;

bool tenon::restoresWinogradWeights(Operation *op) {
  return op->hasAttr(kWinogradAttr);
}

Value tenon::getWinogradTiles(Value weights) {
  Operation *restored = weights.getDefiningOp();
  return restored && restoresWinogradWeights(restored) ? restored->getOperand(2)
                                                       : Value();
}

bool tenon::isWinogradConv(const ContractionKernel &kernel,
                           std::string &reason) {
  bool isPanelConv = kernel.padded && kernel.getPackedWidth() &&
                     kernel.batchLoops.empty() && kernel.rowLoops.size() == 3 &&
                     kernel.reductionLoops.size() == 3 &&
                     !kernel.initialOperand;
  if (!isPanelConv) {
    reason = "transformed weights of another operation";
    return false;
  }
  const LoopOperand &input = *kernel.inputs[kernel.padded->input];
  for (unsigned dim : {0, 1}) { // of the image
    unsigned window = kernel.reductionLoops[dim];
    if (kernel.getConstantExtent(window) != kWinogradWindow ||
        input.strides[window] != input.strides[kernel.rowLoops[dim + 1]]) {
      reason = "transformed weights for another window";
      return false;
    }
  }
  for (unsigned loop : {kernel.rowLoops[1], kernel.rowLoops[2],
                        kernel.reductionLoops[2], kernel.columnLoop})
    if (!kernel.getConstantExtent(loop)) {
      reason = "transformed weights for an unknown size";
      return false;
    }
  return true;
}
