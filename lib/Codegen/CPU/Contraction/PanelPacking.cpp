//===- PanelPacking.cpp - panels of a transposed operand ------------------===//

#include "tenon/Codegen/CPU/Contraction/PanelPacking.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/Scratch.h"

using namespace mlir;
using namespace tenon;

BoundOperand tenon::allocatePanel(ImplicitLocOpBuilder &builder,
                                  IndexMath &math,
                                  const ContractionKernel &kernel,
                                  unsigned input, int64_t width) {
  LoopOperand layout = *kernel.inputs[input];
  AffineExpr zero = getAffineConstantExpr(0, builder.getContext());
  AffineExpr elements = getAffineConstantExpr(width, builder.getContext());
  layout.offset = zero;
  llvm::fill(layout.strides, zero);
  layout.strides[kernel.columnLoop] = zero + 1;
  for (unsigned loop : llvm::reverse(kernel.reductionLoops)) {
    layout.strides[loop] = elements;
    elements = elements * kernel.extents[loop];
  }
  layout.panels = Panels{width, zero};

  Value buffer = allocateScratch(builder, math, elements, layout.elementType);
  return {layout, buffer, /*isLocal=*/true};
}

/// Transposes as many vectors as they have lanes: each round interleaves the
/// first half with the second, which moves one bit of a lane's number to the
/// vector's.
static SmallVector<Value> transpose(ImplicitLocOpBuilder &builder,
                                    SmallVector<Value> vectors) {
  int64_t lanes = vectors.size();
  SmallVector<int64_t> low, high;
  for (int64_t i = 0; i < lanes / 2; ++i) {
    low.append({i, lanes + i});
    high.append({lanes / 2 + i, lanes + lanes / 2 + i});
  }
  for (int64_t round = 1; round < lanes; round *= 2) {
    SmallVector<Value> next;
    for (int64_t i = 0; i < lanes / 2; ++i)
      for (ArrayRef<int64_t> half : {ArrayRef(low), ArrayRef(high)})
        next.push_back(vector::ShuffleOp::create(builder, vectors[i],
                                                 vectors[i + lanes / 2], half));
    vectors = std::move(next);
  }
  return vectors;
}

namespace {

class PanelPacker {
public:
  PanelPacker(ImplicitLocOpBuilder &builder, IndexMath &math,
              const ContractionKernel &kernel, const BoundOperand &source,
              OpFoldResult numColumns, const BoundOperand &panel, int64_t lanes)
      : builder(builder), math(math), kernel(kernel), source(source),
        numColumns(numColumns), panel(panel), lanes(lanes) {}

  /// Loops over all reduction loops but the innermost.
  void pack(unsigned level, OpFoldResult from, OpFoldResult to) {
    ArrayRef<unsigned> loops = kernel.reductionLoops;
    if (level + 1 == loops.size())
      return packColumns(from, to);
    unsigned loop = loops[level];
    math.forEach(math.constant(0), math.evaluate(kernel.extents[loop]), 1,
                 [&](OpFoldResult index) {
                   pack(level + 1, advance(source, from, loop, index),
                        advance(panel, to, loop, index));
                 });
  }

private:
  OpFoldResult advance(const BoundOperand &operand, OpFoldResult address,
                       unsigned loop, OpFoldResult index) {
    return math.add(
        address, math.mul(index, math.evaluate(operand.layout.strides[loop])));
  }

  /// Squares of lanes x lanes where rows of the source are contiguous, single
  /// elements elsewhere.
  void packColumns(OpFoldResult from, OpFoldResult to) {
    unsigned inner = kernel.reductionLoops.back();
    OpFoldResult depth = math.evaluate(kernel.extents[inner]);
    OpFoldResult squareColumns = math.constant(0), squareDepth = squareColumns;
    if (source.layout.isUnitStride(inner)) {
      squareColumns = roundDown(numColumns);
      squareDepth = roundDown(depth);
    }
    math.forEach(
        math.constant(0), squareColumns, lanes, [&](OpFoldResult column) {
          OpFoldResult row = advance(source, from, kernel.columnLoop, column);
          OpFoldResult target = math.add(to, column);
          math.forEach(math.constant(0), squareDepth, lanes,
                       [&](OpFoldResult k) {
                         packSquare(advance(source, row, inner, k),
                                    advance(panel, target, inner, k));
                       });
          packElements(row, target, math.constant(lanes), squareDepth, depth);
        });
    packElements(advance(source, from, kernel.columnLoop, squareColumns),
                 math.add(to, squareColumns),
                 math.sub(numColumns, squareColumns), math.constant(0), depth);
  }

  OpFoldResult roundDown(OpFoldResult value) {
    return math.mul(math.floorDiv(value, math.constant(lanes)),
                    math.constant(lanes));
  }

  void packSquare(OpFoldResult from, OpFoldResult to) {
    unsigned inner = kernel.reductionLoops.back();
    auto type = VectorType::get({lanes}, source.layout.elementType);
    SmallVector<Value> rows;
    for (int64_t lane = 0; lane < lanes; ++lane)
      rows.push_back(vector::LoadOp::create(
          builder, type, source.buffer,
          math.value(
              advance(source, from, kernel.columnLoop, math.constant(lane)))));
    for (auto [k, column] : llvm::enumerate(transpose(builder, rows)))
      vector::StoreOp::create(
          builder, column, panel.buffer,
          math.value(advance(panel, to, inner, math.constant(k))));
  }

  void packElements(OpFoldResult from, OpFoldResult to, OpFoldResult columns,
                    OpFoldResult depthBegin, OpFoldResult depthEnd) {
    unsigned inner = kernel.reductionLoops.back();
    math.forEach(math.constant(0), columns, 1, [&](OpFoldResult column) {
      OpFoldResult row = advance(source, from, kernel.columnLoop, column);
      OpFoldResult target = math.add(to, column);
      math.forEach(depthBegin, depthEnd, 1, [&](OpFoldResult k) {
        Value element = memref::LoadOp::create(
            builder, source.buffer, math.value(advance(source, row, inner, k)));
        memref::StoreOp::create(builder, element, panel.buffer,
                                math.value(advance(panel, target, inner, k)));
      });
    });
  }

  ImplicitLocOpBuilder &builder;
  IndexMath &math;
  const ContractionKernel &kernel;
  const BoundOperand &source;
  OpFoldResult numColumns;
  const BoundOperand &panel;
  int64_t lanes;
};

} // namespace

void tenon::emitPanel(ImplicitLocOpBuilder &builder, IndexMath &math,
                      const ContractionKernel &kernel,
                      const BoundOperand &source, OpFoldResult first,
                      OpFoldResult numColumns, const BoundOperand &panel,
                      int64_t lanes) {
  PanelPacker(builder, math, kernel, source, numColumns, panel, lanes)
      .pack(0, first, math.constant(0));
}
