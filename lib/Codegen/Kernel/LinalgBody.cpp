//===- LinalgBody.cpp - one iteration of a linalg operation ---------------===//

#include "tenon/Codegen/Kernel/LinalgBody.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace tenon;

bool tenon::isElementwiseBody(linalg::GenericOp op) {
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (!isa<linalg::IndexOp, arith::ConstantOp>(inner) &&
        !OpTrait::hasElementwiseMappableTraits(&inner))
      return false;
    for (Value operand : inner.getOperands())
      if (operand.getParentRegion() != &op.getRegion() &&
          !operand.getDefiningOp<arith::ConstantOp>())
        return false;
  }
  return true;
}

/// True if neighbouring iterations of loop `dim` touch neighbouring elements of
/// the operand.
bool tenon::walksContiguously(AffineMap map, unsigned dim) {
  if (map.getNumResults() == 0)
    return false;
  AffineExpr last = map.getResults().back();
  for (AffineExpr expr : map.getResults().drop_back())
    if (expr.isFunctionOfDim(dim))
      return false;
  if (!last.isFunctionOfDim(dim))
    return false;
  // d, or d + anything else
  AffineExpr moved = last.replace(getAffineDimExpr(dim, map.getContext()),
                                  getAffineDimExpr(dim, map.getContext()) + 1);
  auto step = dyn_cast<AffineConstantExpr>(
      simplifyAffineExpr(moved - last, map.getNumDims(), 0));
  return step && step.getValue() == 1;
}

/// How well loop `dim` does as the innermost one. A store that is not
/// contiguous costs more than a load that is not; so does a loop that is too
/// short to fill a vector.
static int64_t getInnermostScore(linalg::LinalgOp op, unsigned dim) {
  int64_t score = 0;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    int64_t weight = op.isDpsInit(&operand) ? 3 : 2;
    if (walksContiguously(map, dim))
      score += weight;
    else if (map.isFunctionOfDim(dim))
      score -= weight;
  }
  int64_t size = op.getStaticLoopRanges()[dim];
  if (!ShapedType::isDynamic(size) && size < 8)
    score -= 8 - size;
  return score;
}

/// The loops from the outermost to the innermost: the best one goes inside. If
/// that is a reduction, so are all loops that are nested in the last parallel
/// one, and their results stay in registers.
SmallVector<unsigned> tenon::getLoopOrder(linalg::LinalgOp op) {
  SmallVector<unsigned> parallel, reduction;
  op.getParallelDims(parallel);
  op.getReductionDims(reduction);
  SmallVector<unsigned> order(parallel);
  llvm::append_range(order, reduction);
  if (order.empty())
    return order;
  // of equals, the last: it is the innermost as written
  auto *best = llvm::max_element(order, [&](unsigned a, unsigned b) {
    int64_t scoreA = getInnermostScore(op, a);
    int64_t scoreB = getInnermostScore(op, b);
    return scoreA != scoreB ? scoreA < scoreB : a < b;
  });
  std::rotate(best, best + 1, order.end());
  return order;
}

/// Marks the float operations that combine a value with the accumulator: their
/// order is free.
void tenon::allowReassociation(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() == 0)
    return;
  auto flags = arith::FastMathFlags::reassoc;
  for (BlockArgument accumulator : op.getRegionOutputArgs())
    for (Operation *user : accumulator.getUsers())
      if (isa<arith::AddFOp, arith::MulFOp>(user))
        cast<arith::ArithFastMathInterface>(user)->setAttr(
            "fastmath", arith::FastMathFlagsAttr::get(op.getContext(), flags));
}

SmallVector<OpOperand *> LinalgBody::getInits() {
  return llvm::map_to_vector(op.getDpsInitsMutable(),
                             [](OpOperand &operand) { return &operand; });
}

SmallVector<Value> LinalgBody::getIndices(OpOperand *operand) {
  AffineMap map = op.getMatchingIndexingMap(operand);
  SmallVector<Value> indices;
  for (AffineExpr expr : map.getResults()) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      indices.push_back(ivs[dim.getPosition()]);
    else
      indices.push_back(affine::AffineApplyOp::create(
          builder, op.getLoc(), AffineMap::get(map.getNumDims(), 0, expr),
          ivs));
  }
  return indices;
}

Value LinalgBody::load(OpOperand *operand) {
  if (!isa<MemRefType>(operand->get().getType()))
    return operand->get();
  return memref::LoadOp::create(builder, op.getLoc(), operand->get(),
                                getIndices(operand));
}

void LinalgBody::store(Value value, OpOperand *init) {
  memref::StoreOp::create(builder, op.getLoc(), value, init->get(),
                          getIndices(init));
}

SmallVector<Value> LinalgBody::emit(ValueRange outputs) {
  SmallVector<Value> inputs;
  for (OpOperand *input : op.getDpsInputOperands())
    inputs.push_back(load(input));
  return emit(inputs, outputs);
}

SmallVector<Value> LinalgBody::emit(ValueRange inputs, ValueRange outputs) {
  Block *body = op.getBlock();
  IRMapping mapping;
  for (auto [argument, value] :
       llvm::zip_equal(body->getArguments().take_front(inputs.size()), inputs))
    mapping.map(argument, value);
  for (auto [init, value] : llvm::zip_equal(getInits(), outputs))
    mapping.map(op.getMatchingBlockArgument(init), value);
  for (Operation &bodyOp : body->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(bodyOp))
      mapping.map(index.getResult(), ivs[index.getDim()]);
    else
      cloneWithIndices(bodyOp, mapping);
  }
  return llvm::map_to_vector(
      body->getTerminator()->getOperands(),
      [&](Value value) { return mapping.lookupOrDefault(value); });
}

/// A body may hold regions (scf.if) that use the loops' indices too.
void LinalgBody::cloneWithIndices(Operation &bodyOp, IRMapping &mapping) {
  Operation *clone = builder.clone(bodyOp, mapping);
  clone->walk([&](linalg::IndexOp index) {
    if (index.getOperation() == clone)
      return;
    index.replaceAllUsesWith(ivs[index.getDim()]);
    index.erase();
  });
}
