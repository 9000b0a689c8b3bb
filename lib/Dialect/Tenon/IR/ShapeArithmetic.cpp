//===- ShapeArithmetic.cpp - symbolic values of elementwise ops -----------===//

#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/ElementMovement.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "llvm/Support/MathExtras.h"
#include <functional>
#include <numeric>

using namespace mlir;
using namespace tenon;

using Elements = std::optional<SmallVector<AffineExpr>>;
using Scalars = ArrayRef<AffineExpr>;

static bool isAtLeast(AffineExpr a, AffineExpr b) {
  return isNonNegative(simplifyDim(a - b)) || isProvablyAtLeast(a, b);
}

/// `operand`'s element for each element of `type`, to which it broadcasts.
static SmallVector<AffineExpr> broadcastElements(Scalars elements,
                                                 RankedTensorType from,
                                                 RankedTensorType type) {
  int64_t added = type.getRank() - from.getRank();
  SmallVector<int64_t> source(from.getRank());
  return llvm::map_to_vector(
      mapIndices(type.getShape(),
                 [&](ArrayRef<int64_t> index) {
                   for (int64_t i = 0; i < from.getRank(); ++i)
                     source[i] = from.getDimSize(i) == 1 ? 0 : index[added + i];
                   return linearize(source, from.getShape());
                 }),
      [&](int64_t position) { return elements[position]; });
}

/// Whether an element of `type` can be `value`: what wraps round at run time is
/// no size, and what fits into no 64 bits has become their limit (Dims.h).
static bool isElement(AffineExpr value, Scalars from, Type type) {
  std::optional<int64_t> number = getConstantDim(value);
  auto integer = dyn_cast<IntegerType>(type);
  if (!number || !integer)
    return true;
  unsigned width = integer.getWidth();
  if (width < 64)
    return integer.isUnsigned() || width == 1 ? llvm::isUIntN(width, *number)
                                              : llvm::isIntN(width, *number);
  return llvm::is_contained(from, value) ||
         (*number != std::numeric_limits<int64_t>::max() &&
          *number != std::numeric_limits<int64_t>::min() &&
          (*number >= 0 || !integer.isUnsigned()));
}

/// Applies `scalar`, which gives null where it cannot tell.
static Elements applyElementwise(Operation *op, ArrayRef<Elements> operands,
                                 function_ref<AffineExpr(Scalars)> scalar) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape() ||
      !llvm::all_of(operands, [](const Elements &e) { return e.has_value(); }))
    return std::nullopt;
  SmallVector<SmallVector<AffineExpr>> aligned;
  for (auto [elements, operand] : llvm::zip_equal(operands, op->getOperands()))
    aligned.push_back(broadcastElements(
        *elements, cast<RankedTensorType>(operand.getType()), type));
  SmallVector<AffineExpr> result;
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    SmallVector<AffineExpr> scalars = llvm::map_to_vector(
        aligned, [&](ArrayRef<AffineExpr> elements) { return elements[i]; });
    AffineExpr value;
    if (!llvm::is_contained(scalars, AffineExpr()))
      value = scalar(scalars);
    if (value)
      value = simplifyDim(value);
    if (value && !isElement(value, scalars, type.getElementType()))
      value = AffineExpr();
    result.push_back(value);
  }
  return result;
}

static AffineExpr getBool(bool value, AffineExpr like) {
  return getAffineConstantExpr(value, like.getContext());
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Elements AddOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands,
                          [](Scalars s) { return s[0] + s[1]; });
}

Elements SubOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands,
                          [](Scalars s) { return s[0] - s[1]; });
}

Elements MulOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands,
                          [](Scalars s) { return s[0] * s[1]; });
}

Elements NegOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands, [](Scalars s) { return -s[0]; });
}

Elements DivOp::getSymbolicElements(ArrayRef<Elements> operands) {
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(getType()));
  return applyElementwise(*this, operands, [&](Scalars s) -> AffineExpr {
    std::optional<int64_t> a = getConstantDim(s[0]), b = getConstantDim(s[1]);
    if (b == 0 || a == std::numeric_limits<int64_t>::min())
      return {};
    if (a && b && (*a % *b == 0 || !isFloat))
      return getAffineConstantExpr(*a / *b, s[0].getContext());
    if (AffineExpr exact = divideExactly(s[0], s[1]))
      return exact;
    if (isFloat || b.value_or(0) <= 0)
      return {};
    // towards zero
    AffineExpr zero = getAffineConstantExpr(0, s[0].getContext());
    return getMaxDim(s[0], zero).floorDiv(*b) -
           getMaxDim(-s[0], zero).floorDiv(*b);
  });
}

Elements ModOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands, [](Scalars s) -> AffineExpr {
    return getConstantDim(s[1]).value_or(0) > 0 ? s[0] % s[1] : AffineExpr();
  });
}

Elements MaximumOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands,
                          [](Scalars s) { return getMaxDim(s[0], s[1]); });
}

Elements MinimumOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands,
                          [](Scalars s) { return getMinDim(s[0], s[1]); });
}

/// A constant's elements times 2^10, where those are whole: exact in f32 also
/// when sizes are multiplied by them.
static constexpr int64_t fractionScale = 1 << 10;

static Elements getScaledConstant(Value value) {
  DenseFPElementsAttr constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return std::nullopt;
  SmallVector<AffineExpr> elements;
  for (const APFloat &element : constant.getValues<APFloat>()) {
    double scaled = element.convertToDouble() * fractionScale;
    if (scaled != std::floor(scaled) || std::abs(scaled) > 1 << 20)
      return std::nullopt;
    elements.push_back(getAffineConstantExpr(static_cast<int64_t>(scaled),
                                             value.getContext()));
  }
  return elements;
}

/// The elements of `value`, a product or quotient of sizes and a fraction in
/// floating point (`size * 0.5`), rounded by `divide`.
static Elements
roundFractions(Value value,
               function_ref<AffineExpr(AffineExpr, int64_t)> divide) {
  Operation *op = value.getDefiningOp();
  if (!isa_and_nonnull<MulOp, DivOp>(op) ||
      !isa<FloatType>(getElementTypeOrSelf(value.getType())))
    return std::nullopt;
  Elements sizes = getSymbolicElements(op->getOperand(0)),
           numbers = getScaledConstant(op->getOperand(1));
  return applyElementwise(op, {sizes, numbers}, [&](Scalars s) -> AffineExpr {
    int64_t number = *getConstantDim(s[1]);
    int64_t common = std::gcd(number, fractionScale);
    int64_t scale = fractionScale / common;
    number /= common;
    if (isa<MulOp>(op))
      return divide(s[0] * number, scale);
    return number > 0 ? divide(s[0] * scale, number) : AffineExpr();
  });
}

static AffineExpr divideDown(AffineExpr a, int64_t b) { return a.floorDiv(b); }
static AffineExpr divideUp(AffineExpr a, int64_t b) { return a.ceilDiv(b); }
static AffineExpr divideToZero(AffineExpr a, int64_t b) {
  return isNonNegative(a) ? a.floorDiv(b) : AffineExpr();
}

/// Numbers that are known are whole.
static Elements keepElements(Operation *op, ArrayRef<Elements> operands) {
  return applyElementwise(op, operands, [](Scalars s) { return s[0]; });
}

static bool isWhole(const Elements &elements) {
  return elements && !llvm::is_contained(*elements, AffineExpr());
}

Elements FloorOp::getSymbolicElements(ArrayRef<Elements> operands) {
  Elements kept = keepElements(*this, operands);
  return isWhole(kept) ? kept : roundFractions(getOperand(), divideDown);
}

Elements CeilOp::getSymbolicElements(ArrayRef<Elements> operands) {
  Elements kept = keepElements(*this, operands);
  return isWhole(kept) ? kept : roundFractions(getOperand(), divideUp);
}

Elements IotaOp::getSymbolicElements(ArrayRef<Elements>) {
  RankedTensorType type = getType();
  SmallVector<int64_t> positions =
      mapIndices(type.getShape(),
                 [&](ArrayRef<int64_t> index) { return index[getAxis()]; });
  return llvm::map_to_vector(positions, [&](int64_t position) {
    return getAffineConstantExpr(position, getContext());
  });
}

//===----------------------------------------------------------------------===//
// Tests and choices
//===----------------------------------------------------------------------===//

/// Whether `predicate` holds for all values of the symbols (true), for none
/// (false), or neither.
static std::optional<bool> decide(ComparisonPredicate predicate, AffineExpr a,
                                  AffineExpr b) {
  if (predicate == ComparisonPredicate::lt ||
      predicate == ComparisonPredicate::le) {
    std::swap(a, b);
    predicate = predicate == ComparisonPredicate::lt ? ComparisonPredicate::gt
                                                     : ComparisonPredicate::ge;
  }
  bool isGreater = isAtLeast(a, b + 1), isLess = isAtLeast(b, a + 1);
  switch (predicate) {
  case ComparisonPredicate::gt:
    return isGreater         ? std::optional(true)
           : isAtLeast(b, a) ? std::optional(false)
                             : std::nullopt;
  case ComparisonPredicate::ge:
    return isAtLeast(a, b) ? std::optional(true)
           : isLess        ? std::optional(false)
                           : std::nullopt;
  default: {
    bool isEqual =
        simplifyDim(a - b) == getAffineConstantExpr(0, a.getContext());
    if (!isEqual && !isGreater && !isLess)
      return std::nullopt;
    return isEqual == (predicate == ComparisonPredicate::eq);
  }
  }
}

/// 1 where `expr` is more than 0, else 0.
static AffineExpr isPositive(AffineExpr expr) {
  return getMinDim(getMaxDim(expr, getBool(false, expr)), getBool(true, expr));
}

/// 1 where `predicate` holds, else 0.
static AffineExpr compare(ComparisonPredicate predicate, AffineExpr a,
                          AffineExpr b) {
  switch (predicate) {
  case ComparisonPredicate::lt:
    return isPositive(b - a);
  case ComparisonPredicate::le:
    return 1 - isPositive(a - b);
  case ComparisonPredicate::gt:
    return isPositive(a - b);
  case ComparisonPredicate::ge:
    return 1 - isPositive(b - a);
  case ComparisonPredicate::eq:
    return 1 - isPositive(getMaxDim(a - b, b - a));
  case ComparisonPredicate::ne:
    return isPositive(getMaxDim(a - b, b - a));
  }
  llvm_unreachable("all predicates are handled");
}

Elements CompareOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands, [&](Scalars s) {
    std::optional<bool> holds = decide(getPredicate(), s[0], s[1]);
    return holds ? getBool(*holds, s[0]) : compare(getPredicate(), s[0], s[1]);
  });
}

/// A bitwise op of constants.
static Elements combineBits(Operation *op, ArrayRef<Elements> operands,
                            function_ref<int64_t(int64_t, int64_t)> combine) {
  return applyElementwise(op, operands, [&](Scalars s) {
    std::optional<int64_t> a = getConstantDim(s[0]), b = getConstantDim(s[1]);
    return a && b ? getAffineConstantExpr(combine(*a, *b), s[0].getContext())
                  : AffineExpr();
  });
}

Elements AndOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return combineBits(*this, operands, std::bit_and<int64_t>());
}

Elements OrOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return combineBits(*this, operands, std::bit_or<int64_t>());
}

Elements XorOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return combineBits(*this, operands, std::bit_xor<int64_t>());
}

/// Booleans are 0 and 1 here.
Elements NotOp::getSymbolicElements(ArrayRef<Elements> operands) {
  Type type = getElementTypeOrSelf(getType());
  if (type.isUnsignedInteger())
    return std::nullopt;
  return applyElementwise(*this, operands, [&](Scalars s) {
    return type.isInteger(1) ? 1 - s[0] : -1 - s[0];
  });
}

Elements SelectOp::getSymbolicElements(ArrayRef<Elements> operands) {
  return applyElementwise(*this, operands, [](Scalars s) {
    // a condition is 0 or 1
    return s[0] * s[1] + (1 - s[0]) * s[2];
  });
}

Elements CastOp::getSymbolicElements(ArrayRef<Elements> operands) {
  bool isToBool = getTo().isInteger(1);
  if (!isWhole(operands.front()) && getTo().isInteger() && !isToBool)
    if (Elements rounded = roundFractions(getOperand(), divideToZero))
      return rounded;
  return applyElementwise(*this, operands, [&](Scalars s) -> AffineExpr {
    if (!isToBool)
      return s[0];
    std::optional<bool> differs =
        decide(ComparisonPredicate::ne, s[0], getBool(false, s[0]));
    return differs
               ? getBool(*differs, s[0])
               : compare(ComparisonPredicate::ne, s[0], getBool(false, s[0]));
  });
}
