//===- Selection.cpp - lowering of ops that choose as many as data says ---===//

#include "Categories.h"
#include "IndexedElements.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"

using namespace mlir;
using namespace tenon;

using Lowered = FailureOr<SmallVector<Value>>;

namespace {
/// Emits loops over tensors and scalars.
class LoopBuilder : public ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;
  using Body = function_ref<SmallVector<Value>(Value, ValueRange)>;

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(*this, value);
  }
  Value add(Value a, Value b) { return arith::AddIOp::create(*this, a, b); }
  Value isLess(Value a, Value b) {
    return arith::CmpIOp::create(*this, arith::CmpIPredicate::slt, a, b);
  }
  Value both(Value a, Value b) { return arith::AndIOp::create(*this, a, b); }
  Value read(Value tensor, ValueRange at) {
    return tensor::ExtractOp::create(*this, tensor, at);
  }

  /// From `lower` to `upper`, carrying values.
  SmallVector<Value> loop(Value lower, Value upper, ValueRange carried,
                          Body body) {
    auto loop = scf::ForOp::create(*this, lower, upper, index(1), carried);
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(loop.getBody());
    scf::YieldOp::create(
        *this, body(loop.getInductionVar(), loop.getRegionIterArgs()));
    return llvm::to_vector_of<Value>(loop.getResults());
  }

  /// What `then` makes of `tensor` where the condition holds.
  Value updateIf(Value condition, Value tensor, function_ref<Value()> then) {
    auto branch = scf::IfOp::create(*this, tensor.getType(), condition,
                                    /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(*this, then());
    setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(*this, tensor);
    return branch.getResult(0);
  }

  /// `count`, one more where the condition holds.
  Value countIf(Value condition, Value count) {
    return add(count,
               arith::IndexCastUIOp::create(*this, getIndexType(), condition));
  }
};

struct TruePositionsLowering
    : LinalgLoweringOpInterface::ExternalModel<TruePositionsLowering,
                                               TruePositionsOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto positions = cast<TruePositionsOp>(op);
    auto type = cast<RankedTensorType>(positions.getType());
    LoopBuilder b(op->getLoc(), builder);
    Value size = getSize(
        b, dims,
        getDim(cast<RankedTensorType>(positions.getMask().getType()), 0));
    Value room = getSize(b, dims, getDim(type, 0));
    Value empty = dims.createEmpty(b, b.getLoc(), type);
    return SmallVector<Value>{
        b.loop(b.index(0), size, {empty, b.index(0)},
               [&](Value i, ValueRange carried) -> SmallVector<Value> {
                 Value list = carried[0], count = carried[1];
                 Value isTrue =
                     b.both(b.read(operands[0], i), b.isLess(count, room));
                 list = b.updateIf(isTrue, list, [&]() -> Value {
                   Value number =
                       arith::IndexCastOp::create(b, b.getI64Type(), i);
                   return tensor::InsertOp::create(b, number, list, count);
                 });
                 return {list, b.countIf(isTrue, count)};
               })
            .front()};
  }
};

/// Lowers one op: boxes in the order of their scores, each compared with those
/// taken before.
class SuppressionEmitter {
public:
  SuppressionEmitter(NonMaxSuppressionOp op, OpBuilder &builder,
                     NonMaxSuppressionOp::Adaptor operands,
                     const KernelDims &dims)
      : op(op), b(op.getLoc(), builder), operands(operands), dims(dims) {}

  SmallVector<Value> emit();

private:
  struct Box {
    Value top, left, bottom, right;
  };
  Box readBox(Value batch, Value box);
  Value getArea(const Box &box);
  Value overlaps(const Box &box, const Box &other);
  /// Whether a box of the list's rows from `begin` to `end` overlaps `box`.
  Value overlapsAny(Value batch, const Box &box, Value list, Value begin,
                    Value end);
  SmallVector<Value> considerBox(Value batch, Value kind, Value place,
                                 Value begin, ValueRange carried);
  Value insertRow(Value list, Value row, ValueRange numbers);

  Value sub(Value a, Value c) { return arith::SubFOp::create(b, a, c); }
  Value mul(Value a, Value c) { return arith::MulFOp::create(b, a, c); }
  Value min(Value a, Value c) { return arith::MinimumFOp::create(b, a, c); }
  Value max(Value a, Value c) { return arith::MaximumFOp::create(b, a, c); }
  Value isMore(Value a, Value c) {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, a, c);
  }
  Value number(double value) {
    return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
  }

  NonMaxSuppressionOp op;
  LoopBuilder b;
  NonMaxSuppressionOp::Adaptor operands;
  const KernelDims &dims;
  Value limit, iouThreshold, scoreThreshold, bound;
};
} // namespace

SuppressionEmitter::Box SuppressionEmitter::readBox(Value batch, Value box) {
  auto part = [&](int64_t i) {
    return b.read(operands.getBoxes(), {batch, box, b.index(i)});
  };
  if (!op.getIsCentered())
    return {min(part(0), part(2)), min(part(1), part(3)), max(part(0), part(2)),
            max(part(1), part(3))};
  Value half = number(0.5), width = mul(part(2), half),
        height = mul(part(3), half);
  return {sub(part(1), height), sub(part(0), width),
          arith::AddFOp::create(b, part(1), height),
          arith::AddFOp::create(b, part(0), width)};
}

Value SuppressionEmitter::getArea(const Box &box) {
  return mul(sub(box.bottom, box.top), sub(box.right, box.left));
}

/// Multiplied out, so that boxes without area overlap nothing.
Value SuppressionEmitter::overlaps(const Box &box, const Box &other) {
  Value zero = number(0);
  Value height =
      max(sub(min(box.bottom, other.bottom), max(box.top, other.top)), zero);
  Value width =
      max(sub(min(box.right, other.right), max(box.left, other.left)), zero);
  Value common = mul(height, width);
  Value whole =
      sub(arith::AddFOp::create(b, getArea(box), getArea(other)), common);
  return b.both(isMore(whole, zero),
                isMore(arith::DivFOp::create(b, common, whole), iouThreshold));
}

Value SuppressionEmitter::overlapsAny(Value batch, const Box &box, Value list,
                                      Value begin, Value end) {
  Value no = arith::ConstantOp::create(b, b.getBoolAttr(false));
  return b
      .loop(begin, end, no,
            [&](Value row, ValueRange found) -> SmallVector<Value> {
              Value taken = arith::IndexCastOp::create(
                  b, b.getIndexType(), b.read(list, {row, b.index(2)}));
              return {arith::OrIOp::create(
                  b, found[0], overlaps(box, readBox(batch, taken)))};
            })
      .front();
}

Value SuppressionEmitter::insertRow(Value list, Value row, ValueRange numbers) {
  for (auto [column, value] : llvm::enumerate(numbers))
    list = tensor::InsertOp::create(
        b, arith::IndexCastOp::create(b, b.getI64Type(), value), list,
        ValueRange{row, b.index(column)});
  return list;
}

SmallVector<Value> SuppressionEmitter::considerBox(Value batch, Value kind,
                                                   Value place, Value begin,
                                                   ValueRange carried) {
  Value list = carried[0], count = carried[1];
  Value box = arith::IndexCastOp::create(
      b, b.getIndexType(), b.read(operands.getOrder(), {batch, kind, place}));
  Value score = b.read(operands.getScores(), {batch, kind, box});
  Value taken = arith::SubIOp::create(b, count, begin);
  Value isCandidate =
      b.both(b.both(isMore(score, scoreThreshold), b.isLess(taken, limit)),
             b.isLess(count, bound));
  // nothing to compare with where the box is out already
  Value end = arith::SelectOp::create(b, isCandidate, count, begin);
  Value isCovered = overlapsAny(batch, readBox(batch, box), list, begin, end);
  Value yes = arith::ConstantOp::create(b, b.getBoolAttr(true));
  Value isTaken = b.both(isCandidate, arith::XOrIOp::create(b, isCovered, yes));
  list = b.updateIf(isTaken, list,
                    [&] { return insertRow(list, count, {batch, kind, box}); });
  return {list, b.countIf(isTaken, count)};
}

SmallVector<Value> SuppressionEmitter::emit() {
  limit = arith::IndexCastOp::create(b, b.getIndexType(),
                                     b.read(operands.getLimit(), {}));
  iouThreshold = b.read(operands.getIouThreshold(), {});
  scoreThreshold = b.read(operands.getScoreThreshold(), {});
  bound = getSize(b, dims, op.getBound().getExprs()[0]);
  auto scores = cast<RankedTensorType>(op.getScores().getType());
  SmallVector<Value> sizes = llvm::map_to_vector(
      getDims(scores), [&](AffineExpr dim) { return getSize(b, dims, dim); });
  Value empty = dims.createEmpty(
      b, b.getLoc(), cast<RankedTensorType>(op.getSelected().getType()));
  Value zero = b.index(0);
  SmallVector<Value> results =
      b.loop(zero, sizes[0], {empty, zero}, [&](Value batch, ValueRange outer) {
        return b.loop(zero, sizes[1], outer, [&](Value kind, ValueRange inner) {
          Value begin = inner[1];
          return b.loop(
              zero, sizes[2], inner, [&](Value place, ValueRange carried) {
                return considerBox(batch, kind, place, begin, carried);
              });
        });
      });
  results[1] = tensor::FromElementsOp::create(
      b, RankedTensorType::get({}, b.getI64Type()),
      arith::IndexCastOp::create(b, b.getI64Type(), results[1]).getResult());
  return results;
}

namespace {
struct NonMaxSuppressionLowering
    : LinalgLoweringOpInterface::ExternalModel<NonMaxSuppressionLowering,
                                               NonMaxSuppressionOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto suppression = cast<NonMaxSuppressionOp>(op);
    return SuppressionEmitter(
               suppression, builder,
               NonMaxSuppressionOp::Adaptor(operands, suppression), dims)
        .emit();
  }
};
} // namespace

void tenon::attachSelectionLowerings(MLIRContext *context) {
  TruePositionsOp::attachInterface<TruePositionsLowering>(*context);
  NonMaxSuppressionOp::attachInterface<NonMaxSuppressionLowering>(*context);
}
