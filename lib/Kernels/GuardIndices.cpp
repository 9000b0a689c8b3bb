//===- GuardIndices.cpp - what a run's indices must satisfy ---------------===//

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"
#include "llvm/ADT/DenseMap.h"

namespace tenon {
#define GEN_PASS_DEF_GUARDINDICESPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// Indices that are known to fit
//===----------------------------------------------------------------------===//

/// The size that all elements of `indices` lie below, none of them negative;
/// null where it is not known.
static AffineExpr getKnownBound(Value indices) {
  Operation *op = indices.getDefiningOp();
  if (!op)
    return {};
  if (auto iota = dyn_cast<IotaOp>(op))
    return getDim(iota.getType(), iota.getAxis());
  if (auto topK = dyn_cast<TopKOp>(op))
    return indices == topK.getIndices()
               ? getDim(cast<RankedTensorType>(topK.getOperand().getType()),
                        topK.getAxis())
               : AffineExpr();
  if (isa<ArgMaxOp, ArgMinOp>(op))
    return getDim(cast<RankedTensorType>(op->getOperand(0).getType()),
                  op->getAttrOfType<IntegerAttr>("axis").getInt());
  // the elements are those of the operands
  if (!isa<MovementOpInterface, BroadcastOp, CastOp>(op) || isa<GatherOp>(op))
    return {};
  AffineExpr bound;
  for (Value operand : op->getOperands()) {
    AffineExpr other = getKnownBound(operand);
    if (!other || (bound && bound != other))
      return {};
    bound = other;
  }
  return bound;
}

static bool fits(AffineExpr index, AffineExpr size, bool fromEnd) {
  if (!index || !size)
    return false;
  AffineExpr least =
      fromEnd ? -size : getAffineConstantExpr(0, size.getContext());
  return isProvablyAtLeast(index, least) && isProvablyAtLeast(size, index + 1);
}

/// Whether every index is in range for all values of the symbols.
static bool fit(Value indices, ArrayRef<AffineExpr> sizes, bool fromEnd) {
  if (AffineExpr bound = getKnownBound(indices); bound && sizes.size() == 1)
    return sizes[0] && isProvablyAtLeast(sizes[0], bound);
  auto elements = getSymbolicElements(indices);
  return elements &&
         llvm::all_of(llvm::enumerate(*elements), [&](auto element) {
           return fits(element.value(), sizes[element.index() % sizes.size()],
                       fromEnd);
         });
}

//===----------------------------------------------------------------------===//
// Guards behind branches and loops
//===----------------------------------------------------------------------===//

namespace {
/// The position of the first index that is out of range, and that index; both
/// scalars of i64.
struct Finding {
  Value position, index;
};
} // namespace

static Value createNone(Composer &c) {
  return ConstantOp::create(
      c, DenseElementsAttr::get(RankedTensorType::get({}, c.getI64Type()),
                                APInt::getSignedMaxValue(64)));
}

/// The index at `position`, or the least number where there is none.
static Value takeIndex(Composer &c, Value position, Value indices) {
  AffineExpr size =
      getProduct(getDims(getTensorTypeOf(indices)), c.getContext());
  Value flat = c.cast(c.reshape(indices, size), c.getI64Type());
  Value isThere = c.compare(ComparisonPredicate::eq, c.countUp(size), position);
  Value least = ConstantOp::create(
      c, DenseElementsAttr::get(RankedTensorType::get({}, c.getI64Type()),
                                APInt::getSignedMinValue(64)));
  return ReduceOp::create(c, ReduceKind::maximum,
                          c.select(isThere, flat, least), ArrayRef<int64_t>{0},
                          /*keep_dims=*/false);
}

/// Gives `op` two more results, from number `at` on, whose values in the
/// yielding block are to be appended by the caller; the other results keep
/// their uses.
template <typename Create>
static Operation *replaceWithMoreResults(Operation *op, unsigned at,
                                         Create create) {
  SmallVector<Type> types(op->getResultTypes());
  Type scalar =
      RankedTensorType::get({}, IntegerType::get(op->getContext(), 64));
  types.insert(types.begin() + at, 2, scalar);
  Operation *wider = create(types);
  for (auto [from, to] : llvm::zip_equal(op->getRegions(), wider->getRegions()))
    to.takeBody(from);
  for (unsigned i = 0, e = op->getNumResults(); i < e; ++i)
    op->getResult(i).replaceAllUsesWith(wider->getResult(i < at ? i : i + 2));
  return wider;
}

static void insertYields(Block &block, unsigned at, Finding finding) {
  block.getTerminator()->insertOperands(at, {finding.position, finding.index});
}

/// Nothing is found in the branch that is not taken.
static Finding liftOutOf(IfOp op, Block *branch, Finding finding) {
  unsigned at = op.getNumResults();
  Composer c(op.getLoc(), OpBuilder(op));
  auto wider = cast<IfOp>(replaceWithMoreResults(op, at, [&](TypeRange types) {
    return IfOp::create(c, types, op.getCondition());
  }));
  for (Region *region : {&wider.getThenRegion(), &wider.getElseRegion()}) {
    Block &block = region->front();
    Composer inside(op.getLoc(), OpBuilder(block.getTerminator()));
    insertYields(block, at,
                 &block == branch
                     ? finding
                     : Finding{createNone(inside),
                               inside.constant(inside.getI64Type(), 0)});
  }
  op.erase();
  return {wider.getResult(at), wider.getResult(at + 1)};
}

static Operation *createLike(Composer &c, ScanOp op, TypeRange types,
                             ValueRange inits) {
  return ScanOp::create(c, types, inits, op.getInputs(), op.getLengthAttr(),
                        op.getReverse());
}

static Operation *createLike(Composer &c, LoopOp op, TypeRange types,
                             ValueRange inits) {
  return LoopOp::create(c, types, op.getTripCount(), op.getCondition(), inits);
}

/// Of several rounds the first one that finds something counts. `before` are
/// the body's arguments, and what it yields, in front of the carried values.
template <typename Op>
static Finding liftOutOfRounds(Op op, Block *body, unsigned before,
                               Finding finding) {
  unsigned at = op.getNumCarried();
  Composer c(op.getLoc(), OpBuilder(op));
  SmallVector<Value> inits(op.getInits());
  inits.append({createNone(c), c.constant(c.getI64Type(), 0)});
  Operation *wider = replaceWithMoreResults(
      op, at, [&](TypeRange types) { return createLike(c, op, types, inits); });
  Type scalar = inits.back().getType();
  Value position = body->insertArgument(before + at, scalar, op.getLoc()),
        index = body->insertArgument(before + at + 1, scalar, op.getLoc());
  Composer inside(op.getLoc(), OpBuilder(body->getTerminator()));
  Value isFirst =
      inside.compare(ComparisonPredicate::eq, position, createNone(inside));
  insertYields(*body, before + at,
               {inside.select(isFirst, finding.position, position),
                inside.select(isFirst, finding.index, index)});
  op.erase();
  return {wider->getResult(at), wider->getResult(at + 1)};
}

/// Hands what is found in `block` to the block around its op.
static Finding liftOut(Block *block, Finding finding) {
  Operation *parent = block->getParentOp();
  if (auto scan = dyn_cast<ScanOp>(parent))
    return liftOutOfRounds(scan, block, /*before=*/0, finding);
  if (auto loop = dyn_cast<LoopOp>(parent))
    return liftOutOfRounds(loop, block, /*before=*/1, finding);
  return liftOutOf(cast<IfOp>(parent), block, finding);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct GuardIndices : tenon::impl::GuardIndicesPassBase<GuardIndices> {
  void runOnOperation() override {
    SmallVector<Block *> blocks = getLaunchedBlocks(getOperation());
    launched = llvm::DenseSet<Block *>(blocks.begin(), blocks.end());
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<IndexingOpInterface, InRangeOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      if (auto indexing = dyn_cast<IndexingOpInterface>(op)) {
        if (!indexing.getInBounds())
          guard(op, indexing.getIndices(), indexing.getIndexedSizes(),
                /*fromEnd=*/true);
        indexing.setInBounds(true);
        continue;
      }
      auto inRange = cast<InRangeOp>(op);
      guard(op, inRange.getOperand(), inRange.getSize().getExprs(),
            /*fromEnd=*/false);
      inRange.replaceAllUsesWith(inRange.getOperand());
      inRange.erase();
    }
  }

  void guard(Operation *user, Value indices, ArrayRef<AffineExpr> sizes,
             bool fromEnd);

  /// Blocks that a program runs itself, so that guards may stand there.
  llvm::DenseSet<Block *> launched;
  /// Indices that a guard of a block is for, with their sizes.
  llvm::DenseSet<std::pair<std::pair<Value, Attribute>, Block *>> guarded;
};
} // namespace

/// As early as can be, for state may be changed in place only behind a guard:
/// behind the indices and what binds the sizes.
static void setEarliestPoint(OpBuilder &builder, Operation *user, Value indices,
                             ArrayRef<AffineExpr> sizes) {
  if (indices.getParentBlock() != user->getBlock())
    return;
  builder.setInsertionPointAfterValue(indices);
  SmallVector<AffineSymbolExpr> symbols = getSourceSymbols(sizes);
  if (symbols.empty())
    return;
  Operation *definition = indices.getDefiningOp();
  for (Operation *op = user->getPrevNode(); op && op != definition;
       op = op->getPrevNode()) {
    auto bind = dyn_cast<BindDimOp>(op);
    if (bind && llvm::is_contained(symbols, bind.getDim()))
      return builder.setInsertionPointAfter(bind);
  }
}

void GuardIndices::guard(Operation *user, Value indices,
                         ArrayRef<AffineExpr> sizes, bool fromEnd) {
  MLIRContext *context = &getContext();
  auto type = cast<RankedTensorType>(indices.getType());
  AffineExpr count = getProduct(getDims(type), context);
  // coordinates of no dimension choose nothing
  if (sizes.empty() || !count || llvm::is_contained(sizes, AffineExpr()) ||
      fit(indices, sizes, fromEnd))
    return;
  auto below = DimsAttr::get(context, sizes);
  Attribute key =
      ArrayAttr::get(context, {below, BoolAttr::get(context, fromEnd)});
  Value plain = indices;
  while (auto reshape = plain.getDefiningOp<ReshapeOp>())
    plain = reshape.getOperand();
  if (!guarded.insert({{plain, key}, user->getBlock()}).second)
    return;
  Composer c(user->getLoc(), OpBuilder(user));
  setEarliestPoint(c, user, indices, sizes);
  AffineExpr columns = getAffineConstantExpr(sizes.size(), context);
  Value matrix = c.reshape(indices, {divideExactly(count, columns), columns});
  Finding finding{
      FindOutsideOp::create(c, RankedTensorType::get({}, c.getI64Type()),
                            matrix, below, fromEnd),
      matrix};
  ++numGuards;
  if (!launched.contains(user->getBlock()))
    finding.index = takeIndex(c, finding.position, indices);
  for (Block *block = user->getBlock(); !launched.contains(block);) {
    Block *outer = block->getParentOp()->getBlock();
    finding = liftOut(block, finding);
    c.setInsertionPointAfterValue(finding.position);
    block = outer;
  }
  IndexGuardOp::create(c, finding.position, finding.index, below, fromEnd);
}
