//===- Shape.cpp - constants, reshape and its kin -------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// Constant, Identity
//===----------------------------------------------------------------------===//

/// One of the attributes holds the value.
static ElementsAttr getConstantValue(OnnxNode &node) {
  Builder &b = node.getBuilder();
  auto vector = [](auto values, Type elementType) {
    auto size = static_cast<int64_t>(values.size());
    return RankedTensorType::get({size}, elementType);
  };
  if (node.hasAttribute("value"))
    return node.getTensor("value");
  if (node.hasAttribute("value_float"))
    return DenseElementsAttr::get(
        RankedTensorType::get({}, b.getF32Type()),
        b.getF32FloatAttr(node.getFloat("value_float", 0)));
  if (node.hasAttribute("value_int"))
    return DenseElementsAttr::get(
        RankedTensorType::get({}, b.getI64Type()),
        b.getI64IntegerAttr(node.getInt("value_int", 0)));
  if (auto ints = node.getInts("value_ints"))
    return DenseElementsAttr::get(vector(*ints, b.getI64Type()),
                                  ArrayRef<int64_t>(*ints));
  if (auto floats = node.getFloats("value_floats")) {
    SmallVector<float> values(floats->begin(), floats->end());
    return DenseElementsAttr::get(vector(values, b.getF32Type()),
                                  ArrayRef<float>(values));
  }
  node.emitError() << "expected a dense tensor of numbers or booleans";
  return {};
}

LogicalResult tenon::importConstant(OnnxNode &node) {
  return node.setResult(node.createConstant(getConstantValue(node)));
}

/// PyTorch's exporter writes weights that are equal once, and the others as
/// Identities of it: each is a weight of its own, of the Identity's name.
LogicalResult tenon::importIdentity(OnnxNode &node) {
  auto weight = node.getOperand(0).getDefiningOp<ConstantOp>();
  if (!weight || !weight->hasAttr(initializerAttrName))
    return node.setResult(node.getOperand(0));
  auto copy =
      ConstantOp::create(node.getBuilder(), node.getLoc(), weight.getValue());
  copy->setAttr(initializerAttrName,
                node.getBuilder().getStringAttr(node.getResultName(0)));
  return node.setResult(copy.getResult());
}

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

/// The size for the entry -1: what the other entries leave of `from`.
static FailureOr<AffineExpr> getRemainingSize(OnnxNode &node,
                                              ArrayRef<AffineExpr> from,
                                              ArrayRef<AffineExpr> others) {
  MLIRContext *context = node.getContext();
  AffineExpr total = getProduct(from, context);
  AffineExpr known = getProduct(others, context);
  if (AffineExpr exact = divideExactly(total, known))
    return exact;
  std::optional<int64_t> constant = getConstantDim(known);
  if (constant == 0 || (constant && getConstantDim(total)))
    return node.emitError()
           << "expected a shape that divides " << printDim(total)
           << " elements, got one of " << printDim(known) << " times -1";
  // e.g. b * s elements as [-1, 4]: the run's shapes decide
  return simplifyDim(total.floorDiv(known));
}

/// Reshape's shape: 0 copies the input's dimension (unless `allowZero`), -1 is
/// what remains.
static LogicalResult
importReshapeTo(OnnxNode &node, SmallVector<AffineExpr> shape, bool allowZero) {
  SmallVector<AffineExpr> from = getDims(node.getOperandType(0));
  std::optional<size_t> remaining;
  SmallVector<AffineExpr> others;
  for (auto [index, dim] : llvm::enumerate(shape)) {
    std::optional<int64_t> constant = getConstantDim(dim);
    if (constant == 0 && !allowZero) {
      if (index >= from.size())
        return node.emitError()
               << "expected an input with a dimension " << index
               << " to copy, got one of rank " << from.size();
      dim = from[index];
    } else if (constant == -1 && !remaining) {
      remaining = index;
      continue;
    } else if (constant && *constant < 0) {
      return node.emitError()
             << "expected sizes of 0 or more and one -1 at most, got "
             << *constant << " in dimension " << index;
    }
    others.push_back(dim);
  }
  if (remaining) {
    if (allowZero && llvm::any_of(others, [](AffineExpr dim) {
          return getConstantDim(dim) == 0;
        }))
      return node.emitError() << "expected no -1 beside a size of 0";
    FailureOr<AffineExpr> size = getRemainingSize(node, from, others);
    if (failed(size))
      return failure();
    shape[*remaining] = *size;
  }
  return node.setResult(node.createReshape(node.getOperand(0), shape));
}

/// The sizes that data, operand 1, stands for: 0 and -1 are resolved by the
/// program.
static SmallVector<AffineExpr> computeShape(OnnxNode &node, bool allowZero) {
  NodeComposer c(node);
  Value shape = c.cast(node.getOperand(1), c.getI64Type());
  Value zero = c.constant(shape, 0), one = c.constant(shape, 1),
        rest = c.constant(shape, -1);
  SmallVector<AffineExpr> from = getDims(node.getOperandType(0));
  AffineExpr total = getProduct(from, node.getContext());
  if (!allowZero) {
    from.resize(getTensorTypeOf(shape).getNumElements(),
                c.getAffineConstantExpr(0));
    Value copied = c.create<SymbolicConstantOp>(
        getTensorTypeOf(shape), DimsAttr::get(c.getContext(), from));
    shape = c.select(c.compare(ComparisonPredicate::eq, shape, zero), copied,
                     shape);
  }
  Value isRest = c.compare(ComparisonPredicate::eq, shape, rest);
  Value others = c.reduce(ReduceKind::product, c.select(isRest, one, shape), 0);
  Value remaining =
      c.div(c.sizeOf(total, c.getI64Type()), c.create<MaximumOp>(others, one));
  return node.getSizes(c.select(isRest, remaining, shape));
}

LogicalResult tenon::importReshape(OnnxNode &node) {
  FailureOr<SmallVector<AffineExpr>> shape = node.getPartialOperand(1, "shape");
  if (failed(shape))
    return failure();
  if (llvm::is_contained(*shape, AffineExpr())) {
    SmallVector<AffineExpr> computed =
        computeShape(node, node.getInt("allowzero", 0));
    for (auto [known, found] : llvm::zip_equal(*shape, computed))
      if (!known)
        known = found;
  }
  return importReshapeTo(node, *shape, node.getInt("allowzero", 0));
}

LogicalResult tenon::importReshapeByAttribute(OnnxNode &node) {
  SmallVector<AffineExpr> shape;
  for (int64_t size : node.getInts("shape").value_or(SmallVector<int64_t>()))
    shape.push_back(getAffineConstantExpr(size, node.getContext()));
  return importReshapeTo(node, shape, /*allowZero=*/false);
}

LogicalResult tenon::importFlatten(OnnxNode &node) {
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  FailureOr<int64_t> axis =
      node.normalizeAxis(node.getInt("axis", 1), dims.size(),
                         /*allowEnd=*/true);
  if (failed(axis))
    return failure();
  MLIRContext *context = node.getContext();
  ArrayRef<AffineExpr> all(dims);
  return node.setResult(node.createReshape(
      node.getOperand(0), {getProduct(all.take_front(*axis), context),
                           getProduct(all.drop_front(*axis), context)}));
}

//===----------------------------------------------------------------------===//
// Squeeze, Unsqueeze
//===----------------------------------------------------------------------===//

LogicalResult tenon::importSqueeze(OnnxNode &node) {
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  auto axes = node.getAxes(1, "axes", dims.size());
  if (failed(axes))
    return failure();
  SmallVector<AffineExpr> kept;
  for (auto [index, dim] : llvm::enumerate(dims)) {
    bool isOne = getConstantDim(dim) == 1;
    bool isNamed = *axes && llvm::is_contained(**axes, int64_t(index));
    if (isNamed && getConstantDim(dim) && !isOne)
      return node.emitError() << "expected dimension " << index
                              << " to be 1, got " << printDim(dim);
    if (*axes ? !isNamed : !isOne)
      kept.push_back(dim);
  }
  return node.setResult(node.createReshape(node.getOperand(0), kept));
}

LogicalResult tenon::importUnsqueeze(OnnxNode &node) {
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  FailureOr<SmallVector<int64_t>> given =
      node.getOperand(1)
          ? node.getIntOperand(1, "axes")
          : FailureOr<SmallVector<int64_t>>(
                node.getInts("axes").value_or(SmallVector<int64_t>()));
  if (failed(given))
    return failure();
  int64_t rank = dims.size() + given->size();
  FailureOr<SmallVector<int64_t>> axes = node.normalizeAxes(*given, rank);
  if (failed(axes))
    return failure();
  SmallVector<AffineExpr> expanded;
  const AffineExpr *next = dims.begin();
  for (int64_t i = 0; i < rank; ++i)
    expanded.push_back(llvm::is_contained(*axes, i)
                           ? getAffineConstantExpr(1, node.getContext())
                           : *next++);
  return node.setResult(node.createReshape(node.getOperand(0), expanded));
}

//===----------------------------------------------------------------------===//
// Shapes as values
//===----------------------------------------------------------------------===//

LogicalResult tenon::importShape(OnnxNode &node) {
  int64_t rank = node.getOperandRank(0);
  auto clamp = [&](int64_t position) {
    return std::clamp<int64_t>(position < 0 ? position + rank : position, 0,
                               rank);
  };
  int64_t start = clamp(node.getInt("start", 0));
  int64_t end = std::max(start, clamp(node.getInt("end", rank)));
  Builder &b = node.getBuilder();
  return node.setResult(node.create<ShapeOp>(node.getOperand(0),
                                             b.getI64IntegerAttr(start),
                                             b.getI64IntegerAttr(end)));
}

LogicalResult tenon::importSize(OnnxNode &node) {
  AffineExpr size =
      getProduct(getDims(node.getOperandType(0)), node.getContext());
  return node.setResult(node.create<SymbolicConstantOp>(
      RankedTensorType::get({}, node.getBuilder().getI64Type()),
      DimsAttr::get(node.getContext(), size)));
}

LogicalResult tenon::importConstantOfShape(OnnxNode &node) {
  FailureOr<SmallVector<AffineExpr>> shape = node.getShapeOperand(0, "shape");
  if (failed(shape))
    return failure();
  Value element = node.hasAttribute("value")
                      ? node.createConstant(node.getTensor("value"))
                      : node.createScalar(node.getBuilder().getF32Type(), 0);
  if (!element)
    return failure();
  Type elementType = getElementTypeOrSelf(element.getType());
  Value scalar = node.createReshape(element, {});
  return node.setResult(
      node.create<BroadcastOp>(getTensorType(*shape, elementType), scalar));
}
