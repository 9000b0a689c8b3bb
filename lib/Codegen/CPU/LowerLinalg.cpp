//===- LowerLinalg.cpp - linalg on memrefs to loops for LLVM --------------===//

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/IR/IRMapping.h"
#include "tenon/Codegen/CPU/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_LOWERLINALGPASS
#include "tenon/Codegen/CPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

/// True if neighbouring iterations of loop `dim` touch neighbouring elements of
/// the operand.
bool walksContiguously(AffineMap map, unsigned dim) {
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
int64_t getInnermostScore(linalg::LinalgOp op, unsigned dim) {
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
SmallVector<unsigned> getLoopOrder(linalg::LinalgOp op) {
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
void allowReassociation(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() == 0)
    return;
  auto flags = arith::FastMathFlags::reassoc;
  for (BlockArgument accumulator : op.getRegionOutputArgs())
    for (Operation *user : accumulator.getUsers())
      if (isa<arith::AddFOp, arith::MulFOp>(user))
        cast<arith::ArithFastMathInterface>(user)->setAttr(
            "fastmath", arith::FastMathFlagsAttr::get(op.getContext(), flags));
}

class LoopEmitter {
public:
  LoopEmitter(linalg::LinalgOp op, OpBuilder &builder)
      : op(op), builder(builder), loc(op.getLoc()) {}

  void emit() {
    allowReassociation(op);
    zero = arith::ConstantIndexOp::create(builder, loc, 0);
    one = arith::ConstantIndexOp::create(builder, loc, 1);
    ivs.assign(op.getNumLoops(), zero);
    for (Range range : op.createLoopRanges(builder, loc))
      sizes.push_back(
          getValueOrCreateConstantIndexOp(builder, loc, range.size));
    order = getLoopOrder(op);
    firstCarried = order.size();
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    while (firstCarried > 0 &&
           iterators[order[firstCarried - 1]] == utils::IteratorType::reduction)
      --firstCarried;
    emitMemoryLoops(0);
  }

private:
  /// Loops around the accumulators: what they update lies in memory.
  void emitMemoryLoops(unsigned depth) {
    if (depth == firstCarried) {
      SmallVector<Value> values = emitCarriedLoops(depth, loadOutputs());
      for (auto [value, init] : llvm::zip_equal(values, getInits()))
        store(value, init);
      return;
    }
    if (hasUnitSize(order[depth]))
      return emitMemoryLoops(depth + 1);
    auto loop =
        scf::ForOp::create(builder, loc, zero, sizes[order[depth]], one);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    ivs[order[depth]] = loop.getInductionVar();
    emitMemoryLoops(depth + 1);
  }

  /// Innermost reduction loops: the accumulators are values.
  SmallVector<Value> emitCarriedLoops(unsigned depth, ValueRange outputs) {
    if (depth == order.size())
      return emitBody(outputs);
    if (hasUnitSize(order[depth]))
      return emitCarriedLoops(depth + 1, outputs);
    auto loop = scf::ForOp::create(builder, loc, zero, sizes[order[depth]], one,
                                   outputs);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    ivs[order[depth]] = loop.getInductionVar();
    SmallVector<Value> results =
        emitCarriedLoops(depth + 1, loop.getRegionIterArgs());
    scf::YieldOp::create(builder, loc, results);
    return SmallVector<Value>(loop.getResults());
  }

  bool hasUnitSize(unsigned dim) { return op.getStaticLoopRanges()[dim] == 1; }

  SmallVector<OpOperand *> getInits() {
    return llvm::map_to_vector(op.getDpsInitsMutable(),
                               [](OpOperand &operand) { return &operand; });
  }

  SmallVector<Value> getIndices(OpOperand *operand) {
    AffineMap map = op.getMatchingIndexingMap(operand);
    SmallVector<Value> indices;
    for (AffineExpr expr : map.getResults()) {
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        indices.push_back(ivs[dim.getPosition()]);
      else
        indices.push_back(affine::AffineApplyOp::create(
            builder, loc, AffineMap::get(map.getNumDims(), 0, expr), ivs));
    }
    return indices;
  }

  Value load(OpOperand *operand) {
    if (!isa<MemRefType>(operand->get().getType()))
      return operand->get();
    return memref::LoadOp::create(builder, loc, operand->get(),
                                  getIndices(operand));
  }

  void store(Value value, OpOperand *init) {
    memref::StoreOp::create(builder, loc, value, init->get(), getIndices(init));
  }

  /// The previous values of the outputs, where the body reads them.
  SmallVector<Value> loadOutputs() {
    SmallVector<Value> values;
    for (OpOperand *init : getInits()) {
      bool isCarried = firstCarried < order.size();
      if (isCarried || op.payloadUsesValueFromOperand(init))
        values.push_back(load(init));
      else
        values.push_back({});
    }
    return values;
  }

  SmallVector<Value> emitBody(ValueRange outputs) {
    Block *body = op.getBlock();
    IRMapping mapping;
    for (OpOperand *input : op.getDpsInputOperands())
      mapping.map(op.getMatchingBlockArgument(input), load(input));
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
  void cloneWithIndices(Operation &bodyOp, IRMapping &mapping) {
    Operation *clone = builder.clone(bodyOp, mapping);
    clone->walk([&](linalg::IndexOp index) {
      if (index.getOperation() == clone)
        return;
      index.replaceAllUsesWith(ivs[index.getDim()]);
      index.erase();
    });
  }

  linalg::LinalgOp op;
  OpBuilder &builder;
  Location loc;
  Value zero, one;
  SmallVector<Value> ivs, sizes;
  SmallVector<unsigned> order;
  unsigned firstCarried = 0;
};

struct LowerLinalgPass : tenon::impl::LowerLinalgPassBase<LowerLinalgPass> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics())
        ops.push_back(op);
    });
    for (linalg::LinalgOp op : ops) {
      OpBuilder builder(op);
      LoopEmitter(op, builder).emit();
      op.erase();
    }
  }
};

} // namespace
