//===- DimEmitter.cpp - dimension expressions as LLVM arithmetic ----------===//

#include "DimEmitter.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

using namespace mlir;
using namespace tenon;

DimEmitter::DimEmitter(Block *entry, Location loc, ArrayRef<AffineExpr> symbols,
                       Value values)
    : builder(loc, OpBuilder(entry->getTerminator())), symbols(symbols),
      symbolValues(values) {}

Value DimEmitter::emitSymbol(AffineExpr symbol) {
  auto *it = llvm::find(symbols, symbol);
  assert(it != symbols.end() && "a symbol that no input binds");
  int32_t index = std::distance(symbols.begin(), it);
  Value address =
      LLVM::GEPOp::create(builder, symbolValues.getType(), builder.getI64Type(),
                          symbolValues, ArrayRef<LLVM::GEPArg>{index});
  return LLVM::LoadOp::create(builder, builder.getI64Type(), address);
}

/// Dimensions are nonnegative, so that division truncates downwards.
Value DimEmitter::emitBinary(AffineBinaryOpExpr expr) {
  Value lhs = emit(expr.getLHS()), rhs = emit(expr.getRHS());
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return LLVM::AddOp::create(builder, lhs, rhs);
  case AffineExprKind::Mul:
    return LLVM::MulOp::create(builder, lhs, rhs);
  case AffineExprKind::Mod:
    return LLVM::SRemOp::create(builder, lhs, rhs);
  case AffineExprKind::CeilDiv: {
    Value less = LLVM::AddOp::create(builder, rhs,
                                     emit(builder.getAffineConstantExpr(-1)));
    return LLVM::SDivOp::create(builder,
                                LLVM::AddOp::create(builder, lhs, less), rhs);
  }
  default:
    return LLVM::SDivOp::create(builder, lhs, rhs);
  }
}

Value DimEmitter::emit(AffineExpr expr) {
  if (Value value = known.lookup(expr))
    return value;
  Value value;
  if (std::optional<int64_t> constant = getConstantDim(expr))
    value = LLVM::ConstantOp::create(builder, builder.getI64Type(), *constant);
  else if (auto binary = dyn_cast<AffineBinaryOpExpr>(expr))
    value = emitBinary(binary);
  else
    value = emitSymbol(expr);
  return known[expr] = value;
}
