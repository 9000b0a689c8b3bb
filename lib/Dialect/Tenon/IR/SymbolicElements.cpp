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

/// Whether the elements of `value` are those of a constant or can follow from
/// those of the operands of its op.
static bool mayHaveElements(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isNumberOfSizes(type.getElementType()) &&
         type.hasStaticShape() && type.getNumElements() <= maxElements;
}

/// The op whose operands decide the elements of `value`; null where there is
/// none.
static Operation *getArithmetic(Value value) {
  Operation *op = value.getDefiningOp();
  return op && op->getNumResults() == 1 && mayHaveElements(value) &&
                 isa<tenon::SymbolicValueOpInterface,
                     tenon::MovementOpInterface>(op)
             ? op
             : nullptr;
}

/// The elements of `value`; those of its op's operands are known.
static Elements computeElements(Value value,
                                const DenseMap<Value, Elements> &known) {
  if (!mayHaveElements(value))
    return std::nullopt;
  DenseIntElementsAttr constant;
  if (matchPattern(value, m_Constant(&constant)))
    return getConstantElements(constant);
  DenseFPElementsAttr number;
  if (matchPattern(value, m_Constant(&number)))
    return getConstantElements(number);
  Operation *op = getArithmetic(value);
  if (!op)
    return std::nullopt;
  SmallVector<Elements> operands = llvm::map_to_vector(
      op->getOperands(), [&](Value v) { return known.lookup(v); });
  if (auto movement = dyn_cast<tenon::MovementOpInterface>(op))
    return moveElements(movement, operands);
  return cast<tenon::SymbolicValueOpInterface>(op).getSymbolicElements(
      operands);
}

/// With a stack of its own: no chain of ops is too long for it.
Elements tenon::getPartialElements(Value value) {
  DenseMap<Value, Elements> known;
  SmallVector<Value> open{value};
  while (!open.empty()) {
    Value next = open.back();
    if (known.contains(next)) {
      open.pop_back();
      continue;
    }
    size_t before = open.size();
    if (Operation *op = getArithmetic(next))
      for (Value operand : op->getOperands())
        if (!known.contains(operand))
          open.push_back(operand);
    if (open.size() > before)
      continue;
    known.try_emplace(next, computeElements(next, known));
    open.pop_back();
  }
  return known.lookup(value);
}

Elements tenon::getSymbolicElements(Value value) {
  Elements elements = getPartialElements(value);
  bool isWhole = elements && !llvm::is_contained(*elements, AffineExpr());
  return isWhole ? elements : std::nullopt;
}
