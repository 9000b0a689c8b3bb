//===- ScalarCost.cpp - what a scalar function costs ----------------------===//

#include "tenon/Dialect/Tenon/IR/ScalarCost.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/KernelDims.h"
#include "tenon/Target/MachineModel.h"

using namespace mlir;
using namespace tenon;

ScalarCost &ScalarCost::operator+=(const ScalarCost &other) {
  simpleOps += other.simpleOps;
  accesses += other.accesses;
  lookups += other.lookups;
  regions += other.regions;
  return *this;
}

int64_t ScalarCost::getAccesses() const {
  return accesses + lookups * MachineModel::kLookupAccesses;
}

bool ScalarCost::isCheap() const {
  // a lookup is a load, in place of the one that is saved
  return accesses == 0 && regions == 0 &&
         simpleOps + lookups <= MachineModel::kMaxHiddenOps;
}

/// Whether `op` is a function of libm, or an instruction that takes as long (a
/// root), and not one of those that vectors have.
static bool isFunction(Operation *op) {
  return isa<arith::RemFOp>(op) ||
         (isa_and_present<math::MathDialect>(op->getDialect()) &&
          !isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp,
               math::FloorOp, math::FmaOp, math::RoundEvenOp, math::TruncOp>(
              op));
}

/// Whether `op` divides; by a power of two that is a shift where there is no
/// sign.
static bool isDivision(Operation *op) {
  APInt divisor;
  if (isa<arith::DivUIOp, arith::RemUIOp>(op))
    return !matchPattern(op->getOperand(1), m_ConstantInt(&divisor)) ||
           !divisor.isPowerOf2();
  return isa<arith::DivFOp, arith::DivSIOp, arith::RemSIOp, arith::CeilDivSIOp,
             arith::CeilDivUIOp, arith::FloorDivSIOp>(op);
}

static ScalarCost getCost(Operation *op) {
  ScalarCost cost;
  cost.regions = op->getNumRegions();
  // half floats become wide as they are loaded
  if (op->hasTrait<OpTrait::ConstantLike>() || isa<arith::ExtFOp>(op))
    return cost;
  if (isFunction(op))
    cost.accesses = MachineModel::kFunctionAccesses;
  else if (isDivision(op))
    cost.accesses = MachineModel::kDivisionAccesses;
  else if (isa<tensor::ExtractOp>(op))
    cost.lookups = 1;
  else
    cost.simpleOps = 1;
  return cost;
}

ScalarCost tenon::getScalarCost(Block &body) {
  ScalarCost cost;
  for (Operation &op : body)
    if (!op.hasTrait<OpTrait::IsTerminator>())
      cost += getCost(&op);
  return cost;
}

ScalarCost tenon::getScalarCost(ElementwiseOpInterface op) {
  Region region;
  Block &body = region.emplaceBlock();
  for (Type type : op->getOperandTypes())
    body.addArgument(
        getKernelType(cast<RankedTensorType>(type)).getElementType(),
        op.getLoc());
  OpBuilder builder(op.getContext());
  builder.setInsertionPointToEnd(&body);
  op.emitScalar(builder, op.getLoc(), body.getArguments());
  return getScalarCost(body);
}
