//===- Control.cpp - derivatives of branches ------------------------------===//

#include "Rounds.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

/// Puts derivatives of `values` where these stand among the operands and
/// captured values of `op`.
static SmallVector<Value> arrange(Operation *op, ArrayRef<Value> values,
                                  ValueRange derivatives) {
  SmallVector<Value> result;
  for (Value operand : getOperandsAndCaptured(op)) {
    const Value *it = llvm::find(values, operand);
    result.push_back(it == values.end() ? Value()
                                        : derivatives[it - values.begin()]);
  }
  return result;
}

/// An `if` like `op` that computes derivatives like `wanted`: each branch is
/// computed again, and `differentiate` builds them from its ops and from what
/// it yields.
static FailureOr<IfOp>
differentiateBranches(IfOp op, Composer &c, ArrayRef<Value> wanted,
                      function_ref<Derivatives(ArrayRef<Operation *> ops,
                                               ArrayRef<Value> yielded)>
                          differentiate) {
  auto result =
      IfOp::create(c, ValueRange(wanted).getTypes(), op.getCondition());
  for (unsigned i = 0; i < 2; ++i) {
    OpBuilder::InsertionGuard guard(c);
    Block &from = op->getRegion(i).front();
    c.createBlock(&result->getRegion(i));
    IRMapping mapping;
    SmallVector<Operation *> ops = cloneOps(c, from, mapping);
    Derivatives found = differentiate(ops, getYielded(from, mapping));
    if (failed(found))
      return failure();
    YieldOp::create(c, *found);
  }
  return result;
}

static SmallVector<Value> orZerosLike(Composer &c, ArrayRef<Value> derivatives,
                                      ArrayRef<Value> values) {
  SmallVector<Value> all;
  for (auto [derivative, value] : llvm::zip_equal(derivatives, values))
    all.push_back(orZeros(c, derivative, value));
  return all;
}

namespace {
struct IfDerivative
    : DifferentiableOpInterface::ExternalModel<IfDerivative, IfOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    FailureOr<SmallVector<Value>> captured = getCaptured(op);
    if (failed(captured))
      return failure();
    FailureOr<IfOp> result = differentiateBranches(
        cast<IfOp>(op), c, *captured,
        [&](ArrayRef<Operation *> ops, ArrayRef<Value> yielded) -> Derivatives {
          Derivatives found = tenon::pullBack(
              c, ops, pairUp(c, yielded, cotangents), *captured);
          if (failed(found))
            return failure();
          return orZerosLike(c, *found, *captured);
        });
    if (failed(result))
      return failure();
    return arrange(op, *captured, result->getResults());
  }

  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    SmallVector<Value> wanted = getDifferentiable(op->getResults());
    FailureOr<IfOp> result = differentiateBranches(
        cast<IfOp>(op), c, wanted,
        [&](ArrayRef<Operation *> ops, ArrayRef<Value> yielded) -> Derivatives {
          SmallVector<Value> values = getDifferentiable(yielded);
          Derivatives found = tenon::pushForward(
              c, ops, pairUp(c, getOperandsAndCaptured(op), tangents), values);
          if (failed(found))
            return failure();
          return orZerosLike(c, *found, values);
        });
    if (failed(result))
      return failure();
    SmallVector<Value> all(op->getNumResults());
    for (auto [value, derivative] :
         llvm::zip_equal(wanted, result->getResults()))
      all[cast<OpResult>(value).getResultNumber()] = derivative;
    return all;
  }
};
} // namespace

void tenon::attachControlDerivatives(MLIRContext *context) {
  IfOp::attachInterface<IfDerivative>(*context);
  attachScanDerivative(context);
  attachLoopDerivative(context);
}
