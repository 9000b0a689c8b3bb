//===- SelectLayouts.cpp - channels last, from end to end -----------------===//

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/WindowOps.h"
#include "tenon/Kernels/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_SELECTLAYOUTSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// Permutations
//===----------------------------------------------------------------------===//

/// [0, 2, .., r - 1, 1]: channels behind the spatial dimensions.
static SmallVector<int64_t> getChannelsLast(int64_t rank) {
  SmallVector<int64_t> permutation{0};
  llvm::append_range(permutation, llvm::seq<int64_t>(2, rank));
  permutation.push_back(1);
  return permutation;
}

static SmallVector<int64_t> invert(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> inverse(permutation.size());
  for (auto [index, dim] : llvm::enumerate(permutation))
    inverse[dim] = index;
  return inverse;
}

static int64_t getRank(Value value) {
  return cast<RankedTensorType>(value.getType()).getRank();
}

static Value transpose(OpBuilder &builder, Location loc, Value value,
                       ArrayRef<int64_t> permutation) {
  return TransposeOp::create(builder, loc, value,
                             builder.getDenseI64ArrayAttr(permutation));
}

/// Whether transposing `type` moves dimensions of size 1 only, and no element.
static bool isReshape(RankedTensorType type, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> large;
  for (int64_t dim : permutation)
    if (type.getDimSize(dim) != 1)
      large.push_back(dim);
  return llvm::is_sorted(large);
}

/// The transpose that `value` is the result of; null for another op.
static TransposeOp getTranspose(Value value) {
  return value.getDefiningOp<TransposeOp>();
}

/// One expression a dimension, of a result of transposing like `source`, in the
/// order before that.
static DimsAttr getDimsBefore(TransposeOp source, DimsAttr dims) {
  SmallVector<AffineExpr> permuted;
  for (int64_t dim : invert(source.getPermutation()))
    permuted.push_back(dims.getExprs()[dim]);
  return DimsAttr::get(dims.getContext(), permuted);
}

/// The type of `value`, a result of transposing like `source`, before that.
static RankedTensorType getTypeBefore(TransposeOp source, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<AffineExpr> dims;
  for (int64_t dim : invert(source.getPermutation()))
    dims.push_back(getDim(type, dim));
  return getTensorType(dims, type.getElementType());
}

namespace {

//===----------------------------------------------------------------------===//
// Sources: ops that are faster with channels last
//===----------------------------------------------------------------------===//

struct ConvChannelsLast : OpRewritePattern<ConvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvOp conv,
                                PatternRewriter &rewriter) const override {
    if (conv.getChannelsLast() || conv.getSpatialRank() == 0)
      return failure();
    Location loc = conv.getLoc();
    SmallVector<int64_t> permutation =
        getChannelsLast(getRank(conv.getInput()));
    // [O, C, window...] to [window..., C, O]
    SmallVector<int64_t> weightPermutation;
    llvm::append_range(weightPermutation,
                       llvm::seq<int64_t>(2, permutation.size()));
    weightPermutation.append({1, 0});
    Value input = transpose(rewriter, loc, conv.getInput(), permutation);
    Value weights =
        transpose(rewriter, loc, conv.getWeights(), weightPermutation);
    auto last =
        ConvOp::create(rewriter, loc, input, weights, conv.getStridesAttr(),
                       conv.getPadsAttr(), conv.getDilationsAttr(),
                       conv.getInputDilationsAttr(), conv.getGroupsAttr(),
                       rewriter.getUnitAttr(), conv.getResultElementAttr());
    rewriter.replaceOp(conv,
                       transpose(rewriter, loc, last, invert(permutation)));
    return success();
  }
};

/// Pooling runs along channels too, but is worth no transpose of its own.
struct PoolChannelsLast : OpRewritePattern<PoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PoolOp pool,
                                PatternRewriter &rewriter) const override {
    TransposeOp source = getTranspose(pool.getInput());
    if (pool.getChannelsLast() || !source)
      return failure();
    SmallVector<int64_t> permutation =
        getChannelsLast(getRank(pool.getInput()));
    if (source.getPermutation() != ArrayRef(invert(permutation)))
      return failure();
    auto last = PoolOp::create(
        rewriter, pool.getLoc(), pool.getKindAttr(), source.getOperand(),
        pool.getWindowAttr(), pool.getStridesAttr(), pool.getPadsAttr(),
        pool.getDilationsAttr(), pool.getCeilModeAttr(),
        pool.getCountIncludePadAttr(), rewriter.getUnitAttr());
    rewriter.replaceOp(
        pool, transpose(rewriter, pool.getLoc(), last, invert(permutation)));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Transparent ops: a transpose moves from their operands to their result
//===----------------------------------------------------------------------===//

/// Elementwise ops whose operands of full rank are transposed alike, but for
/// constants and operands that only broadcast.
struct SinkThroughElementwise
    : OpInterfaceRewritePattern<ElementwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(ElementwiseOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1)
      return failure();
    int64_t rank = getRank(op->getResult(0));
    TransposeOp source;
    for (Value operand : op->getOperands())
      if (TransposeOp found = getTranspose(operand);
          found && getRank(operand) == rank && !source)
        source = found;
    if (!source || !llvm::all_of(op->getOperands(),
                                 [&](Value v) { return isCheap(v, source); }))
      return failure();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(undo(rewriter, operand, source, rank));
    Operation *inner = rewriter.clone(*op);
    inner->setOperands(operands);
    inner->getResult(0).setType(getTypeBefore(source, op->getResult(0)));
    rewriter.replaceOp(op,
                       transpose(rewriter, op->getLoc(), inner->getResult(0),
                                 source.getPermutation()));
    return success();
  }

  /// Whether the inverse transpose of `value` costs nothing, or as little as a
  /// constant's.
  static bool isCheap(Value value, TransposeOp source) {
    if (TransposeOp found = getTranspose(value))
      if (found.getPermutation() == source.getPermutation())
        return true;
    auto type = cast<RankedTensorType>(value.getType());
    int64_t large =
        llvm::count_if(type.getShape(), [](int64_t size) { return size != 1; });
    bool isSmall = large <= 1 || matchPattern(value, m_Constant());
    return isSmall || (type.getRank() == getRank(source) &&
                       isReshape(type, invert(source.getPermutation())));
  }

  static Value undo(PatternRewriter &rewriter, Value value, TransposeOp source,
                    int64_t rank) {
    TransposeOp found = getTranspose(value);
    if (found && found.getPermutation() == source.getPermutation())
      return found.getOperand();
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<AffineExpr> dims(rank - type.getRank(),
                                 rewriter.getAffineConstantExpr(1));
    llvm::append_range(dims, getDims(type));
    if (type.getRank() != rank)
      value =
          ReshapeOp::create(rewriter, value.getLoc(),
                            getTensorType(dims, type.getElementType()), value);
    return transpose(rewriter, value.getLoc(), value,
                     invert(source.getPermutation()));
  }
};

struct SinkThroughConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatOp concat,
                                PatternRewriter &rewriter) const override {
    TransposeOp source = getTranspose(concat.getInputs().front());
    if (!source)
      return failure();
    SmallVector<Value> inputs;
    for (Value input : concat.getInputs()) {
      TransposeOp found = getTranspose(input);
      if (!found || found.getPermutation() != source.getPermutation())
        return failure();
      inputs.push_back(found.getOperand());
    }
    IntegerAttr axis =
        rewriter.getI64IntegerAttr(source.getPermutation()[concat.getAxis()]);
    Value inner = ConcatOp::create(rewriter, concat.getLoc(), inputs, axis);
    rewriter.replaceOp(concat, transpose(rewriter, concat.getLoc(), inner,
                                         source.getPermutation()));
    return success();
  }
};

struct SinkThroughReduce : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceOp reduce,
                                PatternRewriter &rewriter) const override {
    TransposeOp source = getTranspose(reduce.getOperand());
    if (!source)
      return failure();
    ArrayRef<int64_t> permutation = source.getPermutation();
    SmallVector<int64_t> axes, kept;
    for (auto [dim, from] : llvm::enumerate(permutation))
      (llvm::is_contained(reduce.getAxes(), static_cast<int64_t>(dim)) ? axes
                                                                       : kept)
          .push_back(from);
    // without kept dimensions the others have to be in order already
    if (!reduce.getKeepDims() && !llvm::is_sorted(kept))
      return failure();
    llvm::sort(axes);
    Value inner = ReduceOp::create(
        rewriter, reduce.getLoc(), reduce.getKindAttr(), source.getOperand(),
        rewriter.getDenseI64ArrayAttr(axes), reduce.getKeepDimsAttr());
    rewriter.replaceOp(
        reduce, reduce.getKeepDims()
                    ? transpose(rewriter, reduce.getLoc(), inner, permutation)
                    : inner);
    return success();
  }
};

struct SinkThroughPad : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PadOp pad,
                                PatternRewriter &rewriter) const override {
    TransposeOp source = getTranspose(pad.getOperand());
    if (!source)
      return failure();
    Value inner =
        PadOp::create(rewriter, pad.getLoc(), source.getOperand(),
                      pad.getValue(), getDimsBefore(source, pad.getLow()),
                      getDimsBefore(source, pad.getHigh()), pad.getMode());
    rewriter.replaceOp(
        pad, transpose(rewriter, pad.getLoc(), inner, source.getPermutation()));
    return success();
  }
};

struct SinkThroughSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp slice,
                                PatternRewriter &rewriter) const override {
    TransposeOp source = getTranspose(slice.getOperand());
    if (!source)
      return failure();
    SmallVector<int64_t> steps;
    for (int64_t dim : invert(source.getPermutation()))
      steps.push_back(slice.getSteps()[dim]);
    Value inner = SliceOp::create(
        rewriter, slice.getLoc(), getTypeBefore(source, slice.getResult()),
        source.getOperand(), getDimsBefore(source, slice.getStarts()),
        rewriter.getDenseI64ArrayAttr(steps));
    rewriter.replaceOp(slice, transpose(rewriter, slice.getLoc(), inner,
                                        source.getPermutation()));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Contractions: a transposed operand is another indexing map
//===----------------------------------------------------------------------===//

/// `map` of the tensor before `transpose`.
static AffineMap getMapBefore(TransposeOp transpose, AffineMap map) {
  SmallVector<AffineExpr> results(map.getNumResults());
  for (auto [dim, from] : llvm::enumerate(transpose.getPermutation()))
    results[from] = map.getResult(dim);
  return AffineMap::get(map.getNumDims(), 0, results, map.getContext());
}

static SmallVector<AffineMap> getMaps(ContractOp contract) {
  return {contract.getMap(0), contract.getMap(1), contract.getMap(2)};
}

/// Whether vectors of columns can be loaded from an operand that is addressed
/// by `map`, or gathered from rows: nothing but columns and terms of the sum
/// lies next to each other.
static bool hasRowsInMemory(AffineMap map, AffineMap result) {
  AffineExpr innermost = map.getResults().back(),
             column = result.getResults().back();
  return !llvm::is_contained(map.getResults(), column) || innermost == column ||
         !llvm::is_contained(result.getResults(), innermost);
}

struct TransposedOperand : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ContractOp contract,
                                PatternRewriter &rewriter) const override {
    for (OpOperand &operand : contract->getOpOperands()) {
      TransposeOp source = getTranspose(operand.get());
      if (!source)
        continue;
      SmallVector<AffineMap> maps = getMaps(contract);
      AffineMap &map = maps[operand.getOperandNumber()];
      map = getMapBefore(source, map);
      if (!hasRowsInMemory(map, maps[2]))
        continue;
      rewriter.modifyOpInPlace(contract, [&] {
        operand.set(source.getOperand());
        contract.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
      });
      return success();
    }
    return failure();
  }
};

/// A transposed result, unless vectors of columns would be torn apart.
struct TransposedResult : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp transpose,
                                PatternRewriter &rewriter) const override {
    auto contract = transpose.getOperand().getDefiningOp<ContractOp>();
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    if (!contract || !contract->hasOneUse() || permutation.empty() ||
        permutation.back() != int64_t(permutation.size()) - 1)
      return failure();
    SmallVector<AffineMap> maps = getMaps(contract);
    SmallVector<AffineExpr> results;
    for (int64_t from : permutation)
      results.push_back(maps[2].getResult(from));
    maps[2] =
        AffineMap::get(maps[2].getNumDims(), 0, results, rewriter.getContext());
    rewriter.replaceOpWithNewOp<ContractOp>(
        transpose, transpose.getType(), contract.getLhs(), contract.getRhs(),
        rewriter.getAffineMapArrayAttr(maps), contract.getResultElementAttr());
    return success();
  }
};

/// A transpose that moves dimensions of size 1 only is a reshape, which costs
/// nothing.
struct TransposeOfUnitDims : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getOperand().getType());
    if (!isReshape(type, op.getPermutation()))
      return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getOperand());
    return success();
  }
};

struct SelectLayouts : tenon::impl::SelectLayoutsPassBase<SelectLayouts> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvChannelsLast, PoolChannelsLast, SinkThroughElementwise,
                 SinkThroughConcat, SinkThroughReduce, SinkThroughPad,
                 SinkThroughSlice, TransposedOperand, TransposedResult,
                 TransposeOfUnitDims>(&getContext());
    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
    getOperation()->walk([&](TransposeOp) { ++numTransposes; });
  }
};
} // namespace
