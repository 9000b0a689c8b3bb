//===- ThreadLoops.cpp - loops that the threads of a block share ----------===//

#include "ThreadLoops.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/Kernel/Delinearize.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/LinalgBody.h"

using namespace mlir;
using namespace tenon;

Value tenon::getThread(OpBuilder &builder, Location loc) {
  return gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
}

//===----------------------------------------------------------------------===//
// Alignment
//===----------------------------------------------------------------------===//

static bool isMultipleOf(OpFoldResult value, int64_t factor) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return *constant % factor == 0;
  auto index = cast<Value>(value);
  if (auto argument = dyn_cast<BlockArgument>(index)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    return loop && argument == loop.getInductionVar() &&
           isMultipleOf(loop.getLowerBound(), factor) &&
           isMultipleOf(loop.getStep(), factor);
  }
  Operation *op = index.getDefiningOp();
  auto holds = [&](Value operand) { return isMultipleOf(operand, factor); };
  if (isa<arith::MulIOp>(op))
    return llvm::any_of(op->getOperands(), holds);
  if (isa<arith::AddIOp, arith::SubIOp>(op))
    return llvm::all_of(op->getOperands(), holds);
  if (auto apply = dyn_cast<affine::AffineApplyOp>(op))
    return apply.getAffineMap().getResult(0).isMultipleOf(factor);
  return false;
}

/// Whether a kernel's argument is aligned to `factor` elements. All are unless
/// they say otherwise.
static bool isAlignedArgument(BlockArgument argument, int64_t factor) {
  auto kernel = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto alignment = kernel ? kernel.getArgAttrOfType<IntegerAttr>(
                                argument.getArgNumber(), kAlignmentAttr)
                          : IntegerAttr();
  unsigned bits = getElementTypeOrSelf(argument).getIntOrFloatBitWidth();
  return !alignment || alignment.getInt() * 8 % (factor * bits) == 0;
}

/// Whether the first element is aligned to `factor` elements.
static bool isAligned(Value memref, int64_t factor) {
  Operation *op = memref.getDefiningOp();
  if (!op)
    return isAlignedArgument(cast<BlockArgument>(memref), factor);
  if (isa<memref::AllocOp>(op))
    return true;
  // a cast of an argument's strides has its start
  if (isa<memref::ExpandShapeOp, memref::CollapseShapeOp, memref::CastOp,
          memref::ReinterpretCastOp>(op))
    return isAligned(op->getOperand(0), factor);
  auto subview = dyn_cast<memref::SubViewOp>(op);
  if (!subview)
    return false;
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(subview.getSourceType().getStridesAndOffset(strides, offset)))
    return false;
  for (auto [stride, begin] :
       llvm::zip_equal(strides, subview.getMixedOffsets()))
    if (!(stride != ShapedType::kDynamic && stride % factor == 0) &&
        !isMultipleOf(begin, factor))
      return false;
  return isAligned(subview.getSource(), factor);
}

/// Whether `count` neighbouring iterations of `loop`, from a multiple of it on,
/// touch as many elements in one aligned piece.
static bool isWideAccess(Value memref, AffineMap map, unsigned loop,
                         int64_t count) {
  auto type = cast<MemRefType>(memref.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (type.getRank() == 0 || type.getElementType().isInteger(1) ||
      !type.getElementType().isIntOrFloat() ||
      failed(type.getStridesAndOffset(strides, offset)) ||
      strides.back() != 1 ||
      map.getResults().back() != getAffineDimExpr(loop, map.getContext()))
    return false;
  for (auto [stride, expr] :
       llvm::drop_end(llvm::zip_equal(strides, map.getResults())))
    if (expr.isFunctionOfDim(loop) || stride == ShapedType::kDynamic ||
        stride % count != 0)
      return false;
  return isAligned(memref, count);
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

namespace {
class ThreadLoops {
public:
  ThreadLoops(linalg::LinalgOp op, OpBuilder &builder)
      : op(op), builder(builder), loc(op.getLoc()), body(op, builder) {}

  void emit() {
    zero = getIndex(0);
    thread = getThread(builder, loc);
    body.ivs.assign(op.getNumLoops(), zero);
    for (Range range : op.createLoopRanges(builder, loc))
      sizes.push_back(
          getValueOrCreateConstantIndexOp(builder, loc, range.size));
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    SmallVector<unsigned> order = getLoopOrder(op);
    for (unsigned loop : order)
      (iterators[loop] == utils::IteratorType::parallel ? parallel : reduction)
          .push_back(loop);
    allowReassociation(op);
    if (reduction.empty())
      return emitElementwise();
    bool isInner = order.back() == reduction.back();
    if (isInner && findCombiners() && mayFillWarp())
      return emitGroups();
    emitColumns();
  }

private:
  Value getIndex(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }

  Value getProduct(ArrayRef<unsigned> loops) {
    Value product = getIndex(1);
    for (unsigned loop : loops)
      product = arith::MulIOp::create(builder, loc, product, sizes[loop]);
    return product;
  }

  void setIndices(ArrayRef<unsigned> loops, Value linear) {
    SmallVector<Value> extents;
    for (unsigned loop : loops)
      extents.push_back(sizes[loop]);
    for (auto [loop, index] :
         llvm::zip_equal(loops, delinearize(builder, loc, linear, extents)))
      body.ivs[loop] = index;
  }

  /// for (i = begin; i < end; i += step) of all threads; `emitBody` gets i and
  /// the carried values and returns the next ones.
  SmallVector<Value>
  emitLoop(Value begin, Value end, int64_t step, ValueRange carried,
           function_ref<SmallVector<Value>(Value, ValueRange)> emitBody) {
    auto loop =
        scf::ForOp::create(builder, loc, begin, end, getIndex(step), carried);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next =
        emitBody(loop.getInductionVar(), loop.getRegionIterArgs());
    if (!carried.empty())
      scf::YieldOp::create(builder, loc, next);
    return SmallVector<Value>(loop.getResults());
  }

  //===--------------------------------------------------------------------===//
  // Several elements a thread
  //===--------------------------------------------------------------------===//

  /// How many neighbouring iterations of `loop` a thread takes at a time, so
  /// that its accesses are as wide as they can be; 1 where the loop's end would
  /// fall into one.
  int64_t getWidth(ArrayRef<unsigned> loops) {
    unsigned loop = loops.back();
    int64_t width = DeviceInfo::kAccessBytes;
    bool isAnyWide = false;
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = dyn_cast<MemRefType>(operand.get().getType());
      if (!type || !type.getElementType().isIntOrFloat())
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
      if (!walksContiguously(map, loop) || type.getElementType().isInteger(1))
        continue;
      width = std::min(width, DeviceInfo::kAccessBytes / bytes);
      isAnyWide = true;
    }
    if (!isAnyWide || width == DeviceInfo::kAccessBytes)
      return 1;
    bool isOnly = llvm::all_of(loops.drop_back(), [&](unsigned other) {
      return op.getStaticLoopRanges()[other] == 1;
    });
    int64_t range = op.getStaticLoopRanges()[loop];
    if (!isOnly && (ShapedType::isDynamic(range) || range % width != 0))
      return 1;
    return width;
  }

  bool isWide(OpOperand *operand, unsigned loop, int64_t width) {
    return width > 1 && isa<MemRefType>(operand->get().getType()) &&
           isWideAccess(operand->get(), op.getMatchingIndexingMap(operand),
                        loop, width);
  }

  /// The operand's elements of `width` iterations from the present one on.
  SmallVector<Value> loadWide(OpOperand *operand, unsigned loop,
                              int64_t width) {
    if (isWide(operand, loop, width)) {
      auto type = cast<MemRefType>(operand->get().getType());
      auto vectorType = VectorType::get(width, type.getElementType());
      Value vector = vector::LoadOp::create(
          builder, loc, vectorType, operand->get(), body.getIndices(operand),
          /*nontemporal=*/false, getAccessAlignment(vectorType));
      SmallVector<Value> elements;
      for (int64_t i = 0; i < width; ++i)
        elements.push_back(vector::ExtractOp::create(builder, loc, vector, i));
      return elements;
    }
    if (!op.getMatchingIndexingMap(operand).isFunctionOfDim(loop))
      return SmallVector<Value>(width, body.load(operand));
    SmallVector<Value> elements;
    forEachLane(loop, width,
                [&](int64_t) { elements.push_back(body.load(operand)); });
    return elements;
  }

  llvm::MaybeAlign getAccessAlignment(VectorType type) {
    return llvm::MaybeAlign(llvm::PowerOf2Ceil(
        type.getNumElements() * type.getElementTypeBitWidth() / 8));
  }

  void storeWide(ArrayRef<Value> elements, OpOperand *init, unsigned loop) {
    int64_t width = elements.size();
    if (isWide(init, loop, width)) {
      auto type = VectorType::get(width, elements.front().getType());
      Value vector =
          vector::FromElementsOp::create(builder, loc, type, elements);
      vector::StoreOp::create(builder, loc, vector, init->get(),
                              body.getIndices(init), /*nontemporal=*/false,
                              getAccessAlignment(type));
      return;
    }
    forEachLane(loop, width, [&](int64_t i) { body.store(elements[i], init); });
  }

  void forEachLane(unsigned loop, int64_t width,
                   function_ref<void(int64_t)> visit) {
    Value first = body.ivs[loop];
    for (int64_t i = 0; i < width; ++i) {
      if (i > 0)
        body.ivs[loop] =
            arith::AddIOp::create(builder, loc, first, getIndex(i));
      visit(i);
    }
    body.ivs[loop] = first;
  }

  /// `width` iterations of `loop` at once; `outputs` holds each one's previous
  /// values, or those that the iterations hand on to each other.
  SmallVector<SmallVector<Value>> emitIterations(
      unsigned loop, int64_t width,
      function_ref<SmallVector<Value>(int64_t, ArrayRef<Value>)> getOutputs) {
    SmallVector<SmallVector<Value>> inputs, results;
    for (OpOperand *input : op.getDpsInputOperands())
      inputs.push_back(loadWide(input, loop, width));
    forEachLane(loop, width, [&](int64_t i) {
      SmallVector<Value> operands;
      for (ArrayRef<Value> elements : inputs)
        operands.push_back(elements[i]);
      ArrayRef<Value> previous;
      if (i > 0)
        previous = results.back();
      results.push_back(body.emit(operands, getOutputs(i, previous)));
    });
    return results;
  }

  //===--------------------------------------------------------------------===//
  // No reduction
  //===--------------------------------------------------------------------===//

  void emitElementwise() {
    if (parallel.empty()) {
      emitInFirstThread([&] { emitElements(0, 1); });
      return;
    }
    int64_t width = getWidth(parallel);
    Value count = getProduct(parallel);
    Value wideEnd = count;
    if (width > 1) {
      Value chunks =
          arith::DivUIOp::create(builder, loc, count, getIndex(width));
      wideEnd = arith::MulIOp::create(builder, loc, chunks, getIndex(width));
    }
    Value begin = arith::MulIOp::create(builder, loc, thread, getIndex(width));
    emitElementLoop(begin, wideEnd, width);
    // fewer than `width` remain
    if (width > 1 &&
        !isMultipleOf(op.getStaticLoopRanges()[parallel.back()], width))
      emitElementLoop(arith::AddIOp::create(builder, loc, wideEnd, thread),
                      count, 1);
  }

  static bool isMultipleOf(int64_t range, int64_t width) {
    return !ShapedType::isDynamic(range) && range % width == 0;
  }

  void emitElementLoop(Value begin, Value end, int64_t width) {
    emitLoop(begin, end, DeviceInfo::kThreads * width, {},
             [&](Value linear, ValueRange) {
               setIndices(parallel, linear);
               emitElements(parallel.back(), width);
               return SmallVector<Value>();
             });
  }

  void emitElements(unsigned loop, int64_t width) {
    SmallVector<OpOperand *> inits = body.getInits();
    SmallVector<SmallVector<Value>> outputs;
    for (OpOperand *init : inits) {
      if (op.payloadUsesValueFromOperand(init))
        outputs.push_back(parallel.empty() ? SmallVector<Value>{body.load(init)}
                                           : loadWide(init, loop, width));
      else
        outputs.push_back(SmallVector<Value>(width, Value()));
    }
    auto getOutputs = [&](int64_t i, ArrayRef<Value>) {
      return llvm::map_to_vector(
          outputs, [&](ArrayRef<Value> values) { return values[i]; });
    };
    if (parallel.empty()) {
      for (auto [value, init] :
           llvm::zip_equal(body.emit(getOutputs(0, {})), inits))
        body.store(value, init);
      return;
    }
    SmallVector<SmallVector<Value>> results =
        emitIterations(loop, width, getOutputs);
    for (auto [number, init] : llvm::enumerate(inits)) {
      SmallVector<Value> elements;
      for (ArrayRef<Value> iteration : results)
        elements.push_back(iteration[number]);
      storeWide(elements, init, loop);
    }
  }

  void emitInFirstThread(function_ref<void()> emitBody) {
    Value isFirst = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::eq, thread, zero);
    auto branch = scf::IfOp::create(builder, loc, isFirst);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    emitBody();
  }

  //===--------------------------------------------------------------------===//
  // Reductions, a thread for each result
  //===--------------------------------------------------------------------===//

  SmallVector<Value> loadInits() {
    return llvm::map_to_vector(
        body.getInits(), [&](OpOperand *init) { return body.load(init); });
  }

  void storeInits(ValueRange values) {
    for (auto [value, init] : llvm::zip_equal(values, body.getInits()))
      body.store(value, init);
  }

  void emitColumns() {
    auto emitResult = [&] {
      storeInits(emitLoop(zero, getProduct(reduction), 1, loadInits(),
                          [&](Value linear, ValueRange carried) {
                            setIndices(reduction, linear);
                            return body.emit(carried);
                          }));
    };
    if (parallel.empty())
      return emitInFirstThread(emitResult);
    emitLoop(thread, getProduct(parallel), DeviceInfo::kThreads, {},
             [&](Value linear, ValueRange) {
               setIndices(parallel, linear);
               emitResult();
               return SmallVector<Value>();
             });
  }

  //===--------------------------------------------------------------------===//
  // Reductions, a warp or the block for each result
  //===--------------------------------------------------------------------===//

  /// What combines the partial results of each output, if lanes can hand them
  /// to each other.
  bool findCombiners() {
    for (unsigned i = 0; i < op.getRegionOutputArgs().size(); ++i) {
      SmallVector<Operation *> found;
      Type type = op.getRegionOutputArgs()[i].getType();
      if (!(type.isF32() || type.isInteger(32)) ||
          !matchReduction(op.getRegionOutputArgs(), i, found) ||
          found.size() != 1 || !arith::getNeutralElement(found.front()) ||
          !isa<arith::AddFOp, arith::MulFOp, arith::MaximumFOp,
               arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp,
               arith::AddIOp, arith::MulIOp, arith::MaxSIOp, arith::MinSIOp,
               arith::MaxUIOp, arith::MinUIOp, arith::AndIOp, arith::OrIOp,
               arith::XOrIOp>(found.front()))
        return false;
      combiners.push_back(found.front());
    }
    return true;
  }

  bool mayFillWarp() {
    int64_t count = 1;
    for (unsigned loop : reduction) {
      int64_t range = op.getStaticLoopRanges()[loop];
      count *= ShapedType::isDynamic(range) ? DeviceInfo::kWarpSize : range;
    }
    return count >= DeviceInfo::kWarpSize;
  }

  SmallVector<Value> combine(ValueRange a, ValueRange b) {
    SmallVector<Value> results;
    for (auto [combiner, left, right] : llvm::zip_equal(combiners, a, b)) {
      Operation *clone = combiner->clone();
      clone->setOperands({left, right});
      builder.insert(clone);
      results.push_back(clone->getResult(0));
    }
    return results;
  }

  /// A warp takes a result, or the block where there are fewer results than
  /// warps.
  void emitGroups() {
    constexpr int64_t kWarps = DeviceInfo::kThreads / DeviceInfo::kWarpSize;
    int64_t results = 1;
    for (unsigned loop : parallel) {
      int64_t range = op.getStaticLoopRanges()[loop];
      results *= ShapedType::isDynamic(range) ? kWarps : range;
    }
    bool usesBlock = results < kWarps;
    int64_t group = usesBlock ? DeviceInfo::kThreads : DeviceInfo::kWarpSize;
    Value size = getIndex(group),
          lane = arith::RemUIOp::create(builder, loc, thread, size),
          first = arith::DivUIOp::create(builder, loc, thread, size);
    auto emitResult = [&] {
      SmallVector<Value> partial = shuffle(emitPartial(lane, group));
      if (usesBlock)
        partial = combineWarps(partial);
      Value isFirst = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::eq, lane, zero);
      auto branch = scf::IfOp::create(builder, loc, isFirst);
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(branch.thenBlock());
      storeInits(combine(loadInits(), partial));
    };
    if (parallel.empty())
      return emitResult();
    emitLoop(first, getProduct(parallel), DeviceInfo::kThreads / group, {},
             [&](Value linear, ValueRange) {
               setIndices(parallel, linear);
               emitResult();
               return SmallVector<Value>();
             });
  }

  /// What one lane of a group of `group` reduces.
  SmallVector<Value> emitPartial(Value lane, int64_t group) {
    SmallVector<Value> partial;
    for (Operation *combiner : combiners)
      partial.push_back(arith::ConstantOp::create(
          builder, loc, *arith::getNeutralElement(combiner)));
    int64_t width = getWidth(reduction);
    Value count = getProduct(reduction), wideEnd = count;
    if (width > 1) {
      Value chunks =
          arith::DivUIOp::create(builder, loc, count, getIndex(width));
      wideEnd = arith::MulIOp::create(builder, loc, chunks, getIndex(width));
    }
    auto reduce = [&](Value begin, Value end, int64_t width) {
      partial = emitLoop(
          begin, end, group * width, partial,
          [&](Value linear, ValueRange carried) {
            setIndices(reduction, linear);
            SmallVector<Value> values(carried);
            return emitIterations(reduction.back(), width,
                                  [&](int64_t i, ArrayRef<Value> previous) {
                                    return i == 0
                                               ? values
                                               : SmallVector<Value>(previous);
                                  })
                .back();
          });
    };
    reduce(arith::MulIOp::create(builder, loc, lane, getIndex(width)), wideEnd,
           width);
    if (width > 1 &&
        !isMultipleOf(op.getStaticLoopRanges()[reduction.back()], width))
      reduce(arith::AddIOp::create(builder, loc, wideEnd, lane), count, 1);
    return partial;
  }

  /// Combines the lanes of a warp; all get the result.
  SmallVector<Value> shuffle(SmallVector<Value> partial) {
    for (int32_t distance = DeviceInfo::kWarpSize / 2; distance > 0;
         distance /= 2) {
      SmallVector<Value> others;
      for (Value value : partial)
        others.push_back(gpu::ShuffleOp::create(builder, loc, value, distance,
                                                DeviceInfo::kWarpSize,
                                                gpu::ShuffleMode::XOR)
                             .getShuffleResult());
      partial = combine(partial, others);
    }
    return partial;
  }

  /// Combines the warps' results through shared memory.
  SmallVector<Value> combineWarps(ArrayRef<Value> partial) {
    constexpr int64_t kWarps = DeviceInfo::kThreads / DeviceInfo::kWarpSize;
    Value warp = arith::DivUIOp::create(builder, loc, thread,
                                        getIndex(DeviceInfo::kWarpSize));
    SmallVector<Value> buffers;
    for (Value value : partial) {
      Value buffer = memref::AllocOp::create(
          builder, loc, MemRefType::get({kWarps}, value.getType()));
      // every lane has the warp's result
      memref::StoreOp::create(builder, loc, value, buffer, warp);
      buffers.push_back(buffer);
    }
    gpu::BarrierOp::create(builder, loc);
    SmallVector<Value> total;
    for (int64_t i = 0; i < kWarps; ++i) {
      SmallVector<Value> values;
      for (Value buffer : buffers)
        values.push_back(
            memref::LoadOp::create(builder, loc, buffer, getIndex(i)));
      total = i == 0 ? values : combine(total, values);
    }
    // the next result's partial ones go to the same place
    gpu::BarrierOp::create(builder, loc);
    return total;
  }

  linalg::LinalgOp op;
  OpBuilder &builder;
  Location loc;
  LinalgBody body;
  Value zero, thread;
  SmallVector<Value> sizes;
  SmallVector<unsigned> parallel, reduction;
  SmallVector<Operation *> combiners;
};
} // namespace

void tenon::emitThreadLoops(linalg::LinalgOp op, OpBuilder &builder) {
  ThreadLoops(op, builder).emit();
}
