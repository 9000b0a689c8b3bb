//===- Contraction.cpp - what a contraction's loops do --------------------===//

#include "Contraction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace tenon;

/// Adds the loops that `value` depends on. False where it cannot be computed
/// apart from the rest of the body.
static bool addLoops(Value value, linalg::LinalgOp op,
                     llvm::SmallBitVector &loops) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() != op.getBlock())
      return true;
    OpOperand *operand = op.getMatchingOpOperand(argument);
    if (op.isDpsInit(operand))
      return false;
    AffineMap map = op.getMatchingIndexingMap(operand);
    for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
      if (map.isFunctionOfDim(loop))
        loops.set(loop);
    return true;
  }
  Operation *definition = value.getDefiningOp();
  if (definition->getBlock() != op.getBlock())
    return true;
  if (auto index = dyn_cast<linalg::IndexOp>(definition)) {
    loops.set(index.getDim());
    return true;
  }
  if (definition->getNumRegions() > 0 ||
      hasEffect<MemoryEffects::Write>(definition))
    return false;
  return llvm::all_of(definition->getOperands(), [&](Value operand) {
    return addLoops(operand, op, loops);
  });
}

std::optional<Contraction> tenon::matchContraction(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1 || op.getNumReductionLoops() == 0 ||
      !isa<linalg::YieldOp>(op.getBlock()->getTerminator()))
    return {};
  Value result = op.getBlock()->getTerminator()->getOperand(0);
  BlockArgument accumulator = op.getRegionOutputArgs().front();
  Operation *sum = result.getDefiningOp();
  if (!sum || !isa<arith::AddFOp, arith::AddIOp>(sum) ||
      !accumulator.hasOneUse() || *accumulator.user_begin() != sum ||
      sum->getOperand(0) == sum->getOperand(1))
    return {};
  Operation *product =
      sum->getOperand(sum->getOperand(0) == accumulator).getDefiningOp();
  if (!product || !isa<arith::MulFOp, arith::MulIOp>(product))
    return {};
  Contraction contraction{product->getOperand(0),
                          product->getOperand(1),
                          product,
                          sum,
                          {},
                          {},
                          {},
                          {}};
  llvm::SmallBitVector lhs(op.getNumLoops()), rhs(op.getNumLoops());
  if (!op.getMatchingIndexingMap(op.getDpsInitOperand(0))
           .isProjectedPermutation() ||
      !addLoops(contraction.lhs, op, lhs) ||
      !addLoops(contraction.rhs, op, rhs))
    return {};
  for (auto [loop, iterator] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (iterator == utils::IteratorType::reduction)
      contraction.depth.push_back(loop);
    else if (lhs.test(loop) && rhs.test(loop))
      contraction.batch.push_back(loop);
    else if (rhs.test(loop))
      contraction.columns.push_back(loop);
    else
      contraction.rows.push_back(loop);
  }
  if (contraction.rows.empty() || contraction.columns.empty())
    return {};
  return contraction;
}
