//===- ContractionTiles.cpp - contractions through shared memory ----------===//

#include "ThreadLoops.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/Kernel/LinalgBody.h"

using namespace mlir;
using namespace tenon;

namespace {

/// Some loops of the operation as one, of `count` iterations.
struct Axis {
  ArrayRef<unsigned> loops;
  Value count;
};

/// A block computes tiles of kTileRows x kTileColumns results one after
/// another. kTileDepth rows of both factors at a time lie in shared memory, the
/// summed loop outermost: a thread reads its operands as vectors.
class ContractionTiles {
public:
  ContractionTiles(linalg::LinalgOp op, const Contraction &contraction,
                   OpBuilder &builder)
      : op(op), contraction(contraction), builder(builder), loc(op.getLoc()),
        body(op, builder),
        element(contraction.product->getResult(0).getType()) {}

  void emit() {
    zero = getIndex(0), one = getIndex(1);
    thread = getThread(builder, loc);
    body.ivs.assign(op.getNumLoops(), zero);
    for (Range range : op.createLoopRanges(builder, loc))
      sizes.push_back(
          getValueOrCreateConstantIndexOp(builder, loc, range.size));
    rows = getAxis(contraction.rows), columns = getAxis(contraction.columns);
    depth = getAxis(contraction.depth);
    Axis batch = getAxis(contraction.batch);
    lhsSlab = createSlab(kRows), rhsSlab = createSlab(kColumns);
    Value threadColumns = getIndex(kColumns / kThread);
    threadRow = multiply(divide(thread, threadColumns), kThread);
    threadColumn = multiply(remainder(thread, threadColumns), kThread);
    emitLoop(zero, batch.count, 1, [&](Value sample) {
      setIndices(batch, sample);
      emitLoop(zero, rows.count, kRows, [&](Value row) {
        emitLoop(zero, columns.count, kColumns,
                 [&](Value column) { emitTile(row, column); });
      });
    });
  }

private:
  static constexpr int64_t kRows = DeviceInfo::kTileRows,
                           kColumns = DeviceInfo::kTileColumns,
                           kDepth = DeviceInfo::kTileDepth,
                           kThread = DeviceInfo::kThreadTile,
                           kThreads = DeviceInfo::kThreads;
  static_assert(kRows / kThread * (kColumns / kThread) == kThreads);

  Value getIndex(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value add(Value a, Value b) {
    return arith::AddIOp::create(builder, loc, a, b);
  }
  Value multiply(Value a, int64_t b) {
    return arith::MulIOp::create(builder, loc, a, getIndex(b));
  }
  Value divide(Value a, Value b) {
    return arith::DivUIOp::create(builder, loc, a, b);
  }
  Value remainder(Value a, Value b) {
    return arith::RemUIOp::create(builder, loc, a, b);
  }
  Value isLess(Value a, Value b) {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, a, b);
  }

  Axis getAxis(ArrayRef<unsigned> loops) {
    Value count = one;
    for (unsigned loop : loops)
      count = arith::MulIOp::create(builder, loc, count, sizes[loop]);
    return {loops, count};
  }

  void setIndices(const Axis &axis, Value linear) {
    SmallVector<Value> extents;
    for (unsigned loop : axis.loops)
      extents.push_back(sizes[loop]);
    for (auto [loop, index] : llvm::zip_equal(
             axis.loops, delinearize(builder, loc, linear, extents)))
      body.ivs[loop] = index;
  }

  Value createSlab(int64_t width) {
    return memref::AllocOp::create(builder, loc,
                                   MemRefType::get({kDepth, width}, element));
  }

  void emitLoop(Value begin, Value end, int64_t step,
                function_ref<void(Value)> emitBody) {
    auto loop = scf::ForOp::create(builder, loc, begin, end, getIndex(step));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    emitBody(loop.getInductionVar());
  }

  //===--------------------------------------------------------------------===//
  // Slabs
  //===--------------------------------------------------------------------===//

  /// `value` of the operation's body at the present indices.
  Value emitValue(Value value, IRMapping &mapping) {
    if (Value known = mapping.lookupOrNull(value))
      return known;
    Value result = value;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      if (argument.getOwner() == op.getBlock())
        result = body.load(op.getMatchingOpOperand(argument));
    } else if (value.getDefiningOp()->getBlock() == op.getBlock()) {
      if (auto index = value.getDefiningOp<linalg::IndexOp>())
        return body.ivs[index.getDim()];
      for (Value operand : value.getDefiningOp()->getOperands())
        mapping.map(operand, emitValue(operand, mapping));
      builder.clone(*value.getDefiningOp(), mapping);
      return mapping.lookup(value);
    }
    mapping.map(value, result);
    return result;
  }

  /// Whether neighbours along `axis` are neighbours in memory.
  bool isContiguousAlong(Value factor, const Axis &axis) {
    while (Operation *definition = factor.getDefiningOp()) {
      if (definition->getNumOperands() == 0)
        return false;
      factor = definition->getOperand(0);
    }
    auto argument = dyn_cast<BlockArgument>(factor);
    return argument && argument.getOwner() == op.getBlock() &&
           walksContiguously(
               op.getMatchingIndexingMap(op.getMatchingOpOperand(argument)),
               axis.loops.back());
  }

  /// Each thread brings its share of a slab. What lies beyond the summed loop's
  /// end is zero; what lies beyond the other is never stored.
  void loadSlab(Value slab, Value factor, const Axis &axis, int64_t width,
                Value begin, Value depthBegin) {
    bool isAlongDepth = isContiguousAlong(factor, depth);
    Value inner = getIndex(isAlongDepth ? kDepth : width);
    Value last = arith::SubIOp::create(builder, loc, axis.count, one);
    Value lastDepth = arith::SubIOp::create(builder, loc, depth.count, one);
    for (int64_t piece = 0; piece < width * kDepth / kThreads; ++piece) {
      Value number = add(thread, getIndex(piece * kThreads));
      Value fast = remainder(number, inner), slow = divide(number, inner);
      Value k = isAlongDepth ? fast : slow, i = isAlongDepth ? slow : fast;
      Value at = add(begin, i), depthAt = add(depthBegin, k);
      setIndices(axis, arith::MinUIOp::create(builder, loc, at, last));
      setIndices(depth,
                 arith::MinUIOp::create(builder, loc, depthAt, lastDepth));
      IRMapping mapping;
      Value value = emitValue(factor, mapping);
      Value none =
          arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
      value = arith::SelectOp::create(
          builder, loc, isLess(depthAt, depth.count), value, none);
      memref::StoreOp::create(builder, loc, value, slab, ValueRange{k, i});
    }
  }

  //===--------------------------------------------------------------------===//
  // Products
  //===--------------------------------------------------------------------===//

  SmallVector<Value> readSlab(Value slab, Value k, Value at) {
    auto type = VectorType::get(kThread, element);
    int64_t bytes = kThread * element.getIntOrFloatBitWidth() / 8;
    Value vector =
        vector::LoadOp::create(builder, loc, type, slab, ValueRange{k, at},
                               false, llvm::MaybeAlign(bytes));
    SmallVector<Value> elements;
    for (int64_t i = 0; i < kThread; ++i)
      elements.push_back(vector::ExtractOp::create(builder, loc, vector, i));
    return elements;
  }

  Value accumulate(Value lhs, Value rhs, Value sum) {
    if (isa<FloatType>(element) && sum.getType() == element)
      return math::FmaOp::create(builder, loc, lhs, rhs, sum);
    IRMapping mapping;
    mapping.map(contraction.lhs, lhs);
    mapping.map(contraction.rhs, rhs);
    Value product = builder.clone(*contraction.product, mapping)->getResult(0);
    return arith::AddIOp::create(builder, loc, sum, product);
  }

  void emitTile(Value row, Value column) {
    Value none =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
    SmallVector<Value> sums(kThread * kThread, none);
    auto loop = scf::ForOp::create(builder, loc, zero, depth.count,
                                   getIndex(kDepth), sums);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Value begin = loop.getInductionVar();
      SmallVector<Value> savedIndices = body.ivs;
      loadSlab(lhsSlab, contraction.lhs, rows, kRows, row, begin);
      loadSlab(rhsSlab, contraction.rhs, columns, kColumns, column, begin);
      body.ivs = savedIndices;
      gpu::BarrierOp::create(builder, loc);
      sums.assign(loop.getRegionIterArgs().begin(),
                  loop.getRegionIterArgs().end());
      for (int64_t k = 0; k < kDepth; ++k) {
        SmallVector<Value> lhs = readSlab(lhsSlab, getIndex(k), threadRow),
                           rhs = readSlab(rhsSlab, getIndex(k), threadColumn);
        for (int64_t i = 0; i < kThread; ++i)
          for (int64_t j = 0; j < kThread; ++j)
            sums[i * kThread + j] =
                accumulate(lhs[i], rhs[j], sums[i * kThread + j]);
      }
      // the slabs are filled again
      gpu::BarrierOp::create(builder, loc);
      scf::YieldOp::create(builder, loc, sums);
    }
    storeTile(row, column, loop.getResults());
  }

  /// What `emitBody` does for iteration `begin` + `offset` + `step` of an axis,
  /// if it has so many.
  void emitWithin(Value begin, Value offset, int64_t step, const Axis &axis,
                  function_ref<void()> emitBody) {
    Value at = add(begin, add(offset, getIndex(step)));
    auto branch = scf::IfOp::create(builder, loc, isLess(at, axis.count));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    setIndices(axis, at);
    emitBody();
  }

  void storeTile(Value row, Value column, ValueRange sums) {
    SmallVector<Value> savedIndices = body.ivs;
    OpOperand *init = op.getDpsInitOperand(0);
    for (int64_t i = 0; i < kThread; ++i)
      emitWithin(row, threadRow, i, rows, [&] {
        for (int64_t j = 0; j < kThread; ++j)
          emitWithin(column, threadColumn, j, columns, [&] {
            Operation *sum = contraction.sum->clone();
            sum->setOperands({body.load(init), sums[i * kThread + j]});
            builder.insert(sum);
            body.store(sum->getResult(0), init);
          });
      });
    body.ivs = savedIndices;
  }

  linalg::LinalgOp op;
  const Contraction &contraction;
  OpBuilder &builder;
  Location loc;
  LinalgBody body;
  Type element;
  Value zero, one, thread, threadRow, threadColumn, lhsSlab, rhsSlab;
  SmallVector<Value> sizes;
  Axis rows, columns, depth;
};

} // namespace

void tenon::emitContraction(linalg::LinalgOp op, const Contraction &contraction,
                            OpBuilder &builder) {
  ContractionTiles(op, contraction, builder).emit();
}
