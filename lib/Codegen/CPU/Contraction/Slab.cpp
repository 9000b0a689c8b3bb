//===- Slab.cpp - padded input rows in scratch memory ---------------------===//

#include "tenon/Codegen/CPU/Contraction/Slab.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/Scratch.h"
#include "tenon/Codegen/CPU/Contraction/VectorBody.h"
#include "tenon/Codegen/Kernel/Contraction/LinearIndex.h"

using namespace mlir;
using namespace tenon;

namespace {

/// One dimension of the padded tensor, as far as the item reads it.
struct BoxDim {
  /// How many elements, and the distance of two in the slab.
  AffineExpr size, stride;
  /// The first padded index.
  OpFoldResult start;
  /// Indices in the box that lie in the source, not in the border.
  OpFoldResult validBegin, validEnd;
  /// The item never reaches a border of this dimension.
  bool isInside = false;
  /// Nor leaves out a part of it.
  bool isWhole = false;
};

class SlabEmitter {
public:
  SlabEmitter(ImplicitLocOpBuilder &builder, IndexMath &math,
              const ContractionKernel &kernel, const ItemRange &range,
              Value source, int64_t lanes)
      : builder(builder), math(math), kernel(kernel), padded(*kernel.padded),
        range(range), source(source), lanes(lanes),
        elementType(kernel.inputs[padded.input]->elementType) {}

  BoundOperand emit() {
    computeBox();
    AffineExpr elements = dims[0].size * dims[0].stride;
    slab = allocateScratch(builder, math, elements, elementType);
    if (Operation *constant = padded.padding.getDefiningOp())
      padding = builder.clone(*constant)->getResult(0);
    else
      padding = padded.padding;
    copyDim(0, math.constant(0), math.evaluate(padded.source.offset));
    return {getLayout(), slab, /*isLocal=*/true};
  }

private:
  AffineExpr constantExpr(int64_t value) {
    return getAffineConstantExpr(value, builder.getContext());
  }

  void computeBox() {
    dims.resize(padded.sizes.size());
    for (unsigned d = 0; d < dims.size(); ++d)
      computeDim(d);
    AffineExpr stride = constantExpr(1);
    for (BoxDim &dim : llvm::reverse(dims)) {
      dim.stride = stride;
      stride = stride * dim.size;
    }
  }

  /// The range of `map`'s result over the item's loops.
  void computeDim(unsigned d) {
    BoxDim &dim = dims[d];
    dim.size = constantExpr(1);
    dim.start = math.constant(0);
    addRange(padded.map.getResult(d), dim);
    const StridedView &view = padded.source;
    bool isPadded = padded.low[d] != 0 || padded.sizes[d] != view.sizes[d];
    dim.isWhole = !isPadded && dim.size == view.sizes[d];
    dim.isInside = dim.isWhole || (!isPadded && range.hasEvenColumns &&
                                   padded.map.getResult(d) ==
                                       getAffineDimExpr(kernel.columnLoop,
                                                        builder.getContext()));
    OpFoldResult sourceStart = math.evaluate(padded.low[d]);
    OpFoldResult sourceEnd =
        math.add(sourceStart, math.evaluate(view.sizes[d]));
    OpFoldResult size = math.evaluate(dim.size);
    if (dim.isInside) {
      dim.validBegin = math.constant(0);
      dim.validEnd = size;
      return;
    }
    dim.validBegin = math.min(
        math.max(math.sub(sourceStart, dim.start), math.constant(0)), size);
    dim.validEnd = math.max(math.min(math.sub(sourceEnd, dim.start), size),
                            dim.validBegin);
  }

  void addRange(AffineExpr expr, BoxDim &dim) {
    // the match has checked that accesses are linear
    LinearIndex index = *getLinearIndex(expr, range.length.size());
    for (auto [loop, scale] : llvm::enumerate(index.coefficients)) {
      if (scale == 0)
        continue;
      dim.size = dim.size + (range.length[loop] - 1) * scale;
      dim.start = math.add(dim.start,
                           math.mul(range.start[loop], math.constant(scale)));
    }
    dim.start = math.add(dim.start, math.constant(index.offset));
    dim.size = simplifySize(dim.size);
  }

  /// Calls `body` for [0, length) in steps of several registers, then one, then
  /// single elements.
  void forEachVector(
      OpFoldResult length,
      llvm::function_ref<void(OpFoldResult index, int64_t width)> body) {
    OpFoldResult begin = math.constant(0);
    std::optional<int64_t> constant = getConstantIntValue(length);
    if (constant && *constant % lanes == 0 && *constant <= 4 * lanes) {
      for (int64_t index = 0; index < *constant; index += lanes)
        body(math.constant(index), lanes);
      return;
    }
    for (int64_t width : {4 * lanes, lanes, int64_t(1)}) {
      OpFoldResult steps =
          math.floorDiv(math.sub(length, begin), math.constant(width));
      OpFoldResult end = math.add(begin, math.mul(steps, math.constant(width)));
      math.forEach(begin, end, width,
                   [&](OpFoldResult index) { body(index, width); });
      begin = end;
    }
  }

  void fill(OpFoldResult to, OpFoldResult length) {
    forEachVector(length, [&](OpFoldResult index, int64_t width) {
      vector::StoreOp::create(builder, broadcastTo(builder, padding, width),
                              slab, math.value(math.add(to, index)));
    });
  }

  /// Whether dimensions after `d` are whole and contiguous on both sides, so
  /// that valid elements of `d` are one run.
  bool isRun(unsigned d) const {
    ArrayRef<AffineExpr> strides = padded.source.strides;
    for (unsigned i = d + 1; i < dims.size(); ++i)
      if (!dims[i].isWhole ||
          !isContiguousPair(strides[i - 1], padded.source.sizes[i], strides[i]))
        return false;
    return strides.back() == 1;
  }

  /// Dimension `d` and those after it: the border before, what is copied, the
  /// border behind.
  void copyDim(unsigned d, OpFoldResult to, OpFoldResult from) {
    const BoxDim &dim = dims[d];
    OpFoldResult toStride = math.evaluate(dim.stride);
    if (!dim.isInside) {
      fill(to, math.mul(dim.validBegin, toStride));
      fill(math.add(to, math.mul(dim.validEnd, toStride)),
           math.mul(math.sub(math.evaluate(dim.size), dim.validEnd), toStride));
    }
    OpFoldResult fromStride = math.evaluate(padded.source.strides[d]);
    OpFoldResult skipped = math.sub(dim.start, math.evaluate(padded.low[d]));
    if (isRun(d)) {
      // one stride: the product of the sizes of the dimensions inside
      to = math.add(to, math.mul(dim.validBegin, toStride));
      from = math.add(from,
                      math.mul(math.add(skipped, dim.validBegin), fromStride));
      OpFoldResult length =
          math.mul(math.sub(dim.validEnd, dim.validBegin), toStride);
      forEachVector(length, [&](OpFoldResult index, int64_t width) {
        copyVector(math.add(to, index), math.add(from, index), width);
      });
      return;
    }
    math.forEach(dim.validBegin, dim.validEnd, 1, [&](OpFoldResult index) {
      OpFoldResult toElement = math.add(to, math.mul(index, toStride));
      OpFoldResult fromElement =
          math.add(from, math.mul(math.add(skipped, index), fromStride));
      if (d + 1 < dims.size())
        copyDim(d + 1, toElement, fromElement);
      else
        copyVector(toElement, fromElement, 1);
    });
  }

  void copyVector(OpFoldResult to, OpFoldResult from, int64_t width) {
    Value loaded =
        vector::LoadOp::create(builder, VectorType::get({width}, elementType),
                               source, math.value(from));
    vector::StoreOp::create(builder, loaded, slab, math.value(to));
  }

  /// The root's input in the slab, whose indices count from the item's start.
  LoopOperand getLayout() {
    LoopOperand layout = *kernel.inputs[padded.input];
    layout.offset = constantExpr(0);
    for (AffineExpr &stride : layout.strides)
      stride = constantExpr(0);
    for (auto [dim, expr] : llvm::zip_equal(dims, padded.map.getResults()))
      addStrides(expr, dim.stride, layout);
    return layout;
  }

  void addStrides(AffineExpr expr, AffineExpr scale, LoopOperand &layout) {
    LinearIndex index = *getLinearIndex(expr, layout.strides.size());
    for (auto [stride, coefficient] :
         llvm::zip_equal(layout.strides, index.coefficients))
      stride = simplifySize(stride + scale * coefficient);
  }

  ImplicitLocOpBuilder &builder;
  IndexMath &math;
  const ContractionKernel &kernel;
  const PaddedOperand &padded;
  const ItemRange &range;
  Value source, slab, padding;
  int64_t lanes;
  Type elementType;
  SmallVector<BoxDim> dims;
};

} // namespace

BoundOperand tenon::emitSlab(ImplicitLocOpBuilder &builder, IndexMath &math,
                             const ContractionKernel &kernel,
                             const ItemRange &range, Value source,
                             int64_t lanes) {
  return SlabEmitter(builder, math, kernel, range, source, lanes).emit();
}
