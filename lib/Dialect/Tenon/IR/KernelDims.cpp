//===- KernelDims.cpp - sizes inside a kernel -----------------------------===//

#include "tenon/Dialect/Tenon/IR/KernelDims.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

using namespace mlir;
using namespace tenon;

OpFoldResult KernelDims::get(OpBuilder &builder, Location loc,
                             AffineExpr expr) const {
  DenseMap<AffineExpr, AffineExpr> positions;
  SmallVector<OpFoldResult> operands;
  for (auto [index, symbol] : llvm::enumerate(symbols)) {
    positions[symbol] = builder.getAffineSymbolExpr(index);
    operands.push_back(values[index]);
  }
  AffineMap map = AffineMap::get(0, symbols.size(), expr.replace(positions));
  return affine::makeComposedFoldedAffineApply(builder, loc, map, operands);
}

SmallVector<OpFoldResult> KernelDims::getSizes(OpBuilder &builder, Location loc,
                                               RankedTensorType type) const {
  return llvm::map_to_vector(
      getDims(type), [&](AffineExpr dim) { return get(builder, loc, dim); });
}

Value KernelDims::createEmpty(OpBuilder &builder, Location loc,
                              RankedTensorType type) const {
  return tensor::EmptyOp::create(builder, loc, getSizes(builder, loc, type),
                                 getKernelType(type).getElementType());
}

RankedTensorType tenon::getKernelType(RankedTensorType type) {
  Type element = type.getElementType();
  if (element.isUnsignedInteger())
    element =
        IntegerType::get(type.getContext(), element.getIntOrFloatBitWidth());
  return RankedTensorType::get(type.getShape(), element);
}
