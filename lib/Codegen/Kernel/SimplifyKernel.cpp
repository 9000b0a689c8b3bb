//===- SimplifyKernel.cpp - fewer operations, flatter loops ---------------===//

#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Kernel/StridedView.h"
#include "tenon/Dialect/Tenon/IR/ScalarCost.h"

namespace tenon {
#define GEN_PASS_DEF_SIMPLIFYKERNELPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {

/// Whether fusing `operand`'s producer does not multiply work: a value that
/// several operations use, or that the consumer's loops read more than once, is
/// recomputed only if cheap.
bool isWorthFusing(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::LinalgOp>(operand->getOwner());
  if (!producer || !consumer)
    return false;
  if (getScalarCost(*producer.getBody()).isCheap())
    return true;
  AffineMap map = consumer.getMatchingIndexingMap(operand);
  bool readsEachOnce = map.isPermutation();
  return readsEachOnce && operand->get().hasOneUse();
}

/// Whether `other`, of the same operation, has to be fused before `operand`. A
/// producer is fused after all that read it, and equal operands become one
/// before: a value that was fused would come back with the next one that reads
/// it, and along a chain in which each value is read twice that doubles with
/// every link.
bool goesFirst(OpOperand &other, OpOperand *operand) {
  auto consumer = cast<linalg::LinalgOp>(operand->getOwner());
  if (&other == operand)
    return false;
  if (other.get() == operand->get())
    return consumer.getMatchingIndexingMap(&other) ==
           consumer.getMatchingIndexingMap(operand);
  auto producer = other.get().getDefiningOp<linalg::GenericOp>();
  return producer &&
         operand->get().getDefiningOp()->isBeforeInBlock(producer) &&
         isWorthFusing(&other) && linalg::areElementwiseOpsFusable(&other);
}

bool shouldFuse(OpOperand *operand) {
  return isWorthFusing(operand) &&
         llvm::none_of(
             operand->getOwner()->getOpOperands(),
             [&](OpOperand &other) { return goesFirst(other, operand); });
}

void fuseElementwise(func::FuncOp kernel) {
  MLIRContext *context = kernel.getContext();
  RewritePatternSet patterns(context);
  linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
  linalg::populateFoldReshapeOpsByExpansionPatterns(patterns, shouldFuse);
  linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
  linalg::populateInlineConstantOperandsPatterns(patterns);
  linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
  linalg::FillOp::getCanonicalizationPatterns(patterns, context);
  tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::ExtractSliceOp::getCanonicalizationPatterns(patterns, context);
  tensor::DimOp::getCanonicalizationPatterns(patterns, context);
  tensor::populateFoldTensorEmptyPatterns(patterns);
  context->getLoadedDialect<linalg::LinalgDialect>()
      ->getCanonicalizationPatterns(patterns);
  (void)applyPatternsGreedily(kernel, std::move(patterns));
}

void dropUnitDims(func::FuncOp kernel) {
  MLIRContext *context = kernel.getContext();
  linalg::ControlDropUnitDims options;
  {
    RewritePatternSet patterns(context);
    linalg::populateFoldUnitExtentDimsPatterns(patterns, options);
    walkAndApplyPatterns(kernel, std::move(patterns));
  }
  RewritePatternSet patterns(context);
  linalg::populateFoldUnitExtentDimsCanonicalizationPatterns(patterns, options);
  (void)applyPatternsGreedily(kernel, std::move(patterns));
}

/// Where the result of an operation goes, if that is to a result of the kernel.
std::optional<StridedView> getDestination(Value tensor, func::FuncOp kernel) {
  for (OpOperand &use : tensor.getUses()) {
    Operation *user = use.getOwner();
    if (isa<func::ReturnOp>(user))
      return getResultView(kernel, use.getOperandNumber());
    if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp>(
            user))
      continue;
    if (auto view = getDestination(user->getResult(0), kernel))
      return lookThroughReshape(user->getResult(0), *view, kernel);
  }
  return std::nullopt;
}

/// Whether a step of loop `outer` is one over all iterations of loop `inner` in
/// the memory of all operands that lie in that of the kernel's.
bool isEven(linalg::GenericOp op, unsigned outer, unsigned inner) {
  auto kernel = op->getParentOfType<func::FuncOp>();
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    std::optional<StridedView> view =
        op.isDpsInit(&operand)
            ? getDestination(op.getTiedOpResult(&operand), kernel)
            : getStridedView(operand.get(), kernel);
    AffineMap map = op.getMatchingIndexingMap(&operand);
    auto position = [&](unsigned loop) {
      return map.getResultPosition(getAffineDimExpr(loop, op.getContext()));
    };
    std::optional<unsigned> first = position(outer), second = position(inner);
    return !view || view->panels || !first || !second ||
           isContiguousPair(view->strides[*first], view->sizes[*second],
                            view->strides[*second]);
  });
}

/// The longest runs of loops that all operands walk as if they were one.
SmallVector<ReassociationIndices> getCollapsibleLoops(linalg::GenericOp op) {
  SmallVector<ReassociationIndices> runs;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  auto canFollow = [&](const ReassociationIndices &run, int64_t dim) {
    ReassociationIndices longer(run);
    longer.push_back(dim);
    return iterators[run.back()] == iterators[dim] &&
           linalg::areDimSequencesPreserved(maps, {longer}) &&
           isEven(op, run.back(), dim);
  };
  for (int64_t dim = 0, e = op.getNumLoops(); dim < e; ++dim) {
    if (!runs.empty() && canFollow(runs.back(), dim))
      runs.back().push_back(dim);
    else
      runs.push_back({dim});
  }
  llvm::erase_if(runs, [](auto &run) { return run.size() < 2; });
  return runs;
}

/// A reshape of a slice that is inserted elsewhere would cost a copy; the
/// caller's buffers can be looked at with any shape.
bool isReturned(Operation *op) {
  return llvm::all_of(op->getUsers(), [](Operation *user) {
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user))
      return isReturned(user);
    return isa<func::ReturnOp>(user);
  });
}

void collapseLoops(linalg::GenericOp op) {
  bool usesProjections =
      llvm::all_of(op.getIndexingMapsArray(),
                   [](AffineMap map) { return map.isProjectedPermutation(); });
  SmallVector<ReassociationIndices> runs;
  if (usesProjections && !op.hasIndexSemantics())
    runs = getCollapsibleLoops(op);
  if (runs.empty())
    return;
  IRRewriter rewriter(op);
  FailureOr<linalg::CollapseResult> collapsed =
      linalg::collapseOpIterationDims(op, runs, rewriter);
  if (succeeded(collapsed))
    rewriter.replaceOp(op, collapsed->results);
}

/// Reshapes of what is not computed yet give it the other shape to begin with.
void foldReshapesOfDestinations(func::FuncOp kernel) {
  MLIRContext *context = kernel.getContext();
  RewritePatternSet patterns(context);
  tensor::populateFoldTensorEmptyPatterns(patterns);
  linalg::FillOp::getCanonicalizationPatterns(patterns, context);
  tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
  (void)applyPatternsGreedily(kernel, std::move(patterns));
}

/// Packed weights of a contraction that is not computed in register tiles: each
/// element is read where it lies in its panel.
void readPanelsInPlace(linalg::UnPackOp unpack) {
  OpBuilder builder(unpack);
  Location loc = unpack.getLoc();
  auto type = cast<RankedTensorType>(unpack.getDest().getType());
  unsigned rank = type.getRank();
  Value width = arith::ConstantIndexOp::create(
      builder, loc, unpack.getStaticInnerTiles().front());
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto body = [&](OpBuilder &b, Location, ValueRange) {
    SmallVector<Value> position;
    for (unsigned i = 0; i < rank; ++i)
      position.push_back(linalg::IndexOp::create(b, loc, i));
    Value column = position.pop_back_val();
    position.insert(position.begin(),
                    arith::DivUIOp::create(b, loc, column, width));
    position.push_back(arith::RemUIOp::create(b, loc, column, width));
    Value element =
        tensor::ExtractOp::create(b, loc, unpack.getSource(), position);
    linalg::YieldOp::create(b, loc, element);
  };
  auto plain = linalg::GenericOp::create(
      builder, loc, type, ValueRange{}, ValueRange{unpack.getDest()},
      builder.getMultiDimIdentityMap(rank), loops, body);
  unpack->getResult(0).replaceAllUsesWith(plain.getResult(0));
  unpack.erase();
}

struct SimplifyKernelPass
    : tenon::impl::SimplifyKernelPassBase<SimplifyKernelPass> {
  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (!kernel->hasAttr(tenon::kKernelAttr) ||
        kernel->hasAttr(tenon::kVectorizedAttr))
      return;
    kernel.walk([](linalg::UnPackOp unpack) { readPanelsInPlace(unpack); });
    fuseElementwise(kernel);
    dropUnitDims(kernel);
    // loops of several operations would have to be collapsed alike, or reshapes
    // between them keep them from being fused into one tile
    SmallVector<linalg::GenericOp> generics(
        kernel.getBody().getOps<linalg::GenericOp>());
    if (generics.size() == 1 && isReturned(generics.front()))
      collapseLoops(generics.front());
    foldReshapesOfDestinations(kernel);
  }
};

} // namespace
