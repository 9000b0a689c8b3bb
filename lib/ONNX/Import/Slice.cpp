//===- Slice.cpp - Slice and Split ----------------------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

namespace {
/// One dimension of a slice: which elements, and how many.
struct Extent {
  AffineExpr start, size;
};
} // namespace

static std::optional<int64_t> getConstant(AffineExpr expr) {
  return getConstantDim(simplifyDim(expr));
}

/// A position as ONNX gives it, as one from 0 to `dim`: negative ones count
/// from the end, those beyond an end mean the end. Where an end is symbolic,
/// only positions that no tensor reaches are beyond it here: exporters write
/// the largest number of 32 bits for the end.
static AffineExpr clampPosition(AffineExpr position, AffineExpr dim,
                                int64_t lowest, AffineExpr highest) {
  constexpr int64_t unreachable = std::numeric_limits<int32_t>::max();
  std::optional<int64_t> value = getConstant(position);
  if (!value)
    return position;
  MLIRContext *context = dim.getContext();
  std::optional<int64_t> size = getConstant(dim), high = getConstant(highest);
  if (*value >= size.value_or(unreachable))
    return highest;
  if (size ? *value < -*size : *value <= -unreachable)
    return getAffineConstantExpr(lowest, context);
  if (*value < 0 && !size)
    return simplifyDim(dim + *value);
  int64_t fromStart = *value < 0 ? *value + *size : *value;
  fromStart = std::max(fromStart, lowest);
  if (high)
    fromStart = std::min(fromStart, *high);
  return getAffineConstantExpr(fromStart, context);
}

/// Where a slice ends that may end beyond a symbolic `dim`. An end of 1 stays:
/// a first row that is there is one row, and a run without any is refused.
static AffineExpr clampEnd(AffineExpr end, AffineExpr dim) {
  return getConstant(dim) || getConstant(end).value_or(2) < 2
             ? end
             : getMinDim(end, dim);
}

/// ONNX's Slice, as NumPy's `[start:end:step]`.
static Extent getExtent(AffineExpr start, AffineExpr end, int64_t step,
                        AffineExpr dim) {
  bool isForward = step > 0;
  AffineExpr last = simplifyDim(dim - 1);
  AffineExpr from = clampPosition(start, dim, 0, isForward ? dim : last);
  AffineExpr to =
      clampPosition(end, dim, isForward ? 0 : -1, isForward ? dim : last);
  if (isForward)
    to = clampEnd(to, dim);
  AffineExpr length = isForward ? to - from : from - to;
  AffineExpr size = simplifyDim(simplifyDim(length).ceilDiv(std::abs(step)));
  if (getConstant(size).value_or(0) < 0)
    size = getAffineConstantExpr(0, dim.getContext());
  return {from, size};
}

/// The extents of slices whose bounds are data, computed as getExtent does.
static SmallVector<Extent> computeExtents(OnnxNode &node, Value starts,
                                          Value ends, ArrayRef<int64_t> steps,
                                          ArrayRef<AffineExpr> dims) {
  NodeComposer c(node);
  Type i64 = c.getI64Type();
  auto count = static_cast<int64_t>(steps.size());
  auto vector = [&](function_ref<int64_t(int64_t step)> element) -> Value {
    return node.createInts(llvm::map_to_vector(steps, element));
  };
  Value zero = c.constant(i64, 0);
  Value sizes = c.create<SymbolicConstantOp>(
      RankedTensorType::get({count}, i64), DimsAttr::get(c.getContext(), dims));
  // backwards, positions go from the last element to before the first
  Value low = vector([](int64_t step) { return step > 0 ? 0 : -1; });
  Value high = c.add(sizes, low);
  auto clamp = [&](Value position) -> Value {
    position = c.cast(position, i64);
    Value isNegative = c.compare(ComparisonPredicate::lt, position, zero);
    position = c.select(isNegative, c.add(position, sizes), position);
    return c.create<MaximumOp>(c.create<MinimumOp>(position, high), low);
  };
  Value from = clamp(starts), to = clamp(ends);
  Value length = c.mul(c.sub(to, from),
                       vector([](int64_t step) { return step > 0 ? 1 : -1; }));
  length = c.div(
      c.add(length, vector([](int64_t step) { return std::abs(step) - 1; })),
      vector([](int64_t step) { return std::abs(step); }));
  SmallVector<AffineExpr> firsts =
                              node.getSizes(c.create<MaximumOp>(from, zero)),
                          lengths =
                              node.getSizes(c.create<MaximumOp>(length, zero));
  SmallVector<Extent> extents;
  for (auto [first, size] : llvm::zip_equal(firsts, lengths))
    extents.push_back({first, size});
  return extents;
}

static LogicalResult importSliceOf(OnnxNode &node, ArrayRef<AffineExpr> starts,
                                   ArrayRef<AffineExpr> ends,
                                   ArrayRef<int64_t> axes,
                                   ArrayRef<int64_t> steps) {
  if (starts.size() != axes.size() || ends.size() != axes.size() ||
      steps.size() != axes.size())
    return node.emitError()
           << "expected as many starts and ends as axes, " << axes.size()
           << ", got " << starts.size() << " and " << ends.size();
  if (llvm::is_contained(steps, 0))
    return node.emitError() << "expected steps other than 0";
  RankedTensorType type = node.getOperandType(0);
  SmallVector<AffineExpr> dims = getDims(type);
  SmallVector<AffineExpr> from(dims.size(),
                               getAffineConstantExpr(0, node.getContext()));
  SmallVector<int64_t> allSteps(dims.size(), 1);
  SmallVector<Extent> computed;
  if (llvm::is_contained(starts, AffineExpr()) ||
      llvm::is_contained(ends, AffineExpr()))
    computed = computeExtents(
        node, node.getOperand(1), node.getOperand(2), steps,
        llvm::map_to_vector(axes, [&](int64_t axis) { return dims[axis]; }));
  for (auto [index, axis, givenStep] : llvm::enumerate(axes, steps)) {
    // a larger step leaves every tensor, too
    int64_t step = std::clamp(givenStep, -maxTensorElements, maxTensorElements);
    bool isKnown = starts[index] && ends[index];
    Extent extent =
        isKnown ? getExtent(starts[index], ends[index], step, dims[axis])
                : computed[index];
    from[axis] = extent.start;
    dims[axis] = extent.size;
    allSteps[axis] = step;
  }
  return node.setResult(node.create<SliceOp>(
      getTensorType(dims, type.getElementType()), node.getOperand(0),
      DimsAttr::get(node.getContext(), from),
      node.getBuilder().getDenseI64ArrayAttr(allSteps)));
}

LogicalResult tenon::importSlice(OnnxNode &node) {
  FailureOr<SmallVector<AffineExpr>> starts =
      node.getPartialOperand(1, "starts");
  FailureOr<SmallVector<AffineExpr>> ends = node.getPartialOperand(2, "ends");
  auto axes = node.getAxes(3, "axes", node.getOperandRank(0));
  if (failed(starts) || failed(ends) || failed(axes))
    return failure();
  SmallVector<int64_t> steps(starts->size(), 1);
  if (node.getOperand(4)) {
    FailureOr<SmallVector<int64_t>> given = node.getIntOperand(4, "steps");
    if (failed(given))
      return failure();
    steps = *given;
  }
  if (!*axes) {
    axes = node.normalizeAxes(
        llvm::to_vector(llvm::seq<int64_t>(0, starts->size())),
        node.getOperandRank(0));
    if (failed(axes))
      return failure();
  }
  return importSliceOf(node, *starts, *ends, **axes, steps);
}

LogicalResult tenon::importSliceByAttributes(OnnxNode &node) {
  auto getExprs = [&](StringRef name) {
    return llvm::map_to_vector(
        node.getInts(name).value_or(SmallVector<int64_t>()),
        [&](int64_t v) { return getAffineConstantExpr(v, node.getContext()); });
  };
  SmallVector<AffineExpr> starts = getExprs("starts");
  SmallVector<int64_t> leading =
      llvm::to_vector(llvm::seq<int64_t>(0, starts.size()));
  FailureOr<SmallVector<int64_t>> axes = node.normalizeAxes(
      node.getInts("axes").value_or(leading), node.getOperandRank(0));
  if (failed(axes))
    return failure();
  return importSliceOf(node, starts, getExprs("ends"), *axes,
                       SmallVector<int64_t>(starts.size(), 1));
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

/// The sizes of the parts: given, or equal ones, of which the last may be
/// smaller (version 18).
static FailureOr<SmallVector<AffineExpr>> getParts(OnnxNode &node,
                                                   AffineExpr dim) {
  if (node.getOperand(1))
    return node.getShapeOperand(1, "split");
  if (std::optional<SmallVector<int64_t>> sizes = node.getInts("split"))
    return llvm::map_to_vector(*sizes, [&](int64_t size) {
      return getAffineConstantExpr(size, node.getContext());
    });
  int64_t count = node.getNumResults();
  if (node.getInt("num_outputs", count) != count)
    return node.emitError() << "expected attribute \"num_outputs\" to be "
                            << count << " (the node's results), got "
                            << node.getInt("num_outputs", count);
  AffineExpr size = simplifyDim(dim.ceilDiv(count));
  SmallVector<AffineExpr> parts(count, size);
  parts.back() = simplifyDim(dim - size * (count - 1));
  return parts;
}

LogicalResult tenon::importSplit(OnnxNode &node) {
  RankedTensorType type = node.getOperandType(0);
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 0), type.getRank());
  if (failed(axis))
    return failure();
  SmallVector<AffineExpr> dims = getDims(type);
  FailureOr<SmallVector<AffineExpr>> parts = getParts(node, dims[*axis]);
  if (failed(parts))
    return failure();
  if (parts->size() != node.getNumResults())
    return node.emitError()
           << "expected a part for each of " << node.getNumResults()
           << " results, got " << parts->size();
  MLIRContext *context = node.getContext();
  AffineExpr whole = dims[*axis];
  SmallVector<AffineExpr> starts(dims.size(),
                                 getAffineConstantExpr(0, context));
  SmallVector<int64_t> steps(dims.size(), 1);
  SmallVector<Value> results;
  for (AffineExpr part : *parts) {
    dims[*axis] = part;
    results.push_back(
        node.create<SliceOp>(getTensorType(dims, type.getElementType()),
                             node.getOperand(0), DimsAttr::get(context, starts),
                             node.getBuilder().getDenseI64ArrayAttr(steps)));
    starts[*axis] = simplifyDim(starts[*axis] + part);
  }
  AffineExpr end = starts[*axis];
  if (getConstant(end) && getConstant(whole) && end != whole)
    return node.emitError() << "expected parts of " << printDim(whole)
                            << " elements in all (dimension " << *axis
                            << "), got " << printDim(end);
  return node.setResults(results);
}
