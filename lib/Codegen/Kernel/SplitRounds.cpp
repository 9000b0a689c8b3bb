//===- SplitRounds.cpp - tiles that run through all rounds ----------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "tenon/Codegen/Kernel/IndependentDims.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Kernel/TileSizes.h"
#include "tenon/Kernels/AssumedSizes.h"
#include "tenon/Target/MachineModel.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tenon {
#define GEN_PASS_DEF_SPLITROUNDSPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// Writes a loop again for a tile of its tensors.
class RoundSplitter {
public:
  RoundSplitter(scf::ForOp loop, const IndependentDims &dims, int64_t tile)
      : loop(loop), dims(dims), tile(tile), b(loop.getLoc(), loop) {}

  void split();

private:
  int64_t getDimSize(Value value) const {
    return cast<RankedTensorType>(value.getType())
        .getDimSize(dims.lookup(value));
  }
  Type getTileType(Value value) const;
  /// `sizes` of `whole`, with the tile's.
  SmallVector<OpFoldResult> getTileSizes(Value whole,
                                         SmallVector<OpFoldResult> sizes);
  SmallVector<OpFoldResult> map(ArrayRef<OpFoldResult> values) const;
  /// The tile of a tensor that is not computed in the loop.
  Value takeTile(Value whole, OpFoldResult offset);
  Value takeSlice(Value whole, Value from, OpFoldResult offset);
  void mapOutside(OpFoldResult offset);
  SmallVector<Value> mapInits(ValueRange results, OpFoldResult offset);
  void cloneOp(Operation &op);
  void cloneBody(scf::ForOp to);

  scf::ForOp loop;
  const IndependentDims &dims;
  int64_t tile;
  ImplicitLocOpBuilder b;
  IRMapping mapping;
};
} // namespace

Type RoundSplitter::getTileType(Value value) const {
  auto entry = dims.find(value);
  if (entry == dims.end())
    return value.getType();
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[entry->second] = tile;
  return type.clone(shape);
}

SmallVector<OpFoldResult>
RoundSplitter::getTileSizes(Value whole, SmallVector<OpFoldResult> sizes) {
  sizes[dims.lookup(whole)] = b.getIndexAttr(tile);
  return sizes;
}

SmallVector<OpFoldResult>
RoundSplitter::map(ArrayRef<OpFoldResult> values) const {
  return llvm::map_to_vector(values, [&](OpFoldResult value) {
    auto v = dyn_cast<Value>(value);
    return v ? OpFoldResult(mapping.lookupOrDefault(v)) : value;
  });
}

Value RoundSplitter::takeSlice(Value whole, Value from, OpFoldResult offset) {
  int64_t rank = cast<RankedTensorType>(whole.getType()).getRank();
  SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0)),
      strides(rank, b.getIndexAttr(1));
  offsets[dims.lookup(whole)] = offset;
  return tensor::ExtractSliceOp::create(
      b, cast<RankedTensorType>(getTileType(whole)), from, offsets,
      getTileSizes(whole, tensor::getMixedSizes(b, b.getLoc(), from)), strides);
}

Value RoundSplitter::takeTile(Value whole, OpFoldResult offset) {
  Operation *maker = whole.getDefiningOp();
  if (isa_and_nonnull<tensor::EmptyOp, arith::ConstantOp>(maker)) {
    cloneOp(*maker);
    return mapping.lookup(whole);
  }
  return takeSlice(whole, whole, offset);
}

/// What lies outside of the loop, but for what it begins with.
void RoundSplitter::mapOutside(OpFoldResult offset) {
  llvm::SetVector<Value> outside;
  loop.getBody()->walk([&](Operation *op) {
    for (Value operand : op->getOperands())
      if (dims.contains(operand) &&
          !loop->isAncestor(operand.getParentBlock()->getParentOp()))
        outside.insert(operand);
  });
  for (Value value : outside)
    mapping.map(value, takeTile(value, offset));
}

/// What nothing was written to yet lies where the results will; what is carried
/// begins with a tile.
SmallVector<Value> RoundSplitter::mapInits(ValueRange results,
                                           OpFoldResult offset) {
  SmallVector<Value> inits;
  for (auto [init, result] : llvm::zip_equal(loop.getInitArgs(), results))
    inits.push_back(init.getDefiningOp<tensor::EmptyOp>()
                        ? takeSlice(init, result, offset)
                        : takeTile(init, offset));
  return inits;
}

void RoundSplitter::cloneOp(Operation &op) {
  auto isSplit = [&](Value value) { return dims.contains(value); };
  if (llvm::none_of(op.getOperands(), isSplit) &&
      llvm::none_of(op.getResults(), isSplit)) {
    b.clone(op, mapping);
    return;
  }
  auto get = [&](Value value) { return mapping.lookupOrDefault(value); };
  Value result = op.getResult(0);
  auto type = cast<RankedTensorType>(getTileType(result));
  Value made =
      llvm::TypeSwitch<Operation *, Value>(&op)
          .Case([&](tensor::EmptyOp empty) -> Value {
            return tensor::EmptyOp::create(
                b, getTileSizes(empty, map(empty.getMixedSizes())),
                type.getElementType());
          })
          .Case([&](arith::ConstantOp constant) -> Value {
            auto splat = cast<SplatElementsAttr>(constant.getValue());
            return arith::ConstantOp::create(
                b, splat.resizeSplat(cast<ShapedType>(type)));
          })
          .Case([&](tensor::ExtractSliceOp slice) -> Value {
            return tensor::ExtractSliceOp::create(
                b, type, get(slice.getSource()), map(slice.getMixedOffsets()),
                getTileSizes(slice.getSource(), map(slice.getMixedSizes())),
                map(slice.getMixedStrides()));
          })
          .Case([&](tensor::InsertSliceOp insert) -> Value {
            return tensor::InsertSliceOp::create(
                b, get(insert.getSource()), get(insert.getDest()),
                map(insert.getMixedOffsets()),
                getTileSizes(insert.getDest(), map(insert.getMixedSizes())),
                map(insert.getMixedStrides()));
          })
          .Case([&](tensor::ExpandShapeOp expand) -> Value {
            return tensor::ExpandShapeOp::create(
                b, type, get(expand.getSrc()), expand.getReassociationIndices(),
                getTileSizes(result, map(expand.getMixedOutputShape())));
          })
          .Case([&](tensor::CollapseShapeOp collapse) -> Value {
            return tensor::CollapseShapeOp::create(
                b, type, get(collapse.getSrc()),
                collapse.getReassociationIndices());
          })
          .Default([](Operation *) { return Value(); });
  if (made) {
    mapping.map(result, made);
    return;
  }
  Operation *clone =
      mlir::clone(b, &op,
                  llvm::map_to_vector(op.getResults(),
                                      [&](Value v) { return getTileType(v); }),
                  llvm::map_to_vector(op.getOperands(), get));
  mapping.map(op.getResults(), clone->getResults());
}

void RoundSplitter::cloneBody(scf::ForOp to) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(to.getBody());
  mapping.map(loop.getBody()->getArguments(), to.getBody()->getArguments());
  for (Operation &op : loop.getBody()->without_terminator())
    cloneOp(op);
  scf::YieldOp::create(
      b, llvm::map_to_vector(loop.getYieldedValues(), [&](Value value) {
        return mapping.lookupOrDefault(value);
      }));
}

void RoundSplitter::split() {
  SmallVector<Value> results;
  SmallVector<SmallVector<OpFoldResult>> sizes;
  for (Value init : loop.getInitArgs()) {
    Value result = init;
    sizes.push_back(tensor::getMixedSizes(b, b.getLoc(), init));
    if (!init.getDefiningOp<tensor::EmptyOp>())
      result = tensor::EmptyOp::create(
          b, sizes.back(),
          cast<RankedTensorType>(init.getType()).getElementType());
    results.push_back(result);
  }
  int64_t size = getDimSize(loop.getInitArgs()[0]);
  auto forall = scf::ForallOp::create(
      b, ArrayRef<OpFoldResult>(b.getIndexAttr(size / tile)), results,
      std::nullopt);
  b.setInsertionPoint(forall.getTerminator());
  OpFoldResult offset =
      arith::MulIOp::create(b, forall.getInductionVar(0),
                            arith::ConstantIndexOp::create(b, tile))
          .getResult();
  mapOutside(offset);
  auto rounds = scf::ForOp::create(
      b, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(),
      mapInits(forall.getRegionIterArgs(), offset));
  cloneBody(rounds);
  b.setInsertionPointToEnd(forall.getTerminator().getBody());
  for (auto [index, result] : llvm::enumerate(loop.getResults())) {
    int64_t rank = sizes[index].size();
    SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0)),
        strides(rank, b.getIndexAttr(1));
    offsets[dims.lookup(result)] = offset;
    tensor::ParallelInsertSliceOp::create(
        b, rounds.getResult(index), forall.getRegionIterArgs()[index], offsets,
        getTileSizes(result, sizes[index]), strides);
  }
  loop->replaceAllUsesWith(forall.getResults());
  loop.erase();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Rows of a tile, at least: a product reads its weights once for each tile and
/// round, and these rows keep the arithmetic busy meanwhile.
static constexpr int64_t kMinTile = 8;

/// The smallest tile that divides `size`; nothing where that is the whole.
static std::optional<int64_t> chooseTile(int64_t size) {
  for (int64_t tile = kMinTile; tile * 2 <= size; ++tile)
    if (size % tile == 0)
      return tile;
  return std::nullopt;
}

/// Element accesses of all rounds.
static int64_t getCost(scf::ForOp loop) {
  int64_t cost = 0;
  loop.getBody()->walk([&](linalg::LinalgOp op) {
    cost += getAssumedProduct(op.getStaticLoopRanges()) * getIterationCost(op);
  });
  auto rounds = loop.getStaticTripCount();
  return cost * (rounds ? rounds->getSExtValue() : kAssumedDynamicSize);
}

/// Returns whether a dimension was found that divides into tiles.
static bool splitLoop(scf::ForOp loop) {
  int64_t cost = getCost(loop);
  for (auto [index, carried] : llvm::enumerate(loop.getRegionIterArgs())) {
    auto type = dyn_cast<RankedTensorType>(carried.getType());
    if (!type)
      return false;
    for (auto [dim, size] : llvm::enumerate(type.getShape())) {
      if (ShapedType::isDynamic(size))
        continue;
      std::optional<int64_t> tile = chooseTile(size);
      if (!tile || cost / (size / *tile) < MachineModel::kAccessesPerTile)
        continue;
      if (auto dims = findIndependentDims(loop, index, dim)) {
        RoundSplitter(loop, *dims, *tile).split();
        return true;
      }
    }
  }
  return false;
}

namespace {
struct SplitRounds : tenon::impl::SplitRoundsPassBase<SplitRounds> {
  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (!kernel->hasAttr(kKernelAttr) || kernel->hasAttr(kVectorizedAttr))
      return;
    SmallVector<scf::ForOp> loops(kernel.getBody().getOps<scf::ForOp>());
    for (scf::ForOp loop : loops)
      splitLoop(loop);
  }
};
} // namespace
