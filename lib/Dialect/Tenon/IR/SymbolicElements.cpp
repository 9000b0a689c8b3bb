//===- SymbolicElements.cpp - shape arithmetic, read off the graph --------===//

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

using namespace mlir;

/// Shapes have few dimensions; larger tensors are data, not shapes.
static constexpr int64_t maxElements = 64;

using Elements = std::optional<SmallVector<AffineExpr>>;

static Elements getConstantElements(DenseIntElementsAttr attr) {
  bool isSigned = !attr.getElementType().isInteger(1) &&
                  !attr.getElementType().isUnsignedInteger();
  SmallVector<AffineExpr> exprs;
  for (const APInt &element : attr.getValues<APInt>()) {
    if (!isSigned && element.getActiveBits() > 63)
      return std::nullopt;
    exprs.push_back(getAffineConstantExpr(isSigned ? element.getSExtValue()
                                                   : element.getZExtValue(),
                                          attr.getContext()));
  }
  return exprs;
}

/// Sizes that are computed in floating point (`floor(size * 2.0)`) are whole
/// and exact as long as they are small.
static Elements getConstantElements(DenseFPElementsAttr attr) {
  constexpr double maxExact = 1 << 24; // in f32
  SmallVector<AffineExpr> exprs;
  for (APFloat element : attr.getValues<APFloat>()) {
    if (!element.isInteger() || std::abs(element.convertToDouble()) > maxExact)
      return std::nullopt;
    exprs.push_back(
        getAffineConstantExpr(element.convertToDouble(), attr.getContext()));
  }
  return exprs;
}

static bool isNumberOfSizes(Type type) {
  return type.isInteger() || type.isF32() || type.isF64();
}

static Elements moveElements(tenon::MovementOpInterface op,
                             ArrayRef<Elements> operands) {
  auto positions = op.getSourcePositions();
  SmallVector<AffineExpr> elements;
  for (auto [operand, value] : llvm::zip_equal(operands, op->getOperands())) {
    auto type = cast<RankedTensorType>(value.getType());
    if (operand)
      llvm::append_range(elements, *operand);
    else if (type.hasStaticShape())
      elements.append(type.getNumElements(), AffineExpr());
    else
      return std::nullopt;
  }
  // indices of a gather are no elements of the result
  if (!positions || llvm::any_of(*positions, [&](int64_t i) {
        return i >= int64_t(elements.size());
      }))
    return std::nullopt;
  return llvm::map_to_vector(*positions,
                             [&](int64_t i) { return elements[i]; });
}

static Elements getElements(Value value, DenseMap<Value, Elements> &known);

static Elements computeElements(Value value, DenseMap<Value, Elements> &known) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !isNumberOfSizes(type.getElementType()) ||
      !type.hasStaticShape() || type.getNumElements() > maxElements)
    return std::nullopt;
  DenseIntElementsAttr constant;
  if (matchPattern(value, m_Constant(&constant)))
    return getConstantElements(constant);
  DenseFPElementsAttr number;
  if (matchPattern(value, m_Constant(&number)))
    return getConstantElements(number);
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumResults() != 1 ||
      !isa<tenon::SymbolicValueOpInterface, tenon::MovementOpInterface>(op))
    return std::nullopt;
  SmallVector<Elements> operands = llvm::map_to_vector(
      op->getOperands(), [&](Value v) { return getElements(v, known); });
  if (auto movement = dyn_cast<tenon::MovementOpInterface>(op))
    return moveElements(movement, operands);
  return cast<tenon::SymbolicValueOpInterface>(op).getSymbolicElements(
      operands);
}

static Elements getElements(Value value, DenseMap<Value, Elements> &known) {
  if (auto it = known.find(value); it != known.end())
    return it->second;
  Elements elements = computeElements(value, known);
  return known[value] = elements;
}

Elements tenon::getPartialElements(Value value) {
  DenseMap<Value, Elements> known;
  return getElements(value, known);
}

Elements tenon::getSymbolicElements(Value value) {
  Elements elements = getPartialElements(value);
  bool isWhole = elements && !llvm::is_contained(*elements, AffineExpr());
  return isWhole ? elements : std::nullopt;
}
