//===- Contract.cpp - sums of products as a generic -----------------------===//

#include "Categories.h"
#include "Reductions.h"
#include "SumOfProducts.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"

using namespace mlir;
using namespace tenon;

static SmallVector<utils::IteratorType> getIterators(AffineMap result) {
  SmallVector<utils::IteratorType> iterators;
  for (unsigned i = 0; i < result.getNumDims(); ++i)
    iterators.push_back(result.isFunctionOfDim(i)
                            ? utils::IteratorType::parallel
                            : utils::IteratorType::reduction);
  return iterators;
}

/// An operand's element as one of the accumulator's type.
static Value extend(OpBuilder &builder, Location loc, Value element, Type from,
                    Type to) {
  NumberKind kind = getNumberKind(from);
  return ScalarBuilder(builder, loc, kind).cast(element, to, kind);
}

Value tenon::createSumOfProducts(OpBuilder &builder, Location loc,
                                 const SumOfProducts &contraction,
                                 RankedTensorType type,
                                 const KernelDims &dims) {
  TypedAttr zero =
      getNeutralElement(ReduceKind::sum, contraction.resultElement);
  Value init = createFilled(builder, loc, type, zero, dims);
  auto body = [&](OpBuilder &nested, Location nestedLoc, ValueRange x) {
    Type accumulator = x[2].getType();
    ScalarBuilder scalars(nested, nestedLoc,
                          getNumberKind(contraction.resultElement));
    Value lhs = extend(nested, nestedLoc, x[0], contraction.lhsElement,
                       accumulator),
          rhs = extend(nested, nestedLoc, x[1], contraction.rhsElement,
                       accumulator);
    linalg::YieldOp::create(nested, nestedLoc,
                            scalars.add(x[2], scalars.mul(lhs, rhs)));
  };
  Value result =
      linalg::GenericOp::create(
          builder, loc, init.getType(),
          ValueRange{contraction.lhs, contraction.rhs}, init,
          {contraction.lhsMap, contraction.rhsMap, contraction.resultMap},
          getIterators(contraction.resultMap), body)
          .getResult(0);
  return narrowElements(builder, loc, result, contraction.resultElement);
}

/// The loops in the order batch, m, n, k; permutation[old] = new.
static SmallVector<unsigned> orderLoops(AffineMap lhs, AffineMap rhs,
                                        AffineMap result) {
  auto getRole = [&](unsigned loop) {
    if (!result.isFunctionOfDim(loop))
      return 3;
    bool inLhs = lhs.isFunctionOfDim(loop), inRhs = rhs.isFunctionOfDim(loop);
    return inLhs && inRhs ? 0 : inLhs ? 1 : 2;
  };
  auto order = llvm::to_vector(llvm::seq<unsigned>(0, result.getNumDims()));
  llvm::stable_sort(
      order, [&](unsigned a, unsigned b) { return getRole(a) < getRole(b); });
  SmallVector<unsigned> permutation(order.size());
  for (auto [index, loop] : llvm::enumerate(order))
    permutation[loop] = index;
  return permutation;
}

static AffineMap permuteLoops(AffineMap map, ArrayRef<unsigned> permutation) {
  SmallVector<AffineExpr> loops;
  for (unsigned position : permutation)
    loops.push_back(getAffineDimExpr(position, map.getContext()));
  return map.replaceDimsAndSymbols(loops, {}, loops.size(), 0);
}

namespace {
struct ContractLowering
    : LinalgLoweringOpInterface::ExternalModel<ContractLowering, ContractOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto contract = cast<ContractOp>(op);
    AffineMap lhs = contract.getMap(0), rhs = contract.getMap(1),
              result = contract.getMap(2);
    SmallVector<unsigned> permutation = orderLoops(lhs, rhs, result);
    auto type = cast<RankedTensorType>(contract.getType());
    SumOfProducts contraction{
        operands[0],
        operands[1],
        permuteLoops(lhs, permutation),
        permuteLoops(rhs, permutation),
        permuteLoops(result, permutation),
        cast<RankedTensorType>(contract.getLhs().getType()).getElementType(),
        cast<RankedTensorType>(contract.getRhs().getType()).getElementType(),
        type.getElementType()};
    return SmallVector<Value>{
        createSumOfProducts(builder, op->getLoc(), contraction, type, dims)};
  }
};
} // namespace

void tenon::attachContractLowerings(MLIRContext *context) {
  ContractOp::attachInterface<ContractLowering>(*context);
}
