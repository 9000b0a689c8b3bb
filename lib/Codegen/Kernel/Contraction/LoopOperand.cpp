//===- LoopOperand.cpp - an operand seen from the loops -------------------===//

#include "tenon/Codegen/Kernel/Contraction/LoopOperand.h"

using namespace mlir;
using namespace tenon;

bool tenon::isVectorElement(Type type) {
  return type.isIntOrFloat() && type.getIntOrFloatBitWidth() >= 8;
}

/// Adds `scale * expr` to an offset and the strides of the loops that are its
/// dimensions; false if `expr` is not linear.
static bool addLinear(AffineExpr expr, AffineExpr scale, AffineExpr &offset,
                      MutableArrayRef<AffineExpr> strides) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    strides[dim.getPosition()] = strides[dim.getPosition()] + scale;
    return true;
  }
  if (isa<AffineConstantExpr>(expr)) {
    offset = offset + expr * scale;
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (binary.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), scale, offset, strides) &&
           addLinear(binary.getRHS(), scale, offset, strides);
  return binary.getKind() == AffineExprKind::Mul &&
         isa<AffineConstantExpr>(binary.getRHS()) &&
         addLinear(binary.getLHS(), scale * binary.getRHS(), offset, strides);
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
    if (!addLinear(expr, view.strides[i], operand.offset, strides))
      return std::nullopt;
  }
  operand.strides.assign(numLoops, zero);
  for (auto [i, stride] : llvm::enumerate(strides))
    operand.strides[loops[i]] = simplifyAffineExpr(stride, 0, 64);
  return operand;
}
