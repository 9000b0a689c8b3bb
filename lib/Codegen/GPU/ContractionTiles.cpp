//===- ContractionTiles.cpp - contractions through shared memory ----------===//

#include "ThreadLoops.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/Kernel/Delinearize.h"
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
/// summed loop outermost: a thread reads its operands as vectors, or a warp
/// reads the fragments of `mma.sync`.
class ContractionTiles {
public:
  ContractionTiles(linalg::LinalgOp op, const Contraction &contraction,
                   StringRef precision, OpBuilder &builder)
      : op(op), contraction(contraction), product(*contraction.product),
        builder(builder), loc(op.getLoc()), body(op, builder),
        sumType(product.product->getResult(0).getType()), element(sumType) {
    if (!sumType.isF32())
      return;
    element = getExactType();
    if (element == sumType && precision == "f16")
      element = builder.getF16Type();
    else if (element == sumType && precision == "bf16")
      element = builder.getBF16Type();
    usesWarps = element != sumType || precision == "tf32";
  }

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
    if (usesWarps)
      placeFragments();
    else
      placeThread();
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
  static constexpr int64_t kFragmentRows = 16, kFragmentColumns = 8,
                           kWarpColumns = 32;
  static_assert(kRows / kFragmentRows * (kColumns / kWarpColumns) *
                    DeviceInfo::kWarpSize ==
                kThreads);
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

  /// The type that holds both factors as they are: f16 or bf16 where they were
  /// converted from it, so that the products of mma.sync are exact.
  Type getExactType() {
    Type type = product.lhs.exactType;
    return type == product.rhs.exactType && (type.isF16() || type.isBF16())
               ? type
               : sumType;
  }

  /// A square of results for each thread.
  void placeThread() {
    Value threadColumns = getIndex(kColumns / kThread);
    Value row = multiply(divide(thread, threadColumns), kThread);
    Value column = multiply(remainder(thread, threadColumns), kThread);
    for (int64_t i = 0; i < kThread; ++i) {
      ownRows.push_back(add(row, getIndex(i)));
      ownColumns.push_back(add(column, getIndex(i)));
    }
  }

  /// 16 x 32 results for each warp, of which a thread has those that mma.sync
  /// gives it (PTX ISA, "Matrix Fragments for mma.m16n8k8" and following).
  void placeFragments() {
    Value size = getIndex(DeviceInfo::kWarpSize), warp = divide(thread, size),
          lane = remainder(thread, size);
    Value rowWarps = getIndex(kRows / kFragmentRows);
    laneGroup = divide(lane, getIndex(4));
    laneInGroup = remainder(lane, getIndex(4));
    warpRow = multiply(remainder(warp, rowWarps), kFragmentRows);
    warpColumn = multiply(divide(warp, rowWarps), kWarpColumns);
    for (int64_t i = 0; i < 2; ++i)
      ownRows.push_back(add(add(warpRow, laneGroup), getIndex(8 * i)));
    for (int64_t j = 0; j < kWarpColumns / kFragmentColumns; ++j)
      for (int64_t i = 0; i < 2; ++i)
        ownColumns.push_back(add(add(warpColumn, multiply(laneInGroup, 2)),
                                 getIndex(kFragmentColumns * j + i)));
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
      value = round(value);
      Value none =
          arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
      value = arith::SelectOp::create(
          builder, loc, isLess(depthAt, depth.count), value, none);
      memref::StoreOp::create(builder, loc, value, slab, ValueRange{k, i});
    }
  }

  /// A factor as the slabs hold it.
  Value round(Value value) {
    if (!usesWarps)
      return value;
    if (element != sumType)
      return arith::TruncFOp::create(builder, loc, element, value);
    // to 10 bits of mantissa, halves away from zero
    Type i32 = builder.getI32Type();
    auto constant = [&](int32_t bits) -> Value {
      return arith::ConstantOp::create(builder, loc,
                                       builder.getI32IntegerAttr(bits));
    };
    Value bits = arith::BitcastOp::create(builder, loc, i32, value);
    bits = arith::AddIOp::create(builder, loc, bits, constant(1 << 12));
    bits = arith::AndIOp::create(builder, loc, bits, constant(-(1 << 13)));
    Value rounded = arith::BitcastOp::create(builder, loc, element, bits);
    Value isNaN = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                                        value, value);
    return arith::SelectOp::create(builder, loc, isNaN, value, rounded);
  }

  //===--------------------------------------------------------------------===//
  // Products of a warp
  //===--------------------------------------------------------------------===//

  /// Products that one mma.sync adds up.
  int64_t getFragmentDepth() { return element == sumType ? 8 : 16; }

  /// The register that holds elements (k, at), and (k + 1, at) where two fit.
  Value readFragment(Value slab, Value k, Value at) {
    Value first = memref::LoadOp::create(builder, loc, slab, ValueRange{k, at});
    Type i32 = builder.getI32Type();
    if (element == sumType)
      return arith::BitcastOp::create(builder, loc, i32, first);
    Value second =
        memref::LoadOp::create(builder, loc, slab, ValueRange{add(k, one), at});
    Value pair = vector::FromElementsOp::create(
        builder, loc, VectorType::get(2, element), ValueRange{first, second});
    if (element.isF16())
      return pair;
    Value bits =
        vector::BitCastOp::create(builder, loc, VectorType::get(1, i32), pair);
    return vector::ExtractOp::create(builder, loc, bits, 0);
  }

  /// The index along the summed loop of register `part` of a fragment that
  /// begins at `begin`.
  Value getFragmentDepthIndex(int64_t begin, int64_t part) {
    int64_t elements = element == sumType ? 1 : 2;
    return add(multiply(laneInGroup, elements),
               getIndex(begin + part * getFragmentDepth() / 2));
  }

  void multiplyFragments(MutableArrayRef<Value> sums) {
    for (int64_t k = 0; k < kDepth; k += getFragmentDepth()) {
      SmallVector<Value> lhs;
      for (int64_t part = 0; part < 2; ++part)
        for (Value row : ownRows)
          lhs.push_back(
              readFragment(lhsSlab, getFragmentDepthIndex(k, part), row));
      for (int64_t j = 0; j < kWarpColumns / kFragmentColumns; ++j) {
        Value column =
            add(add(warpColumn, laneGroup), getIndex(kFragmentColumns * j));
        SmallVector<Value> rhs;
        for (int64_t part = 0; part < 2; ++part)
          rhs.push_back(
              readFragment(rhsSlab, getFragmentDepthIndex(k, part), column));
        multiplyFragment(lhs, rhs, 2 * j, sums);
      }
    }
  }

  void multiplyFragment(ValueRange lhs, ValueRange rhs, int64_t column,
                        MutableArrayRef<Value> sums) {
    int64_t columns = ownColumns.size();
    SmallVector<Value *> places;
    for (int64_t i = 0; i < 2; ++i)
      for (int64_t j = 0; j < 2; ++j)
        places.push_back(&sums[i * columns + column + j]);
    SmallVector<Value> previous;
    for (Value *place : places)
      previous.push_back(*place);
    NVVM::MMATypes type = element.isF16()    ? NVVM::MMATypes::f16
                          : element.isBF16() ? NVVM::MMATypes::bf16
                                             : NVVM::MMATypes::tf32;
    auto result = LLVM::LLVMStructType::getLiteral(
        builder.getContext(), SmallVector<Type>(4, sumType));
    Value product = NVVM::MmaOp::create(
        builder, loc, result, lhs, rhs, previous,
        {kFragmentRows, kFragmentColumns, getFragmentDepth()}, std::nullopt,
        std::nullopt, std::array{type, type},
        std::array{NVVM::MMALayout::row, NVVM::MMALayout::col});
    for (auto [number, place] : llvm::enumerate(places))
      *place = LLVM::ExtractValueOp::create(builder, loc, product,
                                            static_cast<int64_t>(number));
  }

  //===--------------------------------------------------------------------===//
  // Products of a thread
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
    mapping.map(product.lhs.value, lhs);
    mapping.map(product.rhs.value, rhs);
    Operation *multiplied = builder.clone(*product.product, mapping);
    return arith::AddIOp::create(builder, loc, sum, multiplied->getResult(0));
  }

  void multiplySquares(MutableArrayRef<Value> sums) {
    for (int64_t k = 0; k < kDepth; ++k) {
      SmallVector<Value> lhs = readSlab(lhsSlab, getIndex(k), ownRows.front());
      SmallVector<Value> rhs =
          readSlab(rhsSlab, getIndex(k), ownColumns.front());
      for (int64_t i = 0; i < kThread; ++i)
        for (int64_t j = 0; j < kThread; ++j)
          sums[i * kThread + j] =
              accumulate(lhs[i], rhs[j], sums[i * kThread + j]);
    }
  }

  void emitTile(Value row, Value column) {
    Value none =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(sumType));
    SmallVector<Value> sums(ownRows.size() * ownColumns.size(), none);
    auto loop = scf::ForOp::create(builder, loc, zero, depth.count,
                                   getIndex(kDepth), sums);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Value begin = loop.getInductionVar();
      SmallVector<Value> savedIndices = body.ivs;
      loadSlab(lhsSlab, product.lhs.value, rows, kRows, row, begin);
      loadSlab(rhsSlab, product.rhs.value, columns, kColumns, column, begin);
      body.ivs = savedIndices;
      gpu::BarrierOp::create(builder, loc);
      sums.assign(loop.getRegionIterArgs().begin(),
                  loop.getRegionIterArgs().end());
      if (usesWarps)
        multiplyFragments(sums);
      else
        multiplySquares(sums);
      // the slabs are filled again
      gpu::BarrierOp::create(builder, loc);
      scf::YieldOp::create(builder, loc, sums);
    }
    storeTile(row, column, loop.getResults());
  }

  /// What `emitBody` does for iteration `begin` + `offset` of an axis, if it
  /// has so many.
  void emitWithin(Value begin, Value offset, const Axis &axis,
                  function_ref<void()> emitBody) {
    Value at = add(begin, offset);
    auto branch = scf::IfOp::create(builder, loc, isLess(at, axis.count));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    setIndices(axis, at);
    emitBody();
  }

  void storeTile(Value row, Value column, ValueRange sums) {
    SmallVector<Value> savedIndices = body.ivs;
    OpOperand *init = op.getDpsInitOperand(0);
    for (auto [i, threadRow] : llvm::enumerate(ownRows))
      emitWithin(row, threadRow, rows, [&] {
        for (auto [j, threadColumn] : llvm::enumerate(ownColumns))
          emitWithin(column, threadColumn, columns, [&] {
            Operation *sum = product.sum->clone();
            sum->setOperands(
                {body.load(init), sums[i * ownColumns.size() + j]});
            builder.insert(sum);
            body.store(sum->getResult(0), init);
          });
      });
    body.ivs = savedIndices;
  }

  linalg::LinalgOp op;
  const Contraction &contraction;
  const Product &product;
  OpBuilder &builder;
  Location loc;
  LinalgBody body;
  Type sumType;
  /// Of the slabs.
  Type element;
  bool usesWarps = false;
  Value zero, one, thread, lhsSlab, rhsSlab;
  /// The thread's rows and columns of the tile.
  SmallVector<Value> ownRows, ownColumns;
  Value laneGroup, laneInGroup, warpRow, warpColumn;
  SmallVector<Value> sizes;
  Axis rows, columns, depth;
};

} // namespace

void tenon::emitContraction(linalg::LinalgOp op, const Contraction &contraction,
                            StringRef precision, OpBuilder &builder) {
  ContractionTiles(op, contraction, precision, builder).emit();
}
