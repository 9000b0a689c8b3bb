//===- GuardDims.cpp - what a run's dimensions must satisfy ---------------===//

#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"
#include "llvm/ADT/DenseSet.h"

namespace tenon {
#define GEN_PASS_DEF_GUARDDIMSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

static AffineExpr getZero(AffineExpr expr) {
  return getAffineConstantExpr(0, expr.getContext());
}

/// Formulas are evaluated with division that truncates: what is divided must
/// not be negative. A window that does not fit its input shows up here.
static void guardDivisions(AffineExpr expr, DimGuards &guards) {
  for (AffineSymbolExpr symbol : getDimSymbols(expr))
    if (std::optional<DerivedDim> derived = getDerivedDim(symbol)) {
      guardDivisions(derived->lhs, guards);
      guardDivisions(derived->rhs, guards);
    }
  expr.walk([&](AffineExpr part) {
    auto binary = dyn_cast<AffineBinaryOpExpr>(part);
    if (binary && binary.getKind() != AffineExprKind::Add &&
        binary.getKind() != AffineExprKind::Mul)
      guards.addAtLeast(binary.getLHS(), getZero(expr));
  });
}

static void collectGuards(Operation *op, DimGuards &guards) {
  for (Type type : op->getResultTypes())
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      for (AffineExpr dim : getDims(tensor)) {
        if (!dim)
          continue;
        guardDivisions(dim, guards);
        guards.addAtLeast(dim, getZero(dim));
      }
  if (auto guarded = dyn_cast<DimGuardOpInterface>(op))
    guarded.addDimGuards(guards);
  if (isa<ElementwiseOpInterface>(op))
    for (Type type : op->getOperandTypes())
      guards.addBroadcast(cast<RankedTensorType>(type),
                          cast<RankedTensorType>(op->getResult(0).getType()));
}

/// Whether `guard` holds for all values of the symbols.
static bool isCertain(const DimGuard &guard) {
  return guard.isEquality ? simplifyDim(guard.lhs - guard.rhs) == 0
                          : isProvablyAtLeast(guard.lhs, guard.rhs);
}

/// Whether no value of the symbols satisfies it, as far as constants tell.
static bool isImpossible(const DimGuard &guard) {
  std::optional<int64_t> difference =
      getConstantDim(simplifyDim(guard.lhs - guard.rhs));
  return difference && (guard.isEquality ? *difference != 0 : *difference < 0);
}

/// `a - 5 >= 0` as `a >= 5`: what is subtracted stands on the right.
static DimGuard moveNegativeTerms(DimGuard guard) {
  AffineExpr difference = simplifyDim(guard.lhs - guard.rhs);
  AffineExpr left = getZero(difference), right = left;
  SmallVector<AffineExpr> terms{difference};
  while (!terms.empty()) {
    AffineExpr term = terms.pop_back_val();
    auto binary = dyn_cast<AffineBinaryOpExpr>(term);
    if (binary && binary.getKind() == AffineExprKind::Add) {
      terms.append({binary.getRHS(), binary.getLHS()});
      continue;
    }
    bool isProduct = binary && binary.getKind() == AffineExprKind::Mul;
    std::optional<int64_t> factor =
        getConstantDim(isProduct ? binary.getRHS() : term);
    if (factor && *factor < 0)
      right = right - term;
    else
      left = left + term;
  }
  return {simplifyDim(left), simplifyDim(right), guard.isEquality};
}

/// Whether one kernel computes what `op` runs.
static bool isOneKernel(Operation *op) {
  return op->getNumRegions() > 0 && getFusionRole(op) == FusionRole::Alone;
}

namespace {
struct GuardDims : tenon::impl::GuardDimsPassBase<GuardDims> {
  void runOnOperation() override {
    getOperation().walk([](DimGuardOp guard) { guard.erase(); });
    symbols = getProgramSymbols(getOperation());
    seen.clear();
    start.emplace(OpBuilder::atBlockBegin(&getOperation().front()));
    WalkResult walked =
        getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
          DimGuards guards;
          collectGuards(op, guards);
          for (const DimGuard &guard : guards.get())
            if (failed(state(op, guard)))
              return WalkResult::interrupt();
          // a run that takes the other branch need not satisfy them
          return isa<IfOp>(op) && isOneKernel(op) ? WalkResult::skip()
                                                  : WalkResult::advance();
        });
    if (walked.wasInterrupted())
      signalPassFailure();
  }

private:
  LogicalResult state(Operation *op, const DimGuard &guard) {
    if (isCertain(guard))
      return success();
    if (isImpossible(guard))
      return op->emitError() << "expected " << printDim(simplifyDim(guard.lhs))
                             << (guard.isEquality ? " == " : " >= ")
                             << printDim(simplifyDim(guard.rhs));
    DimGuard readable = moveNegativeTerms(guard);
    auto dims = DimsAttr::get(&getContext(), {readable.lhs, readable.rhs});
    auto predicate =
        guard.isEquality ? ComparisonPredicate::eq : ComparisonPredicate::ge;
    // inside of a kernel, what is around it is checked
    Operation *launched = op;
    while (launched->getParentOp() != getOperation() &&
           isOneKernel(launched->getParentOp()))
      launched = launched->getParentOp();
    bool isEarly = followsFrom(guard.lhs, symbols) &&
                   followsFrom(guard.rhs, symbols) &&
                   launched->getBlock() == start->getBlock();
    OpBuilder before(launched);
    OpBuilder &builder = isEarly ? *start : before;
    Attribute key = builder.getArrayAttr(
        {dims, ComparisonPredicateAttr::get(&getContext(), predicate)});
    if (!seen.insert({key, builder.getBlock()}).second)
      return success();
    DimGuardOp::create(builder, op->getLoc(), predicate, dims);
    ++numGuards;
    return success();
  }

  /// Where what the inputs' dimensions decide is checked; what follows from
  /// data, or may not run at all, is checked before the op.
  std::optional<OpBuilder> start;
  SmallVector<AffineExpr> symbols;
  llvm::DenseSet<std::pair<Attribute, Block *>> seen;
};
} // namespace
