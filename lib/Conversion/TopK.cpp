//===- TopK.cpp - lowering of top_k ---------------------------------------===//
//
// Insertion into a list of the k best, row by row: k is small where it matters,
// and a list that stays in order passes most elements by.
//
//===----------------------------------------------------------------------===//

#include "Categories.h"
#include "IndexedElements.h"
#include "Scalars.h"

using namespace mlir;
using namespace tenon;

namespace {
class TopKEmitter {
public:
  TopKEmitter(TopKOp op, OpBuilder &builder, Value operand,
              const KernelDims &dims)
      : op(op), b(op.getLoc(), builder), operand(operand), dims(dims),
        scalars(b, b.getLoc(),
                getNumberKind(op.getOperand().getType().getElementType())) {}

  SmallVector<Value> emit();

private:
  /// A loop from 0 to `upper` that carries tensors and scalars.
  SmallVector<Value>
  loop(Value upper, ValueRange carried,
       function_ref<SmallVector<Value>(Value, ValueRange)> body);
  SmallVector<Value> insertElement(ArrayRef<Value> outer, Value i,
                                   ValueRange lists);
  SmallVector<Value> at(ArrayRef<Value> outer, Value i);
  Value isBetter(Value a, Value indexA, Value c, Value indexC);
  SmallVector<Value> emitRows(SmallVector<Value> outer, ValueRange lists);

  TopKOp op;
  ImplicitLocOpBuilder b;
  Value operand;
  const KernelDims &dims;
  ScalarBuilder scalars;
  Value size, k;
};
} // namespace

SmallVector<Value>
TopKEmitter::loop(Value upper, ValueRange carried,
                  function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, arith::ConstantIndexOp::create(b, 0), upper,
                                 arith::ConstantIndexOp::create(b, 1), carried);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> results =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(b, results);
  return llvm::to_vector_of<Value>(loop.getResults());
}

SmallVector<Value> TopKEmitter::at(ArrayRef<Value> outer, Value i) {
  SmallVector<Value> position(outer);
  position.insert(position.begin() + op.getAxis(), i);
  return position;
}

/// A total order, so that equal elements keep theirs.
Value TopKEmitter::isBetter(Value a, Value indexA, Value c, Value indexC) {
  scalars.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
  Value isFirst = op.getLargest() ? scalars.less(c, a) : scalars.less(a, c);
  Value isEqual = scalars.equal(a, c);
  b.setInsertionPoint(scalars.getInsertionBlock(), scalars.getInsertionPoint());
  Value isEarlier =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, indexA, indexC);
  return arith::OrIOp::create(b, isFirst,
                              arith::AndIOp::create(b, isEqual, isEarlier));
}

/// Passes element `i` along the list: it takes the first place where it is
/// better, and what was there goes on.
SmallVector<Value> TopKEmitter::insertElement(ArrayRef<Value> outer, Value i,
                                              ValueRange lists) {
  Value value = tensor::ExtractOp::create(b, operand, at(outer, i));
  Value index = arith::IndexCastOp::create(b, b.getI64Type(), i);
  Value filled =
      arith::AddIOp::create(b, i, arith::ConstantIndexOp::create(b, 1));
  Value end = arith::MinSIOp::create(b, filled, k);
  SmallVector<Value> results =
      loop(end, {lists[0], lists[1], value, index},
           [&](Value j, ValueRange carried) -> SmallVector<Value> {
             SmallVector<Value> place = at(outer, j);
             Value held = tensor::ExtractOp::create(b, carried[0], place);
             Value heldIndex = tensor::ExtractOp::create(b, carried[1], place);
             // place i is still empty
             Value isEmpty =
                 arith::CmpIOp::create(b, arith::CmpIPredicate::eq, i, j);
             Value takes = arith::OrIOp::create(
                 b, isEmpty, isBetter(carried[2], carried[3], held, heldIndex));
             auto select = [&](Value whenTaken, Value otherwise) -> Value {
               return arith::SelectOp::create(b, takes, whenTaken, otherwise);
             };
             Value values = tensor::InsertOp::create(
                 b, select(carried[2], held), carried[0], place);
             Value indices = tensor::InsertOp::create(
                 b, select(carried[3], heldIndex), carried[1], place);
             return {values, indices, select(held, carried[2]),
                     select(heldIndex, carried[3])};
           });
  return {results[0], results[1]};
}

SmallVector<Value> TopKEmitter::emitRows(SmallVector<Value> outer,
                                         ValueRange lists) {
  RankedTensorType type = op.getOperand().getType();
  if (int64_t(outer.size()) == type.getRank() - 1)
    return loop(size, lists, [&](Value i, ValueRange carried) {
      return insertElement(outer, i, carried);
    });
  int64_t axis = op.getAxis(), dim = outer.size();
  Value count = getSize(b, dims, getDim(type, dim < axis ? dim : dim + 1));
  return loop(count, lists, [&](Value i, ValueRange carried) {
    SmallVector<Value> inner(outer);
    inner.push_back(i);
    return emitRows(inner, carried);
  });
}

SmallVector<Value> TopKEmitter::emit() {
  size = getSize(b, dims, getDim(op.getOperand().getType(), op.getAxis()));
  k = getSize(b, dims, op.getK().getExprs()[0]);
  SmallVector<Value> lists;
  for (Value result : op->getResults())
    lists.push_back(dims.createEmpty(b, b.getLoc(),
                                     cast<RankedTensorType>(result.getType())));
  return emitRows({}, lists);
}

namespace {
struct TopKLowering
    : LinalgLoweringOpInterface::ExternalModel<TopKLowering, TopKOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    return TopKEmitter(cast<TopKOp>(op), builder, operands[0], dims).emit();
  }
};
} // namespace

void tenon::attachTopKLowerings(MLIRContext *context) {
  TopKOp::attachInterface<TopKLowering>(*context);
}
