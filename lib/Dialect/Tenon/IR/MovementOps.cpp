//===- MovementOps.cpp - ops that put elements elsewhere ------------------===//

#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/ElementMovement.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

/// `custom<Steps>`: one step for each of `starts`, 1 where text has none.
static ParseResult parseSteps(OpAsmParser &parser, DenseI64ArrayAttr &steps,
                              DimsAttr starts) {
  if (failed(parser.parseOptionalKeyword("steps"))) {
    SmallVector<int64_t> ones(starts.getExprs().size(), 1);
    steps = parser.getBuilder().getDenseI64ArrayAttr(ones);
    return success();
  }
  steps = dyn_cast_or_null<DenseI64ArrayAttr>(
      DenseI64ArrayAttr::parse(parser, Type()));
  return success(bool(steps));
}

static void printSteps(OpAsmPrinter &printer, Operation *op,
                       DenseI64ArrayAttr steps, DimsAttr starts) {
  if (size_t(steps.size()) == starts.getExprs().size() &&
      llvm::all_of(steps.asArrayRef(), [](int64_t step) { return step == 1; }))
    return;
  printer << " steps ";
  steps.print(printer);
}

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/MovementOps.cpp.inc"

using Positions = std::optional<SmallVector<int64_t>>;

static bool areStatic(TypeRange types) {
  return llvm::all_of(types, [](Type type) {
    return cast<RankedTensorType>(type).hasStaticShape();
  });
}

static bool isZero(AffineExpr expr) { return getConstantDim(expr) == 0; }

static LogicalResult verifyEqualElementTypes(Operation *op) {
  Type from = getElementTypeOrSelf(op->getOperand(0)),
       to = getElementTypeOrSelf(op->getResult(0));
  if (from != to)
    return op->emitOpError("expects equal element types, got ")
           << from << " and " << to;
  return success();
}

//===----------------------------------------------------------------------===//
// TransposeOp
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, type.getRank())))
    return emitOptionalError(loc, "expected a permutation of ", type.getRank(),
                             " dimensions, got [", permutation, "]");
  SmallVector<AffineExpr> dims = llvm::map_to_vector(
      permutation, [&](int64_t i) { return getDim(type, i); });
  types.push_back(getTensorType(dims, type.getElementType()));
  return success();
}

Positions TransposeOp::getSourcePositions() {
  if (!areStatic((*this)->getOperandTypes()))
    return std::nullopt;
  SmallVector<int64_t> source(getType().getRank());
  return mapIndices(getType().getShape(), [&](ArrayRef<int64_t> index) {
    for (auto [i, dim] : llvm::enumerate(getPermutation()))
      source[dim] = index[i];
    return linearize(source, getOperand().getType().getShape());
  });
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::equal(getPermutation(), llvm::seq<int64_t>(0, getType().getRank())))
    return getOperand();
  if (auto source = getOperand().getDefiningOp<TransposeOp>()) {
    setPermutation(llvm::map_to_vector(getPermutation(), [&](int64_t i) {
      return source.getPermutation()[i];
    }));
    getOperandMutable().assign(source.getOperand());
    return getResult();
  }
  return foldMovement(*this, adaptor.getOperands());
}

//===----------------------------------------------------------------------===//
// BroadcastOp
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::verify() {
  RankedTensorType from = getOperand().getType(), to = getType();
  int64_t added = to.getRank() - from.getRank();
  if (added < 0)
    return emitOpError("expects a result of at least rank ")
           << from.getRank() << ", got " << to.getRank();
  for (int64_t i = 0; i < from.getRank(); ++i) {
    int64_t before = from.getDimSize(i), after = to.getDimSize(added + i);
    if (before != 1 && before != after && !ShapedType::isDynamic(before) &&
        !ShapedType::isDynamic(after))
      return emitOpError("expects dimension ")
             << added + i << " to be " << before << ", got " << after;
  }
  return verifyEqualElementTypes(*this);
}

Positions BroadcastOp::getSourcePositions() {
  RankedTensorType from = getOperand().getType();
  if (!areStatic({from, getType()}))
    return std::nullopt;
  int64_t added = getType().getRank() - from.getRank();
  SmallVector<int64_t> source(from.getRank());
  return mapIndices(getType().getShape(), [&](ArrayRef<int64_t> index) {
    for (int64_t i = 0; i < from.getRank(); ++i)
      source[i] = from.getDimSize(i) == 1 ? 0 : index[added + i];
    return linearize(source, from.getShape());
  });
}

void BroadcastOp::addDimGuards(DimGuards &guards) {
  guards.addBroadcast(getOperand().getType(), getType());
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType())
    return getOperand();
  if (auto source = getOperand().getDefiningOp<BroadcastOp>()) {
    getOperandMutable().assign(source.getOperand());
    return getResult();
  }
  return foldMovement(*this, adaptor.getOperands());
}

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

/// Checks dimension `i` of a slice where everything about it is constant.
static LogicalResult verifySliceBounds(SliceOp op, int64_t i) {
  std::optional<int64_t> start = getConstantDim(op.getStarts().getExprs()[i]);
  int64_t from = op.getOperand().getType().getDimSize(i),
          size = op.getType().getDimSize(i), step = op.getSteps()[i];
  if (step == 0)
    return op.emitOpError("expects a step other than 0 in dimension ") << i;
  if (!start || ShapedType::isDynamic(from) || ShapedType::isDynamic(size) ||
      size == 0)
    return success();
  AffineExpr first = op.getStarts().getExprs()[i],
             last = simplifyDim(first + getDim(op.getType(), i) * step - step);
  int64_t end = *getConstantDim(last);
  if (std::min(*start, end) < 0 || std::max(*start, end) >= from)
    return op.emitOpError("expects elements ")
           << *start << " to " << end << " to lie in dimension " << i
           << " of size " << from;
  return success();
}

LogicalResult SliceOp::verify() {
  int64_t rank = getOperand().getType().getRank();
  if (getType().getRank() != rank ||
      int64_t(getStarts().getExprs().size()) != rank ||
      int64_t(getSteps().size()) != rank)
    return emitOpError("expects ")
           << rank << " starts, steps and sizes (the operand's rank), got "
           << getStarts().getExprs().size() << ", " << getSteps().size()
           << " and " << getType().getRank();
  for (int64_t i = 0; i < rank; ++i)
    if (failed(verifySliceBounds(*this, i)))
      return failure();
  return verifyEqualElementTypes(*this);
}

Positions SliceOp::getSourcePositions() {
  ArrayRef<AffineExpr> starts = getStarts().getExprs();
  if (!areStatic({getOperand().getType(), getType()}) ||
      !llvm::all_of(starts, [](AffineExpr e) { return getConstantDim(e); }))
    return std::nullopt;
  SmallVector<int64_t> source(starts.size());
  return mapIndices(getType().getShape(), [&](ArrayRef<int64_t> index) {
    for (auto [i, start] : llvm::enumerate(starts))
      source[i] = *getConstantDim(start) + index[i] * getSteps()[i];
    return linearize(source, getOperand().getType().getShape());
  });
}

/// The first and the last element lie inside of the operand.
void SliceOp::addDimGuards(DimGuards &guards) {
  for (auto [i, start] : llvm::enumerate(getStarts().getExprs())) {
    AffineExpr from = getDim(getOperand().getType(), i),
               size = getDim(getType(), i);
    if (!from || !size)
      continue;
    int64_t step = getSteps()[i];
    AffineExpr zero = getAffineConstantExpr(0, getContext()),
               last = start + (size - 1) * step;
    guards.addAtLeast(step > 0 ? start : last, zero);
    guards.addAtLeast(from, (step > 0 ? last : start) + 1);
  }
}

/// slice(slice(x)) takes every (step * step)-th element from their joint start.
static LogicalResult mergeIntoSource(SliceOp op, SliceOp source) {
  SmallVector<AffineExpr> starts;
  SmallVector<int64_t> steps;
  for (auto [inner, innerStep, outer, outerStep] :
       llvm::zip_equal(source.getStarts().getExprs(), source.getSteps(),
                       op.getStarts().getExprs(), op.getSteps())) {
    starts.push_back(simplifyDim(inner + outer * innerStep));
    steps.push_back(innerStep * outerStep);
  }
  op.setStartsAttr(DimsAttr::get(op.getContext(), starts));
  op.setSteps(steps);
  op.getOperandMutable().assign(source.getOperand());
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (getOperand().getType() == getType() &&
      llvm::all_of(getStarts().getExprs(), isZero) &&
      llvm::all_of(getSteps(), [](int64_t step) { return step == 1; }))
    return getOperand();
  if (auto source = getOperand().getDefiningOp<SliceOp>())
    if (succeeded(mergeIntoSource(*this, source)))
      return getResult();
  return foldMovement(*this, adaptor.getOperands());
}

//===----------------------------------------------------------------------===//
// DynamicSliceOp
//===----------------------------------------------------------------------===//

LogicalResult DynamicSliceOp::verify() {
  int64_t rank = getOperand().getType().getRank();
  auto starts = cast<RankedTensorType>(getStarts().getType());
  if (getType().getRank() != rank || starts.getDimSize(0) != rank)
    return emitOpError("expects ")
           << rank << " starts and sizes (the operand's rank), got "
           << starts.getDimSize(0) << " and " << getType().getRank();
  return verifyEqualElementTypes(*this);
}

/// Starts that are known over the symbols need no run-time operand.
static LogicalResult useStaticStarts(DynamicSliceOp op,
                                     PatternRewriter &rewriter) {
  auto starts = getSymbolicElements(op.getStarts());
  if (!starts)
    return failure();
  SmallVector<AffineExpr> clamped;
  for (auto [i, start] : llvm::enumerate(*starts)) {
    AffineExpr size = getDim(op.getType(), i),
               from = getDim(op.getOperand().getType(), i);
    std::optional<int64_t> room =
        size && from ? getConstantDim(simplifyDim(from - size)) : std::nullopt;
    std::optional<int64_t> constant = getConstantDim(start);
    if (!room || !constant)
      return failure();
    clamped.push_back(rewriter.getAffineConstantExpr(
        std::clamp<int64_t>(*constant, 0, std::max<int64_t>(*room, 0))));
  }
  rewriter.replaceOpWithNewOp<SliceOp>(op, op.getType(), op.getOperand(),
                                       DimsAttr::get(op.getContext(), clamped),
                                       SmallVector<int64_t>(clamped.size(), 1));
  return success();
}

void DynamicSliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                 MLIRContext *) {
  patterns.add(useStaticStarts);
}

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<AffineExpr> low = adaptor.getLow().getExprs(),
                       high = adaptor.getHigh().getExprs();
  if (int64_t(low.size()) != type.getRank() || low.size() != high.size())
    return emitOptionalError(loc, "expected ", type.getRank(),
                             " amounts before and after (the operand's rank), "
                             "got ",
                             low.size(), " and ", high.size());
  SmallVector<AffineExpr> dims = getDims(type);
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (dim)
      dim = simplifyDim(dim + low[i] + high[i]);
    if (dim && getConstantDim(dim).value_or(0) < 0)
      return emitOptionalError(loc, "expected at least no element left of ",
                               "dimension ", i, ", got ", printDim(dim));
  }
  types.push_back(getTensorType(dims, type.getElementType()));
  return success();
}

/// Reflection repeats no element twice; all modes but the constant one need
/// elements to repeat.
static LogicalResult verifyPadReach(PadOp op) {
  if (op.getMode() == PadMode::constant)
    return success();
  for (auto [i, size] : llvm::enumerate(op.getOperand().getType().getShape()))
    for (AffineExpr amount :
         {op.getLow().getExprs()[i], op.getHigh().getExprs()[i]}) {
      int64_t most = op.getMode() == PadMode::reflect && size > 0 ? size - 1
                     : size == 0 ? 0
                                 : maxTensorElements;
      if (!ShapedType::isDynamic(size) &&
          getConstantDim(amount).value_or(0) > most)
        return op.emitOpError("expects at most ")
               << most << " elements of padding in dimension " << i
               << " in mode " << stringifyPadMode(op.getMode()) << ", got "
               << printDim(amount);
    }
  return success();
}

LogicalResult PadOp::verify() {
  if (failed(verifyPadReach(*this)))
    return failure();
  if (!getValue())
    return success();
  if (getMode() != PadMode::constant)
    return emitOpError("expects no value in mode ")
           << stringifyPadMode(getMode());
  if (getElementTypeOrSelf(getValue()) != getType().getElementType())
    return emitOpError("expects a value of type ")
           << getType().getElementType() << ", got "
           << getElementTypeOrSelf(getValue());
  return success();
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  bool isIdentity = llvm::all_of(getLow().getExprs(), isZero) &&
                    llvm::all_of(getHigh().getExprs(), isZero);
  return isIdentity && getOperand().getType() == getType() ? getOperand()
                                                           : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

/// Diagnoses an input that does not fit behind the others.
static LogicalResult checkConcatInput(std::optional<Location> loc,
                                      RankedTensorType first, size_t number,
                                      RankedTensorType type, int64_t axis) {
  if (type.getRank() != first.getRank() ||
      type.getElementType() != first.getElementType())
    return emitOptionalError(loc, "expected inputs of one rank and element ",
                             "type, got ", first, " and ", type);
  for (int64_t i = 0; i < first.getRank(); ++i) {
    int64_t expected = first.getDimSize(i), got = type.getDimSize(i);
    if (i != axis && expected != got && !ShapedType::isDynamic(expected) &&
        !ShapedType::isDynamic(got))
      return emitOptionalError(loc, "expected inputs that differ in dimension ",
                               axis, " alone, got ", expected,
                               " in input 0 and ", got, " in input ", number,
                               " in dimension ", i);
  }
  return success();
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getInputs().empty())
    return emitOptionalError(loc, "expected at least one input, got none");
  auto first = cast<RankedTensorType>(adaptor.getInputs()[0].getType());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= first.getRank())
    return emitOptionalError(loc, "expected an axis in [0, ", first.getRank(),
                             "), got ", axis);
  SmallVector<AffineExpr> dims = getDims(first);
  for (auto [number, input] :
       llvm::enumerate(adaptor.getInputs().drop_front())) {
    auto type = cast<RankedTensorType>(input.getType());
    if (failed(checkConcatInput(loc, first, number + 1, type, axis)))
      return failure();
    for (auto [i, dim] : llvm::enumerate(getDims(type))) {
      if (int64_t(i) == axis)
        dims[i] = dims[i] && dim ? dims[i] + dim : AffineExpr();
      else if (dim && (!dims[i] || getConstantDim(dim)))
        dims[i] = dim;
    }
  }
  types.push_back(getTensorType(dims, first.getElementType()));
  return success();
}

void ConcatOp::addDimGuards(DimGuards &guards) {
  for (Value input : getInputs())
    for (auto [i, dim] :
         llvm::enumerate(getDims(cast<RankedTensorType>(input.getType()))))
      if (i != getAxis())
        guards.addEqual(dim, getDim(getType(), i));
}

Positions ConcatOp::getSourcePositions() {
  if (!areStatic(getInputs().getTypes()))
    return std::nullopt;
  SmallVector<int64_t> source;
  return mapIndices(getType().getShape(), [&](ArrayRef<int64_t> index) {
    source.assign(index.begin(), index.end());
    int64_t before = 0;
    for (Value input : getInputs()) {
      auto type = cast<RankedTensorType>(input.getType());
      int64_t size = type.getDimSize(getAxis());
      if (source[getAxis()] < size)
        return before + linearize(source, type.getShape());
      source[getAxis()] -= size;
      before += type.getNumElements();
    }
    llvm_unreachable("the result is as long as its inputs together");
  });
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1)
    return getInputs()[0];
  return foldMovement(*this, adaptor.getOperands());
}

//===----------------------------------------------------------------------===//
// TileOp
//===----------------------------------------------------------------------===//

LogicalResult TileOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<AffineExpr> repeats = adaptor.getRepeats().getExprs();
  if (int64_t(repeats.size()) != type.getRank())
    return emitOptionalError(loc, "expected ", type.getRank(),
                             " repeats (the operand's rank), got ",
                             repeats.size());
  SmallVector<AffineExpr> dims = getDims(type);
  for (auto [dim, repeat] : llvm::zip_equal(dims, repeats)) {
    if (getConstantDim(repeat).value_or(0) < 0)
      return emitOptionalError(loc, "expected repeats of 0 or more, got ",
                               printDim(repeat));
    dim = dim ? dim * repeat : AffineExpr();
  }
  types.push_back(getTensorType(dims, type.getElementType()));
  return success();
}

OpFoldResult TileOp::fold(FoldAdaptor) {
  bool isIdentity = llvm::all_of(getRepeats().getExprs(), [](AffineExpr e) {
    return getConstantDim(e) == 1;
  });
  return isIdentity ? OpFoldResult(getOperand()) : OpFoldResult();
}

/// [a, b] -> [1, a, 1, b] -> [r0, a, r1, b] -> [r0 * a, r1 * b]
FailureOr<SmallVector<Value>> TileOp::decompose(OpBuilder &builder) {
  Type element = getType().getElementType();
  SmallVector<AffineExpr> split, repeated;
  for (auto [dim, repeat] : llvm::zip_equal(getDims(getOperand().getType()),
                                            getRepeats().getExprs())) {
    split.append({builder.getAffineConstantExpr(1), dim});
    repeated.append({repeat, dim});
  }
  Value value = ReshapeOp::create(builder, getLoc(),
                                  getTensorType(split, element), getOperand());
  value = BroadcastOp::create(builder, getLoc(),
                              getTensorType(repeated, element), value);
  return SmallVector<Value>{
      ReshapeOp::create(builder, getLoc(), getType(), value)};
}

LogicalResult TriluOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> loc,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  if (type.getRank() < 2)
    return emitOptionalError(loc, "expected matrices, got ", type);
  types.push_back(type);
  return success();
}
