//===- DimEmitter.cpp - dimension expressions as LLVM arithmetic ----------===//

#include "DimEmitter.h"
#include "tenon/Kernels/Placement.h"

using namespace mlir;
using namespace tenon;

DimEmitter::DimEmitter(Block *entry, ImplicitLocOpBuilder &late,
                       ArrayRef<AffineExpr> symbols, Value values)
    : early(late.getLoc(), OpBuilder(entry->getTerminator())), late(late),
      symbols(symbols), symbolValues(values) {}

bool DimEmitter::isEarly(AffineExpr expr) const {
  return followsFrom(expr, symbols);
}

Value DimEmitter::emitSymbol(AffineSymbolExpr symbol) {
  ImplicitLocOpBuilder &b = *builder;
  if (std::optional<DerivedDim> derived = getDerivedDim(symbol)) {
    Value lhs = emit(derived->lhs), rhs = emit(derived->rhs);
    return derived->isMax ? LLVM::SMaxOp::create(b, lhs, rhs).getResult()
                          : LLVM::SMinOp::create(b, lhs, rhs).getResult();
  }
  auto *it = llvm::find(symbols, symbol);
  assert(it != symbols.end() && "a symbol that nothing binds");
  int32_t index = std::distance(symbols.begin(), it);
  Value address =
      LLVM::GEPOp::create(b, symbolValues.getType(), b.getI64Type(),
                          symbolValues, ArrayRef<LLVM::GEPArg>{index});
  return LLVM::LoadOp::create(b, b.getI64Type(), address);
}

/// Dimensions are nonnegative, so that division truncates downwards. A divisor
/// of 0 must not trap: what it divides has a guard, which is checked later.
Value DimEmitter::emitBinary(AffineBinaryOpExpr expr) {
  ImplicitLocOpBuilder &b = *builder;
  Value lhs = emit(expr.getLHS()), rhs = emit(expr.getRHS());
  if (expr.getKind() == AffineExprKind::Add)
    return LLVM::AddOp::create(b, lhs, rhs);
  if (expr.getKind() == AffineExprKind::Mul)
    return LLVM::MulOp::create(b, lhs, rhs);
  if (!getConstantDim(expr.getRHS()))
    rhs = LLVM::SMaxOp::create(b, rhs, emit(b.getAffineConstantExpr(1)));
  switch (expr.getKind()) {
  case AffineExprKind::Mod:
    return LLVM::SRemOp::create(b, lhs, rhs);
  case AffineExprKind::CeilDiv: {
    Value less = LLVM::AddOp::create(b, rhs, emit(b.getAffineConstantExpr(-1)));
    return LLVM::SDivOp::create(b, LLVM::AddOp::create(b, lhs, less), rhs);
  }
  default:
    return LLVM::SDivOp::create(b, lhs, rhs);
  }
}

Value DimEmitter::emit(AffineExpr expr) {
  if (Value value = earlyValues.lookup(expr))
    return value;
  if (Value value = lateValues.lookup(expr))
    return value;
  bool isEarlyExpr = isEarly(expr);
  ImplicitLocOpBuilder *outer =
      std::exchange(builder, isEarlyExpr ? &early : &late);
  Value value;
  if (std::optional<int64_t> constant = getConstantDim(expr))
    value =
        LLVM::ConstantOp::create(*builder, builder->getI64Type(), *constant);
  else if (auto binary = dyn_cast<AffineBinaryOpExpr>(expr))
    value = emitBinary(binary);
  else
    value = emitSymbol(cast<AffineSymbolExpr>(expr));
  builder = outer;
  if (isEarlyExpr)
    earlyValues[expr] = value;
  else
    lateValues.insert(expr, value);
  return value;
}
