//===- LoopOperand.cpp - an operand seen from the loops -------------------===//

#include "tenon/Codegen/Kernel/Contraction/LoopOperand.h"
#include "tenon/Codegen/Kernel/Contraction/LinearIndex.h"

using namespace mlir;
using namespace tenon;

bool tenon::isVectorElement(Type type) {
  return type.isIntOrFloat() && type.getIntOrFloatBitWidth() >= 8;
}

std::optional<LoopOperand>
tenon::getLoopOperand(const StridedView &view, AffineMap map, Type elementType,
                      ArrayRef<unsigned> loops, unsigned numLoops,
                      unsigned columnLoop) {
  AffineExpr zero = getAffineConstantExpr(0, map.getContext());
  SmallVector<AffineExpr> strides(map.getNumDims(), zero);
  LoopOperand operand{view.argument, elementType, view.offset, {}};
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    if (view.panels && view.panels->dim == i) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim || loops[dim.getPosition()] != columnLoop)
        return std::nullopt;
      operand.panels = Panels{view.panels->width, view.panels->stride};
    }
    std::optional<LinearIndex> index = getLinearIndex(expr, map.getNumDims());
    if (!index)
      return std::nullopt;
    operand.offset = operand.offset + view.strides[i] * index->offset;
    for (auto [stride, coefficient] :
         llvm::zip_equal(strides, index->coefficients))
      stride = stride + view.strides[i] * coefficient;
  }
  operand.strides.assign(numLoops, zero);
  for (auto [i, stride] : llvm::enumerate(strides))
    operand.strides[loops[i]] = simplifySize(stride);
  return operand;
}
