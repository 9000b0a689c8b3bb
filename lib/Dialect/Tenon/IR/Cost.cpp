//===- Cost.cpp - what ops cost to compute --------------------------------===//

#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "mlir/IR/BuiltinOps.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

using namespace mlir;
using namespace tenon;

AffineExpr tenon::getNumElements(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  return type ? getProduct(getDims(type), type.getContext()) : AffineExpr();
}

/// The parts are built in a module of their own and then dropped, so that the
/// op's block never changes.
static AffineExpr getFlopsOfParts(DecomposableOpInterface op) {
  OwningOpRef<ModuleOp> scratch = ModuleOp::create(op.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(scratch->getBody());
  if (failed(op.decompose(builder)))
    return nullptr;
  return getFlops(*scratch->getBody());
}

AffineExpr tenon::getFlops(Operation *op) {
  if (auto cost = dyn_cast<CostOpInterface>(op)) {
    AffineExpr flops = cost.getFlops();
    return flops ? simplifyDim(flops) : flops;
  }
  if (auto composite = dyn_cast<DecomposableOpInterface>(op))
    return getFlopsOfParts(composite);
  AffineExpr sum = getAffineConstantExpr(0, op->getContext());
  for (Region &region : op->getRegions())
    for (Block &block : region) {
      AffineExpr flops = getFlops(block);
      if (!flops)
        return nullptr;
      sum = sum + flops;
    }
  return simplifyDim(sum);
}

AffineExpr tenon::getFlops(Block &block,
                           SmallVectorImpl<Operation *> *unknown) {
  AffineExpr sum = getAffineConstantExpr(0, block.getParentOp()->getContext());
  for (Operation &op : block) {
    AffineExpr flops = getFlops(&op);
    if (!flops && !unknown)
      return nullptr;
    if (flops)
      sum = sum + flops;
    else
      unknown->push_back(&op);
  }
  return simplifyDim(sum);
}
