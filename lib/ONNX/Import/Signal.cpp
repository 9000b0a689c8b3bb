//===- Signal.cpp - Fourier transforms ------------------------------------===//
//
// A transform of known length is a contraction with a constant table of cosines
// and one of sines: at the lengths that models have (up to some 2,048), that is
// one matrix product that the rest of the compiler knows well. Complex numbers
// are ONNX's: a last dimension of the real and the imaginary part.
//
//===----------------------------------------------------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include <cmath>

using namespace mlir;
using namespace tenon;

namespace {
/// What is transformed: `length` elements (the operand's own may be fewer, then
/// the rest is zero) to the first `bins` of its spectrum.
struct Transform {
  int64_t axis, length, bins;
  bool inverse;
  /// The operand is the first half of a spectrum whose second half mirrors it,
  /// that of a real signal.
  bool isMirrored = false;
};

/// The parts of complex numbers; `imaginary` is null for real ones.
struct Complex {
  Value real, imaginary;
};
} // namespace

/// Tables of more elements than this are refused: 128 MB of f64.
static constexpr int64_t maxTableElements = int64_t(1) << 24;

/// function(2 pi j k / length) for each element j and bin k.
static Value createTable(NodeComposer &c, const Transform &transform,
                         int64_t count, Type element,
                         double (*function)(double)) {
  SmallVector<double> angles(transform.length);
  for (int64_t i = 0; i < transform.length; ++i)
    angles[i] = function(2 * M_PI * i / transform.length);
  std::vector<float> values(count * transform.bins);
  std::vector<double> doubles(element.isF64() ? values.size() : 0);
  for (int64_t j = 0; j < count; ++j) {
    bool standsForTwo =
        transform.isMirrored && j > 0 && 2 * j < transform.length;
    for (int64_t k = 0; k < transform.bins; ++k) {
      double value = (standsForTwo ? 2 : 1) * angles[j * k % transform.length];
      values[j * transform.bins + k] = value;
      if (element.isF64())
        doubles[j * transform.bins + k] = value;
    }
  }
  auto type = RankedTensorType::get({count, transform.bins}, element);
  AsmResourceBlob blob =
      element.isF64()
          ? HeapAsmResourceBlob::allocateAndCopyInferAlign(ArrayRef(doubles))
          : HeapAsmResourceBlob::allocateAndCopyInferAlign(ArrayRef(values));
  return c.create<ConstantOp>(
      DenseResourceElementsAttr::get(type, "fourier", std::move(blob)));
}

/// `size` elements of dimension `axis`, from `start` on.
static Value createSlice(NodeComposer &c, Value x, int64_t axis, int64_t start,
                         int64_t size) {
  RankedTensorType type = getTensorTypeOf(x);
  SmallVector<AffineExpr> dims = getDims(type);
  SmallVector<AffineExpr> starts(dims.size(), c.getAffineConstantExpr(0));
  starts[axis] = c.getAffineConstantExpr(start);
  dims[axis] = c.getAffineConstantExpr(size);
  return c.create<SliceOp>(
      getTensorType(dims, type.getElementType()), x,
      DimsAttr::get(c.getContext(), starts),
      c.getDenseI64ArrayAttr(SmallVector<int64_t>(dims.size(), 1)));
}

/// Part `index` of the numbers in the last dimension, without that dimension.
static Value takePart(NodeComposer &c, Value x, int64_t index) {
  int64_t last = getTensorTypeOf(x).getRank() - 1;
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(x));
  dims.pop_back();
  return c.reshape(createSlice(c, x, last, index, 1), dims);
}

/// The parts as a last dimension.
static Value joinParts(NodeComposer &c, const Complex &x) {
  SmallVector<Value> parts{x.real};
  if (x.imaginary)
    parts.push_back(x.imaginary);
  int64_t rank = getTensorTypeOf(x.real).getRank();
  for (Value &part : parts) {
    SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(part));
    dims.push_back(c.getAffineConstantExpr(1));
    part = c.reshape(part, dims);
  }
  return c.create<ConcatOp>(parts, rank);
}

/// The sum over dimension `axis` of x times a table's row.
static Value contractAxis(NodeComposer &c, Value x, Value table, int64_t axis) {
  int64_t rank = getTensorTypeOf(x).getRank();
  SmallVector<AffineExpr> all, from;
  for (int64_t i = 0; i < rank; ++i)
    all.push_back(c.getAffineDimExpr(i));
  AffineExpr summed = c.getAffineDimExpr(rank);
  from = all;
  from[axis] = summed;
  auto map = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(rank + 1, 0, exprs, c.getContext());
  };
  return c.create<ContractOp>(
      x, table,
      c.getAffineMapArrayAttr({map(from), map({summed, all[axis]}), map(all)}),
      TypeAttr());
}

static Complex transformParts(NodeComposer &c, Complex x,
                              const Transform &transform) {
  int64_t count = getTensorTypeOf(x.real).getDimSize(transform.axis);
  int64_t used =
      transform.isMirrored ? transform.length / 2 + 1 : transform.length;
  if (count > used) {
    count = used;
    for (Value *part : {&x.real, &x.imaginary})
      if (*part)
        *part = createSlice(c, *part, transform.axis, 0, count);
  }
  Type element = getTensorTypeOf(x.real).getElementType();
  Value cosines = createTable(c, transform, count, element, std::cos);
  Value sines = createTable(c, transform, count, element, std::sin);
  // e^(-i angle), or e^(i angle) of the inverse
  if (!transform.inverse)
    sines = c.neg(sines);
  auto times = [&](Value part, Value table) {
    return contractAxis(c, part, table, transform.axis);
  };
  Complex y{times(x.real, cosines), times(x.real, sines)};
  if (x.imaginary) {
    y.real = c.sub(y.real, times(x.imaginary, sines));
    y.imaginary = c.add(y.imaginary, times(x.imaginary, cosines));
  }
  if (transform.inverse)
    for (Value *part : {&y.real, &y.imaginary})
      *part = c.div(*part, c.constant(element, transform.length));
  return y;
}

/// The operand's parts, in the type that tables have.
static FailureOr<Complex> getParts(OnnxNode &node, NodeComposer &c) {
  RankedTensorType type = node.getOperandType(0);
  int64_t parts = type.getRank() ? type.getShape().back() : 0;
  if ((parts != 1 && parts != 2) || !isa<FloatType>(type.getElementType()))
    return node.emitError() << "expected real or complex numbers, floats with "
                               "a last dimension of 1 or 2, got "
                            << type;
  Type element = c.getF32Type();
  if (type.getElementType().isF64())
    element = type.getElementType();
  Value x = c.cast(node.getOperand(0), element);
  return Complex{takePart(c, x, 0), parts == 2 ? takePart(c, x, 1) : Value()};
}

static LogicalResult setSpectrum(OnnxNode &node, NodeComposer &c,
                                 const Complex &spectrum) {
  Type element = node.getOperandType(0).getElementType();
  return node.setResult(c.cast(joinParts(c, spectrum), element));
}

static LogicalResult checkTable(OnnxNode &node, int64_t length, int64_t bins) {
  if (length < 1)
    return node.emitError() << "expected a length of 1 or more, got " << length;
  if (length > maxTableElements / bins)
    return node.emitError()
           << "expected a transform of fewer elements, got " << length;
  return success();
}

LogicalResult tenon::importDft(OnnxNode &node) {
  RankedTensorType type = node.getOperandType(0);
  bool axisIsOperand = node.getVersion() >= 20;
  FailureOr<int64_t> axis = axisIsOperand ? -2 : node.getInt("axis", 1);
  if (axisIsOperand && node.getOperand(2))
    axis = node.getIntScalar(2, "axis");
  if (failed(axis) || failed(axis = node.normalizeAxis(*axis, type.getRank())))
    return failure();
  if (*axis == type.getRank() - 1)
    return node.emitError() << "expected an axis before the last one, which "
                               "has the parts of complex numbers";
  if (type.isDynamicDim(*axis))
    return node.emitError() << "expected a constant dimension " << *axis;
  bool inverse = node.getInt("inverse", 0), isHalf = node.getInt("onesided", 0);
  bool isMirrored = inverse && isHalf;
  FailureOr<int64_t> length = type.getDimSize(*axis);
  if (isMirrored)
    length = 2 * (*length - 1);
  if (node.getOperand(1) && failed(length = node.getIntScalar(1, "dft_length")))
    return failure();
  int64_t bins = isHalf && !inverse ? *length / 2 + 1 : *length;
  if (failed(checkTable(node, *length, bins)))
    return failure();
  NodeComposer c(node);
  FailureOr<Complex> x = getParts(node, c);
  if (failed(x))
    return failure();
  Complex y =
      transformParts(c, *x, {*axis, *length, bins, inverse, isMirrored});
  if (isMirrored)
    y.imaginary = Value();
  return setSpectrum(node, c, y);
}

/// Frames of `length`, `step` apart: [batch, signal] to [batch, frame, length].
static Value takeFrames(NodeComposer &c, Value signal, int64_t step,
                        int64_t length) {
  AffineExpr size = getDim(getTensorTypeOf(signal), 1);
  AffineExpr frames = simplifyDim((size - length).floorDiv(step) + 1);
  Value begins = c.alongAxis(c.countUp(frames), 0, 2);
  Value offsets = c.countUp(c.getAffineConstantExpr(length));
  Value positions = c.add(c.mul(begins, c.constant(begins, step)), offsets);
  return c.create<GatherOp>(signal, positions, /*axis=*/1,
                            /*in_bounds=*/true);
}

LogicalResult tenon::importStft(OnnxNode &node) {
  FailureOr<int64_t> step = node.getIntScalar(1, "frame_step");
  Value window = node.getOperand(2);
  RankedTensorType windowType = node.getOperandType(2);
  FailureOr<int64_t> length =
      windowType && windowType.getRank() ? windowType.getDimSize(0) : 0;
  if (node.getOperand(3))
    length = node.getIntScalar(3, "frame_length");
  if (failed(step) || failed(length))
    return failure();
  if (window &&
      (windowType.getRank() != 1 || windowType.getDimSize(0) != *length ||
       !isa<FloatType>(windowType.getElementType())))
    return node.emitError() << "expected a window of " << *length
                            << " floats, got " << windowType;
  if (node.getOperandRank(0) != 3 || *step < 1 || *length < 1)
    return node.emitError() << "expected a signal of rank 3, and a frame_step "
                               "and a frame_length of 1 or more";
  std::optional<int64_t> size =
      getConstantDim(getDim(node.getOperandType(0), 1));
  if (!size || *size < *length)
    return node.emitError() << "expected a signal of constant length of "
                            << *length << " or more elements";
  int64_t bins = node.getInt("onesided", 1) ? *length / 2 + 1 : *length;
  if (failed(checkTable(node, *length, bins)))
    return failure();
  NodeComposer c(node);
  FailureOr<Complex> x = getParts(node, c);
  if (failed(x))
    return failure();
  for (Value *part : {&x->real, &x->imaginary}) {
    if (!*part)
      continue;
    *part = takeFrames(c, *part, *step, *length);
    if (window)
      *part =
          c.mul(*part, c.cast(window, getTensorTypeOf(*part).getElementType()));
  }
  return setSpectrum(
      node, c, transformParts(c, *x, {2, *length, bins, /*inverse=*/false}));
}
