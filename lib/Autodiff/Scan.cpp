//===- Scan.cpp - derivatives of scans ------------------------------------===//

#include "Rounds.h"

using namespace mlir;
using namespace tenon;

namespace {
/// What the reverse of a scan needs of its rounds.
struct Record {
  SmallVector<TapedValue> tape;
  SmallVector<KeptResult> kept;
};
} // namespace

/// Ops of a body whose results cost more to compute again than to read:
/// products and other sums.
static SmallVector<Operation *> getDearOps(Block &body) {
  SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator())
    if (isa<CostOpInterface>(op) && op.getNumRegions() == 0 &&
        op.getNumResults() == 1 &&
        isDifferentiable(op.getResult(0).getType()) &&
        hasKnownSizes(getTensorTypeOf(op.getResult(0))))
      ops.push_back(&op);
  return ops;
}

/// The carried values at the beginning of each round, stacked, and what is dear
/// of its insides. The scan is run again for it in place of the first one,
/// which nothing reads from here on; what the reverse does not read is not
/// stacked (canonicalization).
static FailureOr<Record> record(ScanOp scan) {
  Composer c(scan.getLoc(), OpBuilder(scan));
  unsigned numCarried = scan.getNumCarried();
  Block &from = scan.getBody().front();
  SmallVector<Operation *> dear = getDearOps(from);
  ScanBuilder builder(c, scan.getLength());
  for (Value init : scan.getInits())
    builder.carry(init);
  for (auto [index, input] : llvm::enumerate(scan.getInputs()))
    builder.walk(input, scan.isInputReversed(index));
  ValueRange yields = from.getTerminator()->getOperands();
  for (auto [index, slice] : llvm::enumerate(yields.drop_front(numCarried)))
    builder.stack(slice.getType(), scan.isStackedReversed(index));
  for (Type type : scan.getInits().getTypes())
    builder.stack(type, /*isReversed=*/false);
  for (Operation *op : dear)
    builder.stack(op->getResult(0).getType(), /*isReversed=*/false);
  Derivatives results =
      builder.build([&](Composer &c, ValueRange arguments) -> Derivatives {
        IRMapping mapping;
        mapping.map(from.getArguments(), arguments);
        cloneOps(c, from, mapping);
        SmallVector<Value> yielded = getYielded(from, mapping);
        llvm::append_range(yielded, arguments.take_front(numCarried));
        for (Operation *op : dear)
          yielded.push_back(mapping.lookup(op->getResult(0)));
        return yielded;
      });
  if (failed(results))
    return failure();
  scan->replaceAllUsesWith(ArrayRef(*results).take_front(scan.getNumResults()));
  ArrayRef<Value> taped = ArrayRef(*results).drop_front(scan.getNumResults());
  Record record;
  for (Value states : taped.take_front(numCarried))
    record.tape.push_back({states, {}, {}});
  for (auto [op, all] : llvm::zip_equal(dear, taped.drop_front(numCarried)))
    record.kept.push_back({op, all});
  return record;
}

namespace {
struct ScanDerivative
    : DifferentiableOpInterface::ExternalModel<ScanDerivative, ScanOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    auto scan = cast<ScanOp>(op);
    auto recorded = record(scan);
    if (failed(recorded))
      return failure();
    return pullBackRounds(c, scan, recorded->tape, recorded->kept, cotangents);
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const;
};
} // namespace

/// The tangents are carried, walked and stacked beside the values.
Derivatives ScanDerivative::pushForward(Operation *op, Composer &c,
                                        ValueRange tangents) const {
  auto scan = cast<ScanOp>(op);
  unsigned numCarried = scan.getNumCarried();
  Block &from = scan.getBody().front();
  ScanBuilder builder(c, scan.getLength());
  auto tangentOf = [&](unsigned index) {
    return orZeros(c, tangents[index], op->getOperand(index));
  };
  SmallVector<Value> arguments = llvm::to_vector_of<Value>(from.getArguments());
  for (Value init : scan.getInits())
    builder.carry(init);
  for (unsigned i = 0; i < numCarried; ++i)
    if (isDifferentiable(arguments[i].getType()))
      builder.carry(tangentOf(i));
  for (auto [index, input] : llvm::enumerate(scan.getInputs()))
    builder.walk(input, scan.isInputReversed(index));
  for (unsigned i = numCarried; i < arguments.size(); ++i)
    if (isDifferentiable(arguments[i].getType()))
      builder.walk(tangentOf(i), scan.isInputReversed(i - numCarried));
  ValueRange stacked =
      from.getTerminator()->getOperands().drop_front(numCarried);
  for (auto [index, slice] : llvm::enumerate(stacked))
    if (isDifferentiable(slice.getType()))
      builder.stack(slice.getType(), scan.isStackedReversed(index));

  SmallVector<Value> carried =
      getDifferentiable(ArrayRef(arguments).take_front(numCarried));
  auto write = [&](Composer &c, ValueRange all) -> Derivatives {
    unsigned numInputs = arguments.size() - numCarried;
    SmallVector<Value> primal(all.take_front(numCarried)), derivative;
    llvm::append_range(primal,
                       all.slice(numCarried + carried.size(), numInputs));
    derivative.append(llvm::to_vector(all.slice(numCarried, carried.size())));
    llvm::append_range(derivative,
                       all.drop_front(numCarried + carried.size() + numInputs));
    return pushForwardRound(c, op, primal, derivative, tangents,
                            /*numKept=*/numCarried);
  };
  Derivatives results = builder.build(write);
  if (failed(results))
    return failure();
  ArrayRef<Value> derivatives = ArrayRef(*results).drop_front(numCarried);
  SmallVector<Value> all;
  unsigned next = 0;
  for (Value value : op->getResults())
    all.push_back(isDifferentiable(value.getType()) ? derivatives[next++]
                                                    : Value());
  return all;
}

void tenon::attachScanDerivative(MLIRContext *context) {
  ScanOp::attachInterface<ScanDerivative>(*context);
}
