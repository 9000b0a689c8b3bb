//===- IndexOps.cpp - ops whose positions are data ------------------------===//

#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/ElementMovement.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/IndexOps.cpp.inc"

static RankedTensorType getTensor(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static LogicalResult checkAxis(std::optional<Location> loc, int64_t axis,
                               int64_t rank) {
  if (axis >= 0 && axis < rank)
    return success();
  return emitOptionalError(loc, "expected an axis in [0, ", rank, "), got ",
                           axis);
}

static LogicalResult checkEqualRanks(std::optional<Location> loc, Value operand,
                                     Value indices) {
  int64_t expected = getTensor(operand).getRank(),
          got = getTensor(indices).getRank();
  if (expected == got)
    return success();
  return emitOptionalError(loc, "expected indices of rank ", expected,
                           " (the operand's), got ", got);
}

/// Indices into a dimension without elements have none to mean.
static LogicalResult checkNotEmpty(std::optional<Location> loc,
                                   ArrayRef<int64_t> sizes, Value indices) {
  if (!llvm::is_contained(sizes, 0) ||
      llvm::is_contained(getTensor(indices).getShape(), 0))
    return success();
  return emitOptionalError(loc, "expected a dimension with elements to take "
                                "some of, got none");
}

static LogicalResult checkUpdates(std::optional<Location> loc, Value operand,
                                  Value updates, ArrayRef<AffineExpr> dims) {
  RankedTensorType expected =
      getTensorType(dims, getTensor(operand).getElementType());
  if (areCompatibleTypes(expected, updates.getType()))
    return success();
  return emitOptionalError(loc, "expected updates of type ", expected, ", got ",
                           updates.getType());
}

//===----------------------------------------------------------------------===//
// GatherOp
//===----------------------------------------------------------------------===//

static LogicalResult checkConstantIndices(std::optional<Location> loc,
                                          Value indices, int64_t size) {
  DenseIntElementsAttr constant;
  if (ShapedType::isDynamic(size) ||
      !matchPattern(indices, m_Constant(&constant)))
    return success();
  for (const APInt &index : constant.getValues<APInt>())
    if (index.getSExtValue() < -size || index.getSExtValue() >= size)
      return emitOptionalError(loc, "expected indices from ", -size, " to ",
                               size - 1, ", got ", index.getSExtValue());
  return success();
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType type = getTensor(adaptor.getOperand());
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis(loc, axis, type.getRank())))
    return failure();
  if (failed(checkNotEmpty(loc, type.getDimSize(axis), adaptor.getIndices())) ||
      failed(checkConstantIndices(loc, adaptor.getIndices(),
                                  type.getDimSize(axis))))
    return failure();
  SmallVector<AffineExpr> dims = getDims(type);
  SmallVector<AffineExpr> chosen = getDims(getTensor(adaptor.getIndices()));
  dims.erase(dims.begin() + axis);
  dims.insert(dims.begin() + axis, chosen.begin(), chosen.end());
  types.push_back(getTensorType(dims, type.getElementType()));
  return success();
}

/// Known where the indices are constant.
std::optional<SmallVector<int64_t>> GatherOp::getSourcePositions() {
  RankedTensorType type = getOperand().getType(),
                   chosen = getIndices().getType();
  auto elements = getSymbolicElements(getIndices());
  if (!elements || !type.hasStaticShape())
    return std::nullopt;
  int64_t axis = getAxis(), size = type.getDimSize(axis);
  SmallVector<int64_t> indices;
  for (AffineExpr element : *elements) {
    std::optional<int64_t> index = getConstantDim(element);
    if (!index || *index < -size || *index >= size)
      return std::nullopt;
    indices.push_back(*index);
  }
  return mapIndices(getType().getShape(), [&](ArrayRef<int64_t> index) {
    int64_t i = indices[linearize(index.slice(axis, chosen.getRank()),
                                  chosen.getShape())];
    SmallVector<int64_t> source(index.take_front(axis));
    source.push_back(i < 0 ? i + size : i);
    llvm::append_range(source, index.drop_front(axis + chosen.getRank()));
    return linearize(source, type.getShape());
  });
}

OpFoldResult GatherOp::fold(FoldAdaptor adaptor) {
  return foldMovement(*this, adaptor.getOperands());
}

/// One constant index is a slice, which needs no index arithmetic at run time.
static LogicalResult gatherToSlice(GatherOp op, PatternRewriter &rewriter) {
  RankedTensorType type = op.getOperand().getType();
  int64_t axis = op.getAxis();
  DenseIntElementsAttr constant;
  if (!matchPattern(op.getIndices(), m_Constant(&constant)) ||
      constant.getNumElements() != 1)
    return failure();
  int64_t index = (*constant.value_begin<APInt>()).getSExtValue();
  SmallVector<AffineExpr> sizes = getDims(type);
  if (llvm::is_contained(sizes, AffineExpr()))
    return failure();
  if (std::optional<int64_t> size = getConstantDim(sizes[axis]);
      size && (index < -*size || index >= *size))
    return failure();
  SmallVector<AffineExpr> starts(type.getRank(),
                                 rewriter.getAffineConstantExpr(0));
  starts[axis] = index < 0 ? simplifyDim(sizes[axis] + index)
                           : rewriter.getAffineConstantExpr(index);
  sizes[axis] = rewriter.getAffineConstantExpr(1);
  Value slice = SliceOp::create(
      rewriter, op.getLoc(), getTensorType(sizes, type.getElementType()),
      op.getOperand(), DimsAttr::get(op.getContext(), starts),
      SmallVector<int64_t>(type.getRank(), 1));
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), slice);
  return success();
}

void GatherOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                           MLIRContext *) {
  patterns.add(gatherToSlice);
}

//===----------------------------------------------------------------------===//
// GatherElementsOp, GatherNDOp
//===----------------------------------------------------------------------===//

/// Indices along an axis may be fewer than the operand's elements in the other
/// dimensions, never more.
static LogicalResult checkIndicesFit(std::optional<Location> loc, Value operand,
                                     Value indices, int64_t axis) {
  if (failed(checkAxis(loc, axis, getTensor(operand).getRank())) ||
      failed(checkEqualRanks(loc, operand, indices)))
    return failure();
  for (auto [i, size, count] : llvm::enumerate(getTensor(operand).getShape(),
                                               getTensor(indices).getShape()))
    if (int64_t(i) != axis && !ShapedType::isDynamic(size) &&
        !ShapedType::isDynamic(count) && count > size)
      return emitOptionalError(loc, "expected at most ", size,
                               " indices in dimension ", i, ", got ", count);
  return checkNotEmpty(loc, getTensor(operand).getDimSize(axis), indices);
}

LogicalResult GatherElementsOp::inferReturnTypes(MLIRContext *,
                                                 std::optional<Location> loc,
                                                 Adaptor adaptor,
                                                 SmallVectorImpl<Type> &types) {
  RankedTensorType type = getTensor(adaptor.getOperand());
  if (failed(checkIndicesFit(loc, adaptor.getOperand(), adaptor.getIndices(),
                             adaptor.getAxis())))
    return failure();
  types.push_back(
      withElementType(getTensor(adaptor.getIndices()), type.getElementType()));
  return success();
}

/// How many dimensions the coordinates in `indices` fix after `batchDims`.
static FailureOr<int64_t> getNumCoordinates(std::optional<Location> loc,
                                            Value operand, Value indices,
                                            int64_t batchDims) {
  RankedTensorType type = getTensor(operand), chosen = getTensor(indices);
  if (chosen.getRank() <= batchDims || batchDims < 0)
    return emitOptionalError(loc, "expected indices of a rank above ",
                             batchDims, " (batch_dims), got ",
                             chosen.getRank());
  int64_t count = chosen.getShape().back();
  if (ShapedType::isDynamic(count) || count + batchDims > type.getRank())
    return emitOptionalError(loc, "expected at most ",
                             type.getRank() - batchDims,
                             " coordinates in the last dimension of the "
                             "indices, got ",
                             printDim(getDims(chosen).back()));
  if (failed(
          checkNotEmpty(loc, type.getShape().slice(batchDims, count), indices)))
    return failure();
  return count;
}

LogicalResult GatherNDOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> loc,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  RankedTensorType type = getTensor(adaptor.getOperand());
  int64_t batchDims = adaptor.getBatchDims();
  FailureOr<int64_t> count = getNumCoordinates(loc, adaptor.getOperand(),
                                               adaptor.getIndices(), batchDims);
  if (failed(count))
    return failure();
  SmallVector<AffineExpr> dims = getDims(getTensor(adaptor.getIndices()));
  dims.pop_back();
  llvm::append_range(dims,
                     ArrayRef(getDims(type)).drop_front(batchDims + *count));
  types.push_back(getTensorType(dims, type.getElementType()));
  return success();
}

/// The other coordinates of an index are its own: they lie inside of `type`.
static void guardIndices(DimGuards &guards, RankedTensorType type,
                         RankedTensorType indices, int64_t axis) {
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (i != axis)
      guards.addAtLeast(getDim(type, i), getDim(indices, i));
}

void GatherElementsOp::addDimGuards(DimGuards &guards) {
  guardIndices(guards, getOperand().getType(), getIndices().getType(),
               getAxis());
}

//===----------------------------------------------------------------------===//
// ScatterElementsOp, ScatterNDOp
//===----------------------------------------------------------------------===//

LogicalResult
ScatterElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                    Adaptor adaptor,
                                    SmallVectorImpl<Type> &types) {
  RankedTensorType type = getTensor(adaptor.getOperand());
  if (failed(checkIndicesFit(loc, adaptor.getOperand(), adaptor.getIndices(),
                             adaptor.getAxis())) ||
      failed(checkUpdates(loc, adaptor.getOperand(), adaptor.getUpdates(),
                          getDims(getTensor(adaptor.getIndices())))))
    return failure();
  types.push_back(type);
  return success();
}

LogicalResult ScatterNDOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType type = getTensor(adaptor.getOperand());
  FailureOr<int64_t> count = getNumCoordinates(
      loc, adaptor.getOperand(), adaptor.getIndices(), /*batchDims=*/0);
  if (failed(count))
    return failure();
  SmallVector<AffineExpr> dims = getDims(getTensor(adaptor.getIndices()));
  dims.pop_back();
  llvm::append_range(dims, ArrayRef(getDims(type)).drop_front(*count));
  if (failed(
          checkUpdates(loc, adaptor.getOperand(), adaptor.getUpdates(), dims)))
    return failure();
  types.push_back(type);
  return success();
}

//===----------------------------------------------------------------------===//
// What indices lie below
//===----------------------------------------------------------------------===//

/// The sizes of the dimensions that coordinates are for.
static SmallVector<AffineExpr> getCoordinateSizes(RankedTensorType type,
                                                  RankedTensorType indices,
                                                  int64_t batchDims) {
  return llvm::to_vector(
      ArrayRef(getDims(type)).slice(batchDims, indices.getShape().back()));
}

SmallVector<AffineExpr> GatherOp::getIndexedSizes() {
  return {getDim(getOperand().getType(), getAxis())};
}

SmallVector<AffineExpr> GatherElementsOp::getIndexedSizes() {
  return {getDim(getOperand().getType(), getAxis())};
}

SmallVector<AffineExpr> GatherNDOp::getIndexedSizes() {
  return getCoordinateSizes(getOperand().getType(), getIndices().getType(),
                            getBatchDims());
}

SmallVector<AffineExpr> ScatterElementsOp::getIndexedSizes() {
  return {getDim(getOperand().getType(), getAxis())};
}

SmallVector<AffineExpr> ScatterNDOp::getIndexedSizes() {
  return getCoordinateSizes(getOperand().getType(), getIndices().getType(),
                            /*batchDims=*/0);
}

//===----------------------------------------------------------------------===//
// InRangeOp, FindOutsideOp
//===----------------------------------------------------------------------===//

LogicalResult InRangeOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  if (size_t count = adaptor.getSize().getExprs().size(); count != 1)
    return emitOptionalError(loc, "expected one size, got ", count);
  types.push_back(adaptor.getOperand().getType());
  return success();
}

FailureOr<SmallVector<Value>> InRangeOp::decompose(OpBuilder &) {
  return SmallVector<Value>{getOperand()};
}

LogicalResult FindOutsideOp::verify() {
  RankedTensorType type = getIndices().getType();
  int64_t count = getSizes().getExprs().size();
  if (type.getRank() != 2 || type.getShape().back() != count)
    return emitOpError("expects a matrix of indices with a column for each of ")
           << count << " sizes, got " << type;
  return success();
}

AffineExpr FindOutsideOp::getFlops() { return getNumElements(getIndices()); }

//===----------------------------------------------------------------------===//
// IotaOp
//===----------------------------------------------------------------------===//

LogicalResult IotaOp::verify() {
  if (int64_t(getAxis()) < 0 || int64_t(getAxis()) >= getType().getRank())
    return emitOpError("expects an axis in [0, ")
           << getType().getRank() << "), got " << getAxis();
  if (!getType().getElementType().isIntOrFloat())
    return emitOpError("expects elements that are numbers, got ")
           << getType().getElementType();
  return success();
}

OpFoldResult IotaOp::fold(FoldAdaptor) {
  RankedTensorType type = getType();
  if (!type.hasStaticShape() || !type.getElementType().isInteger() ||
      type.getNumElements() > 128)
    return {};
  unsigned width = type.getElementTypeBitWidth();
  return DenseElementsAttr::get(
      type, llvm::map_to_vector(
                mapIndices(type.getShape(),
                           [&](ArrayRef<int64_t> i) { return i[getAxis()]; }),
                [&](int64_t value) {
                  return APInt(width, value, /*isSigned=*/true,
                               /*implicitTrunc=*/true);
                }));
}

//===----------------------------------------------------------------------===//
// TruePositionsOp
//===----------------------------------------------------------------------===//

LogicalResult TruePositionsOp::verify() {
  auto mask = cast<RankedTensorType>(getMask().getType());
  auto result = cast<RankedTensorType>(getResult().getType());
  if (mask.hasStaticShape() && result.hasStaticShape() &&
      result.getDimSize(0) > mask.getDimSize(0))
    return emitOpError("expects at most as many positions as the mask has "
                       "elements, got ")
           << result.getDimSize(0) << " of " << mask.getDimSize(0);
  return success();
}

//===----------------------------------------------------------------------===//
// NonMaxSuppressionOp
//===----------------------------------------------------------------------===//

LogicalResult NonMaxSuppressionOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  RankedTensorType boxes = getTensor(adaptor.getBoxes());
  if (boxes.getDimSize(2) != 4)
    return emitOptionalError(loc, "expected boxes of 4 numbers, got ", boxes);
  if (adaptor.getBound().getExprs().size() != 1)
    return emitOptionalError(loc, "expected one bound, got ",
                             adaptor.getBound().getExprs().size());
  Type i64 = IntegerType::get(context, 64);
  types.push_back(getTensorType(
      {adaptor.getBound().getExprs()[0], getAffineConstantExpr(3, context)},
      i64));
  types.push_back(RankedTensorType::get({}, i64));
  return success();
}

//===----------------------------------------------------------------------===//
// TopKOp
//===----------------------------------------------------------------------===//

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType type = getTensor(adaptor.getOperand());
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis(loc, axis, type.getRank())))
    return failure();
  ArrayRef<AffineExpr> k = adaptor.getK().getExprs();
  if (k.size() != 1)
    return emitOptionalError(loc, "expected one k, got ", k.size());
  int64_t size = type.getDimSize(axis);
  if (std::optional<int64_t> count = getConstantDim(k[0]);
      count && (*count < 0 || (!type.isDynamicDim(axis) && *count > size)))
    return emitOptionalError(loc, "expected k between 0 and ", size,
                             " (dimension ", axis, "), got ", *count);
  SmallVector<AffineExpr> dims = getDims(type);
  dims[axis] = k[0];
  types.push_back(getTensorType(dims, type.getElementType()));
  types.push_back(getTensorType(dims, IntegerType::get(context, 64)));
  return success();
}

void TopKOp::addDimGuards(DimGuards &guards) {
  guards.addAtLeast(getDim(getTensor(getOperand()), getAxis()),
                    getK().getExprs()[0]);
}

void ScatterElementsOp::addDimGuards(DimGuards &guards) {
  guardIndices(guards, getOperand().getType(), getIndices().getType(),
               getAxis());
  for (auto [index, update] : llvm::zip(getDims(getIndices().getType()),
                                        getDims(getUpdates().getType())))
    guards.addEqual(index, update);
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

static AffineExpr getFlopsOfUpdates(Value updates, Combiner combiner) {
  return combiner == Combiner::replace
             ? getAffineConstantExpr(0, updates.getContext())
             : getNumElements(updates);
}

AffineExpr ScatterElementsOp::getFlops() {
  return getFlopsOfUpdates(getUpdates(), getCombiner());
}

AffineExpr ScatterNDOp::getFlops() {
  return getFlopsOfUpdates(getUpdates(), getCombiner());
}

/// At least one comparison an element; how many more depends on the data.
AffineExpr TopKOp::getFlops() { return getNumElements(getOperand()); }
