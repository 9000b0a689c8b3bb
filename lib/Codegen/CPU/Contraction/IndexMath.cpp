//===- IndexMath.cpp - addresses ------------------------------------------===//

#include "tenon/Codegen/CPU/Contraction/IndexMath.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "tenon/Codegen/Kernel/Delinearize.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tenon;

Value IndexMath::value(OpFoldResult index) {
  auto constant = dyn_cast<Attribute>(index);
  if (!constant)
    return cast<Value>(index);
  // One definition for the whole kernel.
  Value &value = constants[cast<IntegerAttr>(constant).getInt()];
  if (!value) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(entry);
    value = arith::ConstantOp::create(builder, cast<IntegerAttr>(constant));
  }
  return value;
}

OpFoldResult IndexMath::evaluate(AffineExpr expr) {
  expr = simplifyAffineExpr(expr, 0, symbols.size());
  if (auto known = dyn_cast<AffineConstantExpr>(expr))
    return constant(known.getValue());
  return affine::makeComposedFoldedAffineApply(
      builder, builder.getLoc(), AffineMap::get(0, symbols.size(), expr),
      getAsOpFoldResult(symbols));
}

OpFoldResult IndexMath::add(OpFoldResult lhs, OpFoldResult rhs) {
  std::optional<int64_t> left = getConstantIntValue(lhs);
  std::optional<int64_t> right = getConstantIntValue(rhs);
  if (left && right)
    return constant(*left + *right);
  if (left == 0)
    return rhs;
  if (right == 0)
    return lhs;
  return arith::AddIOp::create(builder, value(lhs), value(rhs)).getResult();
}

OpFoldResult IndexMath::sub(OpFoldResult lhs, OpFoldResult rhs) {
  std::optional<int64_t> left = getConstantIntValue(lhs);
  std::optional<int64_t> right = getConstantIntValue(rhs);
  if (left && right)
    return constant(*left - *right);
  if (right == 0)
    return lhs;
  return arith::SubIOp::create(builder, value(lhs), value(rhs)).getResult();
}

OpFoldResult IndexMath::mul(OpFoldResult lhs, OpFoldResult rhs) {
  std::optional<int64_t> left = getConstantIntValue(lhs);
  std::optional<int64_t> right = getConstantIntValue(rhs);
  if (left && right)
    return constant(*left * *right);
  if (left == 0 || right == 0)
    return constant(0);
  if (left == 1)
    return rhs;
  if (right == 1)
    return lhs;
  return arith::MulIOp::create(builder, value(lhs), value(rhs)).getResult();
}

OpFoldResult IndexMath::floorDiv(OpFoldResult lhs, OpFoldResult rhs) {
  std::optional<int64_t> left = getConstantIntValue(lhs);
  std::optional<int64_t> right = getConstantIntValue(rhs);
  if (left && right && *right != 0)
    return constant(*left / *right);
  if (right == 1)
    return lhs;
  return arith::DivUIOp::create(builder, value(lhs), value(rhs)).getResult();
}

OpFoldResult IndexMath::ceilDiv(OpFoldResult lhs, OpFoldResult rhs) {
  return floorDiv(add(lhs, sub(rhs, constant(1))), rhs);
}

OpFoldResult IndexMath::rem(OpFoldResult lhs, OpFoldResult rhs) {
  std::optional<int64_t> left = getConstantIntValue(lhs);
  std::optional<int64_t> right = getConstantIntValue(rhs);
  if (left && right && *right != 0)
    return constant(*left % *right);
  if (right == 1)
    return constant(0);
  return arith::RemUIOp::create(builder, value(lhs), value(rhs)).getResult();
}

OpFoldResult IndexMath::min(OpFoldResult lhs, OpFoldResult rhs) {
  std::optional<int64_t> left = getConstantIntValue(lhs);
  std::optional<int64_t> right = getConstantIntValue(rhs);
  if (left && right)
    return constant(std::min(*left, *right));
  return arith::MinSIOp::create(builder, value(lhs), value(rhs)).getResult();
}

OpFoldResult IndexMath::max(OpFoldResult lhs, OpFoldResult rhs) {
  std::optional<int64_t> left = getConstantIntValue(lhs);
  std::optional<int64_t> right = getConstantIntValue(rhs);
  if (left && right)
    return constant(std::max(*left, *right));
  return arith::MaxSIOp::create(builder, value(lhs), value(rhs)).getResult();
}

SmallVector<OpFoldResult> IndexMath::delinearize(OpFoldResult linear,
                                                 ArrayRef<OpFoldResult> sizes) {
  return tenon::delinearize<OpFoldResult>(
      linear, sizes,
      [&](OpFoldResult a, OpFoldResult b) { return floorDiv(a, b); },
      [&](OpFoldResult a, OpFoldResult b) { return rem(a, b); });
}

void IndexMath::forEach(OpFoldResult lower, OpFoldResult upper, int64_t step,
                        llvm::function_ref<void(OpFoldResult)> body) {
  std::optional<int64_t> first = getConstantIntValue(lower);
  std::optional<int64_t> end = getConstantIntValue(upper);
  if (first && end) {
    if (*first >= *end)
      return;
    if (*first + step >= *end)
      return body(lower);
  }
  auto loop = scf::ForOp::create(builder, value(lower), value(upper),
                                 value(constant(step)));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(loop.getBody()->getTerminator());
  body(loop.getInductionVar());
}
