//===- DimBounds.cpp - how large what a run finds out can be --------------===//

#include "tenon/Kernels/DimBounds.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Placement.h"

using namespace mlir;
using namespace tenon;

/// Calls `visit` with each symbol that a state of `program` has for a
/// dimension, and its capacity.
static void
forEachCapacity(func::FuncOp program,
                llvm::function_ref<void(AffineExpr, int64_t)> visit) {
  auto module = program->getParentOfType<ModuleOp>();
  for (BlockArgument argument : program.getArguments()) {
    auto name = program.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                     stateAttrName);
    auto state =
        name && module ? module.lookupSymbol<StateOp>(name) : StateOp();
    if (!state || !state.getCapacity())
      continue;
    ArrayRef<int64_t> left = *state.getCapacity();
    auto type = cast<RankedTensorType>(argument.getType());
    for (auto [index, size] : llvm::enumerate(state.getTensorType().getShape()))
      if (ShapedType::isDynamic(size) && !left.empty()) {
        visit(getDim(type, index), left.front());
        left = left.drop_front();
      }
  }
}

DimBounds::DimBounds(func::FuncOp program)
    : symbols(getProgramSymbols(program)) {
  auto add = [&](AffineExpr symbol, AffineExpr bound) {
    auto [known, isNew] = bounds.try_emplace(symbol, bound);
    // (two branches may bind one symbol)
    if (!isNew && known->second != bound)
      known->second = {};
  };
  forEachCapacity(program, [&](AffineExpr symbol, int64_t capacity) {
    if (isa_and_nonnull<AffineSymbolExpr>(symbol))
      add(symbol, getAffineConstantExpr(capacity, program.getContext()));
  });
  program.walk([&](BindDimOp bind) {
    add(bind.getDim(),
        bind.getBound() ? bind.getBound()->getExprs()[0] : AffineExpr());
  });
}

AffineExpr DimBounds::getBoundOfSymbol(AffineSymbolExpr symbol,
                                       ArrayRef<AffineExpr> known) const {
  std::optional<DerivedDim> derived = getDerivedDim(symbol);
  if (!derived)
    return getBound(bounds.lookup(symbol), known);
  AffineExpr lhs = getBound(derived->lhs, known),
             rhs = getBound(derived->rhs, known);
  if (lhs && rhs)
    return derived->isMax ? getMaxDim(lhs, rhs) : getMinDim(lhs, rhs);
  return derived->isMax ? AffineExpr() : lhs ? lhs : rhs;
}

AffineExpr DimBounds::getBoundOfBinary(AffineBinaryOpExpr expr,
                                       ArrayRef<AffineExpr> known) const {
  AffineExpr lhs = expr.getLHS(), rhs = expr.getRHS(),
             left = getBound(lhs, known), right = getBound(rhs, known);
  std::optional<int64_t> constant = getConstantDim(rhs);
  bool arePositive = isNonNegative(lhs) && isNonNegative(rhs);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return left && right ? left + right : AffineExpr();
  case AffineExprKind::Mul:
    // what is taken away may be nothing
    if (constant && *constant < 0 && isNonNegative(lhs))
      return getAffineConstantExpr(0, expr.getContext());
    return left && right && arePositive ? left * right : AffineExpr();
  case AffineExprKind::Mod:
    return constant ? getAffineConstantExpr(*constant - 1, expr.getContext())
                    : AffineExpr();
  case AffineExprKind::FloorDiv:
  case AffineExprKind::CeilDiv:
    if (!left || !arePositive)
      return {};
    if (!constant)
      return left;
    return expr.getKind() == AffineExprKind::FloorDiv ? left.floorDiv(*constant)
                                                      : left.ceilDiv(*constant);
  default:
    return {};
  }
}

AffineExpr DimBounds::getBound(AffineExpr expr,
                               ArrayRef<AffineExpr> known) const {
  if (!expr || followsFrom(expr, known))
    return expr;
  AffineExpr bound;
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    bound = getBoundOfSymbol(symbol, known);
  else if (auto binary = dyn_cast<AffineBinaryOpExpr>(expr))
    bound = getBoundOfBinary(binary, known);
  return bound ? simplifyDim(bound) : bound;
}

std::optional<int64_t> DimBounds::getConstantBound(AffineExpr expr) const {
  return getConstantDim(getBound(expr, {}));
}
