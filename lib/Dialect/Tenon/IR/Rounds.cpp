//===- Rounds.cpp - loops as scans, and scans as loops --------------------===//

#include "tenon/Dialect/Tenon/IR/Rounds.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

static bool hasUnknownResults(Operation *op) {
  return llvm::any_of(op->getResultTypes(), [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && !hasKnownSizes(tensor);
  });
}

bool tenon::findsSizes(Operation *op) {
  if (hasUnknownResults(op))
    return true;
  WalkResult walked = op->walk([&](Operation *inner) {
    bool isFound =
        isa<BindDimOp>(inner) ||
        (inner != op && (isa<LoopOp>(inner) ||
                         (isa<IfOp>(inner) && hasUnknownResults(inner))));
    return isFound ? WalkResult::interrupt() : WalkResult::advance();
  });
  return walked.wasInterrupted();
}

/// Whether a run without a round may compute `op`, and a run of several is glad
/// of it: views and broadcasts are repeated for nothing. Numbers of floats, for
/// a division of integers may trap, and of sizes that need no guard.
static bool isWorthHoisting(Operation *op) {
  auto indexing = dyn_cast<IndexingOpInterface>(op);
  if (op->getNumRegions() || op->getNumResults() == 0 || !isPure(op) ||
      !isa<CostOpInterface, ElementwiseOpInterface>(op) ||
      (indexing && !indexing.getInBounds()))
    return false;
  auto isStatic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  };
  return llvm::all_of(op->getOperandTypes(), isStatic) &&
         llvm::all_of(op->getResultTypes(), [&](Type type) {
           return isStatic(type) && isa<FloatType>(getElementTypeOrSelf(type));
         });
}

LogicalResult tenon::hoistInvariants(LoopOp loop, RewriterBase &rewriter) {
  Block &body = loop.getBody().front();
  bool changed = false;
  for (Operation &op : llvm::make_early_inc_range(body.without_terminator())) {
    auto isOutside = [&](Value value) {
      return value.getParentBlock() != &body;
    };
    if (!isWorthHoisting(&op) || !llvm::all_of(op.getOperands(), isOutside))
      continue;
    rewriter.moveOpBefore(&op, loop);
    changed = true;
  }
  return success(changed);
}

ScanOp tenon::convertToScan(RewriterBase &rewriter, LoopOp loop,
                            AffineExpr length) {
  Location loc = loop.getLoc();
  Block &body = loop.getBody().front();
  auto yield = cast<YieldOp>(body.getTerminator());
  SmallVector<Type> types(loop.getInits().getTypes());
  for (Value stacked :
       yield.getOperands().drop_front(1 + loop.getNumCarried())) {
    auto slice = cast<RankedTensorType>(stacked.getType());
    SmallVector<AffineExpr> dims = getDims(slice);
    dims.insert(dims.begin(), length);
    types.push_back(getTensorType(dims, slice.getElementType()));
  }
  Value rounds = IotaOp::create(
      rewriter, loc, getTensorType(length, rewriter.getI64Type()), 0);
  auto scan = ScanOp::create(rewriter, loc, types, loop.getInits(), rounds,
                             DimsAttr::get(loop.getContext(), length),
                             SmallVector<bool>(1 + loop.getNumStacked()));
  // the round's number is the scan's last argument, the loop's first
  Value number = body.addArgument(body.getArgument(0).getType(), loc);
  rewriter.replaceAllUsesWith(body.getArgument(0), number);
  body.eraseArgument(0);
  rewriter.modifyOpInPlace(yield, [&] { yield->eraseOperand(0); });
  rewriter.inlineRegionBefore(loop.getBody(), scan.getBody(),
                              scan.getBody().end());
  return scan;
}

Value tenon::reverseRounds(Composer &c, Value list) {
  RankedTensorType type = getTensorTypeOf(list);
  SmallVector<AffineExpr> starts(type.getRank(), c.getAffineConstantExpr(0));
  SmallVector<int64_t> steps(type.getRank(), 1);
  starts[0] = simplifyDim(getDim(type, 0) - 1);
  steps[0] = -1;
  return SliceOp::create(c, type, list, DimsAttr::get(c.getContext(), starts),
                         c.getDenseI64ArrayAttr(steps));
}

SmallVector<Value> tenon::convertToLoop(RewriterBase &rewriter, ScanOp scan) {
  Composer c(scan.getLoc(), rewriter);
  AffineExpr length = scan.getLength().getExprs()[0];
  unsigned numCarried = scan.getNumCarried();
  auto loop =
      LoopOp::create(c, scan.getResultTypes(), c.sizeOf(length, c.getI64Type()),
                     /*condition=*/Value(), scan.getInits());
  rewriter.inlineRegionBefore(scan.getBody(), loop.getBody(),
                              loop.getBody().end());
  Block &body = loop.getBody().front();
  Value number = body.insertArgument(
      0u, RankedTensorType::get({}, c.getI64Type()), c.getLoc());
  Composer inside(c.getLoc(), OpBuilder::atBlockBegin(&body));
  Value last = inside.sizeOf(length - 1, c.getI64Type());
  for (auto [index, input] : llvm::enumerate(scan.getInputs())) {
    Value position =
        scan.isInputReversed(index) ? inside.sub(last, number) : number;
    Value slice = GatherOp::create(inside, input, position, /*axis=*/0,
                                   /*in_bounds=*/true);
    Value argument = body.getArgument(1 + numCarried + index);
    if (slice.getType() != argument.getType())
      slice = ReshapeOp::create(inside, argument.getType(), slice);
    rewriter.replaceAllUsesWith(argument, slice);
  }
  body.eraseArguments(1 + numCarried, scan.getInputs().size());
  auto yield = cast<YieldOp>(body.getTerminator());
  Composer end(c.getLoc(), OpBuilder(yield));
  rewriter.modifyOpInPlace(yield, [&] {
    yield->insertOperands(0, end.constant(end.getI1Type(), 1));
  });
  SmallVector<Value> results(loop.getResults());
  for (unsigned i = 0; i < scan.getNumStacked(); ++i)
    if (scan.isStackedReversed(i)) {
      Value &stacked = results[numCarried + i];
      stacked = reverseRounds(c, stacked);
    }
  return results;
}
