//===- Control.cpp - derivatives of branches and loops --------------------===//

#include "Activity.h"
#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

/// Clones the ops of `block` at `builder`; null mappings of its arguments are
/// the caller's to set before.
static SmallVector<Operation *> cloneOps(OpBuilder &builder, Block &block,
                                         IRMapping &mapping) {
  SmallVector<Operation *> clones;
  for (Operation &op : block.without_terminator())
    clones.push_back(builder.clone(op, mapping));
  return clones;
}

static SmallVector<Value> getYielded(Block &block, const IRMapping &mapping) {
  return llvm::map_to_vector(
      block.getTerminator()->getOperands(),
      [&](Value value) { return mapping.lookupOrDefault(value); });
}

static SmallVector<ValueAndDerivative> pairUp(ArrayRef<Value> values,
                                              ValueRange derivatives) {
  SmallVector<ValueAndDerivative> pairs;
  for (auto [value, derivative] : llvm::zip_equal(values, derivatives))
    pairs.push_back({value, derivative});
  return pairs;
}

static Value orZeros(Composer &c, Value derivative, Value like) {
  return derivative ? derivative : c.zeros(getTensorTypeOf(like));
}

/// Values that the regions of `op` use from outside and that have derivatives.
static SmallVector<Value> getCaptured(Operation *op) {
  return getDifferentiable(
      ArrayRef(getOperandsAndCaptured(op)).drop_front(op->getNumOperands()));
}

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

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// An `if` like `op` that computes derivatives like `wanted`: each branch is
/// computed again, and `differentiate` builds them from its ops and from what
/// it yields.
static FailureOr<IfOp> differentiateBranches(
    IfOp op, Composer &c, ArrayRef<Value> wanted,
    function_ref<FailureOr<SmallVector<Value>>(ArrayRef<Operation *> ops,
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
    FailureOr<SmallVector<Value>> found =
        differentiate(ops, getYielded(from, mapping));
    if (failed(found))
      return failure();
    for (auto [derivative, value] : llvm::zip_equal(*found, wanted))
      derivative = orZeros(c, derivative, value);
    YieldOp::create(c, *found);
  }
  return result;
}

namespace {
struct IfDerivative
    : DifferentiableOpInterface::ExternalModel<IfDerivative, IfOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    SmallVector<Value> captured = getCaptured(op);
    FailureOr<IfOp> result = differentiateBranches(
        cast<IfOp>(op), c, captured,
        [&](ArrayRef<Operation *> ops, ArrayRef<Value> yielded) {
          return tenon::pullBack(c, ops, pairUp(yielded, cotangents), captured);
        });
    if (failed(result))
      return failure();
    return arrange(op, captured, result->getResults());
  }

  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    SmallVector<Value> wanted = getDifferentiable(op->getResults());
    FailureOr<IfOp> result = differentiateBranches(
        cast<IfOp>(op), c, wanted,
        [&](ArrayRef<Operation *> ops, ArrayRef<Value> yielded) {
          return tenon::pushForward(
              c, ops, pairUp(getOperandsAndCaptured(op), tangents),
              getDifferentiable(yielded));
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

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

/// A scan under construction: what it carries, what it walks, what it stacks.
class ScanBuilder {
public:
  ScanBuilder(Composer &c, DimsAttr length) : c(c), length(length) {}

  void carry(Value init) { inits.push_back(init); }
  void walk(Value input, bool isReversed) {
    inputs.push_back(input);
    inputReversed.push_back(isReversed);
  }
  void stack(Type slice, bool isReversed) {
    auto type = cast<RankedTensorType>(slice);
    SmallVector<AffineExpr> dims = getDims(type);
    dims.insert(dims.begin(), length.getExprs()[0]);
    stacked.push_back(getTensorType(dims, type.getElementType()));
    stackedReversed.push_back(isReversed);
  }

  /// Makes the op, and a body that `write` fills: it gets the arguments, and
  /// returns what to yield.
  FailureOr<ScanOp>
  build(function_ref<FailureOr<SmallVector<Value>>(Composer &, ValueRange)>
            write);

private:
  Composer &c;
  DimsAttr length;
  SmallVector<Value> inits, inputs;
  SmallVector<Type> stacked;
  SmallVector<bool> inputReversed, stackedReversed;
};
} // namespace

FailureOr<ScanOp> ScanBuilder::build(
    function_ref<FailureOr<SmallVector<Value>>(Composer &, ValueRange)> write) {
  SmallVector<Type> types(ValueRange(inits).getTypes()), arguments = types;
  llvm::append_range(types, stacked);
  for (Value input : inputs) {
    RankedTensorType type = getTensorTypeOf(input);
    arguments.push_back(getTensorType(ArrayRef(getDims(type)).drop_front(),
                                      type.getElementType()));
  }
  SmallVector<bool> reverse = inputReversed;
  llvm::append_range(reverse, stackedReversed);
  auto scan = ScanOp::create(c, types, inits, inputs, length, reverse);
  OpBuilder::InsertionGuard guard(c);
  Block *body =
      c.createBlock(&scan.getBody(), {}, arguments,
                    SmallVector<Location>(arguments.size(), c.getLoc()));
  FailureOr<SmallVector<Value>> yielded = write(c, body->getArguments());
  if (failed(yielded))
    return failure();
  YieldOp::create(c, *yielded);
  return scan;
}

/// The carried values at the beginning of each round, stacked: the tape. The
/// scan is run again for it in place of the first one, which nothing reads
/// from here on.
static FailureOr<SmallVector<Value>> recordCarried(ScanOp scan) {
  Composer c(scan.getLoc(), OpBuilder(scan));
  unsigned numCarried = scan.getNumCarried();
  Block &from = scan.getBody().front();
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
  FailureOr<ScanOp> recorded =
      builder.build([&](Composer &c, ValueRange arguments) {
        IRMapping mapping;
        mapping.map(from.getArguments(), arguments);
        cloneOps(c, from, mapping);
        SmallVector<Value> yielded = getYielded(from, mapping);
        llvm::append_range(yielded, arguments.take_front(numCarried));
        return FailureOr<SmallVector<Value>>(yielded);
      });
  if (failed(recorded))
    return failure();
  ValueRange results = recorded->getResults();
  scan->replaceAllUsesWith(results.take_front(scan.getNumResults()));
  return llvm::to_vector(results.drop_front(scan.getNumResults()));
}

namespace {
/// Backwards through the rounds. Each computes its forward part again, from the
/// carried values that the tape kept: memory is theirs, not that of all
/// intermediate results.
struct ScanDerivative
    : DifferentiableOpInterface::ExternalModel<ScanDerivative, ScanOp> {
  Derivatives pullBack(Operation *op, Composer &c, ValueRange cotangents) const;
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const;
};
} // namespace

Derivatives ScanDerivative::pullBack(Operation *op, Composer &c,
                                     ValueRange cotangents) const {
  auto scan = cast<ScanOp>(op);
  unsigned numCarried = scan.getNumCarried();
  Block &from = scan.getBody().front();
  SmallVector<Value> captured = getCaptured(op);
  SmallVector<Value> carried = getDifferentiable(scan.getInits()),
                     walked = getDifferentiable(scan.getInputs());
  FailureOr<SmallVector<Value>> tape = recordCarried(scan);
  if (failed(tape))
    return failure();

  ScanBuilder builder(c, scan.getLength());
  for (unsigned i = 0; i < numCarried; ++i)
    if (isDifferentiable(scan.getInits()[i].getType()))
      builder.carry(orZeros(c, cotangents[i], scan.getInits()[i]));
  for (Value value : captured)
    builder.carry(c.zeros(getTensorTypeOf(value)));
  for (Value states : *tape)
    builder.walk(states, /*isReversed=*/true);
  for (auto [index, input] : llvm::enumerate(scan.getInputs()))
    builder.walk(input, !scan.isInputReversed(index));
  SmallVector<unsigned> seeded; // stacked results that have a cotangent
  for (unsigned i = 0; i < scan.getNumStacked(); ++i)
    if (cotangents[numCarried + i]) {
      seeded.push_back(i);
      builder.walk(cotangents[numCarried + i], !scan.isStackedReversed(i));
    }
  for (auto [index, input] : llvm::enumerate(scan.getInputs()))
    if (isDifferentiable(input.getType()))
      builder.stack(from.getArgument(numCarried + index).getType(),
                    !scan.isInputReversed(index));

  auto write = [&](Composer &c,
                   ValueRange arguments) -> FailureOr<SmallVector<Value>> {
    unsigned at = 0;
    auto take = [&](unsigned count) {
      ValueRange taken = arguments.slice(at, count);
      at += count;
      return taken;
    };
    ValueRange ofCarried = take(carried.size()), sums = take(captured.size()),
               states = take(from.getNumArguments()),
               ofStacked = take(seeded.size());
    IRMapping mapping;
    mapping.map(from.getArguments(), states);
    SmallVector<Operation *> ops = cloneOps(c, from, mapping);
    SmallVector<Value> yielded = getYielded(from, mapping);
    SmallVector<ValueAndDerivative> seeds = pairUp(
        getDifferentiable(ArrayRef(yielded).take_front(numCarried)), ofCarried);
    for (auto [index, cotangent] : llvm::zip_equal(seeded, ofStacked))
      seeds.push_back({yielded[numCarried + index], cotangent});
    SmallVector<Value> wanted = getDifferentiable(states);
    llvm::append_range(wanted, captured);
    FailureOr<SmallVector<Value>> found =
        tenon::pullBack(c, ops, seeds, wanted);
    if (failed(found))
      return failure();
    ArrayRef<Value> all(*found);
    SmallVector<Value> next;
    for (unsigned i = 0; i < carried.size(); ++i)
      next.push_back(orZeros(c, all[i], wanted[i]));
    for (auto [sum, part] :
         llvm::zip_equal(sums, all.take_back(captured.size())))
      next.push_back(c.addIfAny(sum, part));
    for (unsigned i = carried.size(); i < carried.size() + walked.size(); ++i)
      next.push_back(orZeros(c, all[i], wanted[i]));
    return next;
  };
  FailureOr<ScanOp> backward = builder.build(write);
  if (failed(backward))
    return failure();

  // results: cotangents of carried, of captured, of walked values
  SmallVector<Value> results(backward->getResults());
  SmallVector<Value> result;
  unsigned next = 0;
  for (Value init : scan.getInits())
    result.push_back(isDifferentiable(init.getType()) ? results[next++]
                                                      : Value());
  unsigned firstWalked = carried.size() + captured.size();
  for (Value input : scan.getInputs())
    result.push_back(isDifferentiable(input.getType()) ? results[firstWalked++]
                                                       : Value());
  SmallVector<Value> operands = getOperandsAndCaptured(op);
  for (Value value : ArrayRef(operands).drop_front(op->getNumOperands()))
    result.push_back(isDifferentiable(value.getType()) ? results[next++]
                                                       : Value());
  return result;
}

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
  auto write = [&](Composer &c,
                   ValueRange all) -> FailureOr<SmallVector<Value>> {
    unsigned numInputs = arguments.size() - numCarried;
    SmallVector<Value> primal(all.take_front(numCarried)), derivative;
    llvm::append_range(primal,
                       all.slice(numCarried + carried.size(), numInputs));
    derivative.append(llvm::to_vector(all.slice(numCarried, carried.size())));
    llvm::append_range(derivative,
                       all.drop_front(numCarried + carried.size() + numInputs));
    IRMapping mapping;
    mapping.map(from.getArguments(), primal);
    SmallVector<Operation *> ops = cloneOps(c, from, mapping);
    SmallVector<ValueAndDerivative> given =
        pairUp(getDifferentiable(primal), derivative);
    SmallVector<Value> captured = getOperandsAndCaptured(op);
    for (unsigned i = op->getNumOperands(); i < captured.size(); ++i)
      given.push_back({captured[i], tangents[i]});
    SmallVector<Value> yielded = getYielded(from, mapping);
    SmallVector<Value> wanted = getDifferentiable(yielded);
    FailureOr<SmallVector<Value>> found =
        tenon::pushForward(c, ops, given, wanted);
    if (failed(found))
      return failure();
    SmallVector<Value> next(ArrayRef(yielded).take_front(numCarried));
    for (auto [value, tangent] : llvm::zip_equal(wanted, *found))
      next.push_back(orZeros(c, tangent, value));
    return next;
  };
  FailureOr<ScanOp> result = builder.build(write);
  if (failed(result))
    return failure();
  SmallVector<Value> derivatives(result->getResults().drop_front(numCarried));
  SmallVector<Value> all;
  unsigned next = 0;
  for (Value value : op->getResults())
    all.push_back(isDifferentiable(value.getType()) ? derivatives[next++]
                                                    : Value());
  return all;
}

void tenon::attachControlDerivatives(MLIRContext *context) {
  IfOp::attachInterface<IfDerivative>(*context);
  ScanOp::attachInterface<ScanDerivative>(*context);
}
