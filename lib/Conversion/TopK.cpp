//===- TopK.cpp - lowering of top_k ---------------------------------------===//
//
// A heap of the k best, row by row, whose root is the worst of them (Williams,
// Algorithm 232): most elements are passed by after one comparison, and at the
// end the heap is sorted in place.
//
//===----------------------------------------------------------------------===//

#include "Categories.h"
#include "IndexedElements.h"
#include "Scalars.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"

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
  SmallVector<Value> siftDown(ArrayRef<Value> outer, ValueRange lists,
                              ValueRange element, Value begin, Value count);
  SmallVector<Value> emitRow(ArrayRef<Value> outer, SmallVector<Value> lists);
  SmallVector<Value> at(ArrayRef<Value> outer, Value i);
  /// Elements are pairs of a value and its index.
  SmallVector<Value> read(ArrayRef<Value> outer, ValueRange lists, Value i);
  SmallVector<Value> readOperand(ArrayRef<Value> outer, Value i);
  SmallVector<Value> write(ArrayRef<Value> outer, ValueRange lists, Value i,
                           ValueRange element);
  SmallVector<Value> select(Value condition, ValueRange whenTrue,
                            ValueRange whenFalse);
  Value isBetter(ValueRange a, ValueRange c);
  Value isLess(Value a, Value c) {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, a, c);
  }
  Value add(Value a, Value c) { return arith::AddIOp::create(b, a, c); }
  Value subtract(Value a, Value c) { return arith::SubIOp::create(b, a, c); }
  Value getIndex(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  SmallVector<Value> emitRows(SmallVector<Value> outer, ValueRange lists);

  TopKOp op;
  ImplicitLocOpBuilder b;
  Value operand;
  const KernelDims &dims;
  ScalarBuilder scalars;
  Value size, k, levels;
};
} // namespace

SmallVector<Value>
TopKEmitter::loop(Value upper, ValueRange carried,
                  function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(b, getIndex(0), upper, getIndex(1), carried);
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

SmallVector<Value> TopKEmitter::read(ArrayRef<Value> outer, ValueRange lists,
                                     Value i) {
  SmallVector<Value> place = at(outer, i);
  return {tensor::ExtractOp::create(b, lists[0], place),
          tensor::ExtractOp::create(b, lists[1], place)};
}

SmallVector<Value> TopKEmitter::readOperand(ArrayRef<Value> outer, Value i) {
  return {tensor::ExtractOp::create(b, operand, at(outer, i)),
          arith::IndexCastOp::create(b, b.getI64Type(), i)};
}

SmallVector<Value> TopKEmitter::write(ArrayRef<Value> outer, ValueRange lists,
                                      Value i, ValueRange element) {
  SmallVector<Value> place = at(outer, i);
  return {tensor::InsertOp::create(b, element[0], lists[0], place),
          tensor::InsertOp::create(b, element[1], lists[1], place)};
}

SmallVector<Value> TopKEmitter::select(Value condition, ValueRange whenTrue,
                                       ValueRange whenFalse) {
  SmallVector<Value> results;
  for (auto [a, c] : llvm::zip_equal(whenTrue, whenFalse))
    results.push_back(arith::SelectOp::create(b, condition, a, c));
  return results;
}

/// A total order, so that equal elements keep theirs.
Value TopKEmitter::isBetter(ValueRange a, ValueRange c) {
  scalars.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
  Value isFirst =
      op.getLargest() ? scalars.less(c[0], a[0]) : scalars.less(a[0], c[0]);
  Value isEqual = scalars.equal(a[0], c[0]);
  b.setInsertionPoint(scalars.getInsertionBlock(), scalars.getInsertionPoint());
  return arith::OrIOp::create(
      b, isFirst, arith::AndIOp::create(b, isEqual, isLess(a[1], c[1])));
}

/// Puts an element where place `begin` of the heap's first `count` was, and
/// moves worse ones above it. Where there are none, further levels change
/// nothing.
SmallVector<Value> TopKEmitter::siftDown(ArrayRef<Value> outer,
                                         ValueRange lists, ValueRange element,
                                         Value begin, Value count) {
  SmallVector<Value> results = loop(
      levels, {lists[0], lists[1], begin},
      [&](Value, ValueRange carried) -> SmallVector<Value> {
        ValueRange heap = carried.take_front(2);
        Value place = carried[2], twice = add(place, place);
        Value left = add(twice, getIndex(1)), right = add(twice, getIndex(2));
        Value hasLeft = isLess(left, count);
        left = arith::SelectOp::create(b, hasLeft, left, place);
        right = arith::SelectOp::create(b, isLess(right, count), right, left);
        SmallVector<Value> child = read(outer, heap, left),
                           other = read(outer, heap, right);
        Value isOther = isBetter(child, other);
        child = select(isOther, other, child);
        Value childPlace = arith::SelectOp::create(b, isOther, right, left);
        Value moves =
            arith::AndIOp::create(b, hasLeft, isBetter(element, child));
        SmallVector<Value> next =
            write(outer, heap, place, select(moves, child, element));
        next.push_back(arith::SelectOp::create(b, moves, childPlace, place));
        return next;
      });
  return write(outer, ArrayRef(results).take_front(2), results[2], element);
}

SmallVector<Value> TopKEmitter::emitRow(ArrayRef<Value> outer,
                                        SmallVector<Value> lists) {
  // the first k, in heap order from the last parent up
  lists = loop(k, lists, [&](Value i, ValueRange heap) {
    return write(outer, heap, i, readOperand(outer, i));
  });
  Value parents = arith::DivUIOp::create(b, k, getIndex(2));
  lists = loop(parents, lists, [&](Value i, ValueRange heap) {
    Value place = subtract(subtract(parents, getIndex(1)), i);
    return siftDown(outer, heap, read(outer, heap, place), place, k);
  });
  // others in place of the worst, if there is one
  Value others = arith::SelectOp::create(b, isLess(getIndex(0), k),
                                         subtract(size, k), getIndex(0));
  lists = loop(others, lists, [&](Value i, ValueRange heap) {
    SmallVector<Value> element = readOperand(outer, add(k, i));
    Value enters = isBetter(element, read(outer, heap, getIndex(0)));
    auto branch = scf::IfOp::create(b, TypeRange(heap), enters,
                                    /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(b, siftDown(outer, heap, element, getIndex(0), k));
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(b, heap);
    return llvm::to_vector_of<Value>(branch.getResults());
  });
  // the worst goes behind the heap that is left
  Value last = subtract(k, getIndex(1));
  return loop(last, lists, [&](Value i, ValueRange heap) {
    Value end = subtract(last, i);
    SmallVector<Value> worst = read(outer, heap, getIndex(0)),
                       element = read(outer, heap, end);
    return siftDown(outer, write(outer, heap, end, worst), element, getIndex(0),
                    end);
  });
}

SmallVector<Value> TopKEmitter::emitRows(SmallVector<Value> outer,
                                         ValueRange lists) {
  RankedTensorType type = op.getOperand().getType();
  if (int64_t(outer.size()) == type.getRank() - 1)
    return emitRow(outer, lists);
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
  // as many as k has binary digits
  Value digits = math::CountLeadingZerosOp::create(
      b, arith::IndexCastOp::create(b, b.getI64Type(), k));
  levels = subtract(getIndex(64),
                    arith::IndexCastOp::create(b, b.getIndexType(), digits));
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
