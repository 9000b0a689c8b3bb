//===- Scatter.cpp - lowering of scatters ---------------------------------===//

#include "Categories.h"
#include "IndexedElements.h"
#include "Scalars.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"

using namespace mlir;
using namespace tenon;

using Lowered = FailureOr<SmallVector<Value>>;

namespace {
/// Where an update goes, and whether that lies inside the operand.
struct Target {
  SmallVector<Value> position;
  Value isInside;
};

/// Emits the loops of a scatter: updates in row-major order, one by one, since
/// several may fall on the same element.
class ScatterEmitter {
public:
  ScatterEmitter(Operation *op, Combiner combiner, OpBuilder &builder,
                 ValueRange operands, const KernelDims &dims)
      : op(op), combiner(combiner), b(op->getLoc(), builder),
        operands(operands), dims(dims) {}

  Lowered emit(function_ref<Target(ValueRange update)> getTarget);
  /// Adds coordinate `index` of the operand's dimension `axis` to `target`.
  void addCoordinate(Target &target, Value index, int64_t axis);
  Value readIndex(ValueRange position) {
    return tensor::ExtractOp::create(b, operands[1], position);
  }

  Operation *op;
  Combiner combiner;
  ImplicitLocOpBuilder b;
  ValueRange operands;
  const KernelDims &dims;

private:
  Value combine(Value before, Value update);
};
} // namespace

static RankedTensorType getTensor(Value value) {
  return cast<RankedTensorType>(value.getType());
}

void ScatterEmitter::addCoordinate(Target &target, Value index, int64_t axis) {
  Value size = getSize(b, dims, getDim(getTensor(op->getOperand(0)), axis));
  Value zero = arith::ConstantIndexOp::create(b, 0);
  index = arith::IndexCastOp::create(b, b.getIndexType(), index);
  Value isNegative =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, index, zero);
  Value fromEnd = arith::AddIOp::create(b, index, size);
  Value wrapped = arith::SelectOp::create(b, isNegative, fromEnd, index);
  // one unsigned comparison finds both sides
  Value isInside =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ult, wrapped, size);
  target.isInside =
      target.isInside
          ? arith::AndIOp::create(b, target.isInside, isInside).getResult()
          : isInside;
  target.position.push_back(getPosition(b, wrapped, size));
}

Value ScatterEmitter::combine(Value before, Value update) {
  ScalarBuilder scalars(
      b, b.getLoc(),
      getNumberKind(getTensor(op->getOperand(0)).getElementType()));
  switch (combiner) {
  case Combiner::replace:
    return update;
  case Combiner::add:
    return scalars.add(before, update);
  case Combiner::mul:
    return scalars.mul(before, update);
  case Combiner::max:
    return scalars.max(before, update);
  case Combiner::min:
    return scalars.min(before, update);
  }
  llvm_unreachable("all combiners are above");
}

Lowered ScatterEmitter::emit(function_ref<Target(ValueRange)> getTarget) {
  SmallVector<AffineExpr> sizes = getDims(getTensor(op->getOperand(2)));
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  SmallVector<Value> lower(sizes.size(), zero), step(sizes.size(), one), upper;
  for (AffineExpr size : sizes)
    upper.push_back(getSize(b, dims, size));
  scf::LoopNest nest = scf::buildLoopNest(
      b, b.getLoc(), lower, upper, step, operands[0],
      [&](OpBuilder &nested, Location, ValueRange update,
          ValueRange carried) -> scf::ValueVector {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPoint(nested.getInsertionBlock(),
                            nested.getInsertionPoint());
        Target target = getTarget(update);
        Value before =
            tensor::ExtractOp::create(b, carried[0], target.position);
        Value value = tensor::ExtractOp::create(b, operands[2], update);
        Value after = arith::SelectOp::create(b, target.isInside,
                                              combine(before, value), before);
        Value result =
            tensor::InsertOp::create(b, after, carried[0], target.position);
        nested.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
        return {result};
      });
  return SmallVector<Value>{nest.results[0]};
}

namespace {
struct ScatterElementsLowering
    : LinalgLoweringOpInterface::ExternalModel<ScatterElementsLowering,
                                               ScatterElementsOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto scatter = cast<ScatterElementsOp>(op);
    int64_t axis = scatter.getAxis();
    ScatterEmitter emitter(op, scatter.getCombiner(), builder, operands, dims);
    return emitter.emit([&](ValueRange update) {
      Target target;
      emitter.addCoordinate(target, emitter.readIndex(update), axis);
      Value chosen = target.position.pop_back_val();
      llvm::append_range(target.position, update);
      target.position[axis] = chosen;
      return target;
    });
  }
};

struct ScatterNDLowering
    : LinalgLoweringOpInterface::ExternalModel<ScatterNDLowering, ScatterNDOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto scatter = cast<ScatterNDOp>(op);
    RankedTensorType indices = scatter.getIndices().getType();
    ScatterEmitter emitter(op, scatter.getCombiner(), builder, operands, dims);
    return emitter.emit([&](ValueRange update) {
      Target target;
      SmallVector<Value> at(update.take_front(indices.getRank() - 1));
      at.emplace_back();
      for (int64_t i = 0, e = indices.getShape().back(); i < e; ++i) {
        at.back() = arith::ConstantIndexOp::create(emitter.b, i);
        emitter.addCoordinate(target, emitter.readIndex(at), i);
      }
      llvm::append_range(target.position,
                         update.drop_front(indices.getRank() - 1));
      if (!target.isInside)
        target.isInside =
            arith::ConstantOp::create(emitter.b, emitter.b.getBoolAttr(true));
      return target;
    });
  }
};
} // namespace

void tenon::attachScatterLowerings(MLIRContext *context) {
  ScatterElementsOp::attachInterface<ScatterElementsLowering>(*context);
  ScatterNDOp::attachInterface<ScatterNDLowering>(*context);
}
