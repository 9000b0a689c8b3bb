//===- Contraction.cpp - what the loops of a reduction do -----------------===//

#include "tenon/Codegen/Kernel/Contraction/Contraction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace tenon;
using llvm::SmallBitVector;

static void addLoops(AffineMap map, SmallBitVector &loops) {
  for (unsigned loop = 0; loop < map.getNumDims(); ++loop)
    if (map.isFunctionOfDim(loop))
      loops.set(loop);
}

/// Adds the loops that `value` varies with. False where it cannot be computed
/// apart from the rest of the body.
static bool addLoops(Value value, linalg::LinalgOp op, SmallBitVector &loops) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() != op.getBlock())
      return true;
    OpOperand *operand = op.getMatchingOpOperand(argument);
    if (op.isDpsInit(operand))
      return false;
    addLoops(op.getMatchingIndexingMap(operand), loops);
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

static std::optional<Factor> getFactor(Value value, linalg::LinalgOp op) {
  Factor factor{value, value.getType(), SmallBitVector(op.getNumLoops())};
  if (!addLoops(value, op, factor.loops))
    return std::nullopt;
  Operation *definition = value.getDefiningOp();
  if (isa_and_nonnull<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(
          definition))
    factor.exactType = definition->getOperand(0).getType();
  return factor;
}

static std::optional<Product> matchProduct(linalg::LinalgOp op) {
  if (!isa<linalg::YieldOp>(op.getBlock()->getTerminator()))
    return std::nullopt;
  Value result = op.getBlock()->getTerminator()->getOperand(0);
  BlockArgument accumulator = op.getRegionOutputArgs().front();
  Operation *sum = result.getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(sum) ||
      !accumulator.hasOneUse() || *accumulator.user_begin() != sum ||
      sum->getOperand(0) == sum->getOperand(1))
    return std::nullopt;
  Operation *product =
      sum->getOperand(sum->getOperand(0) == accumulator).getDefiningOp();
  if (!isa_and_nonnull<arith::MulFOp, arith::MulIOp>(product))
    return std::nullopt;
  std::optional<Factor> lhs = getFactor(product->getOperand(0), op),
                        rhs = getFactor(product->getOperand(1), op);
  if (!lhs || !rhs)
    return std::nullopt;
  return Product{*lhs, *rhs, product, sum};
}

/// The loops of each factor; of each input, where the body is no product.
static SmallVector<SmallBitVector>
getFactorLoops(linalg::LinalgOp op, const std::optional<Product> &product) {
  if (product)
    return {product->lhs.loops, product->rhs.loops};
  SmallVector<SmallBitVector> factors;
  for (OpOperand *input : op.getDpsInputOperands())
    if (op.payloadUsesValueFromOperand(input)) {
      factors.emplace_back(op.getNumLoops());
      addLoops(op.getMatchingIndexingMap(input), factors.back());
    }
  return factors;
}

std::optional<Contraction> tenon::matchContraction(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1 || op.getNumReductionLoops() == 0)
    return std::nullopt;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (result.getNumResults() == 0 || !result.isProjectedPermutation() ||
      result.getNumResults() != op.getNumParallelLoops())
    return std::nullopt;

  Contraction contraction{matchProduct(op), {}, {}, {}, {}};
  SmallVector<SmallBitVector> factors = getFactorLoops(op, contraction.product);
  SmallBitVector parallel(op.getNumLoops());
  addLoops(result, parallel);
  auto countShared = [&](const SmallBitVector &loops) {
    return parallel.count() - (SmallBitVector(parallel) &= loops).count();
  };
  unsigned lastLoop = result.getDimPosition(result.getNumResults() - 1);
  const SmallBitVector *right = nullptr;
  for (const SmallBitVector &loops : factors)
    if (loops.test(lastLoop) &&
        (!right || countShared(loops) > countShared(*right)))
      right = &loops;
  if (contraction.product && right == &factors[0])
    std::swap(contraction.product->lhs, contraction.product->rhs);

  SmallBitVector left(op.getNumLoops());
  for (const SmallBitVector &loops : factors)
    if (&loops != right)
      left |= loops;
  bool isShared = right && countShared(*right) > 0;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
    (!parallel.test(loop)              ? contraction.depth
     : !isShared || !right->test(loop) ? contraction.rows
     : left.test(loop)                 ? contraction.batch
                                       : contraction.columns)
        .push_back(loop);
  return contraction;
}
