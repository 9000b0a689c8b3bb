//===- Rounds.cpp - derivatives of what runs again and again --------------===//

#include "Rounds.h"
#include "Movement.h"
#include "tenon/Dialect/Tenon/IR/Rounds.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/Transforms/ReplaceDimSymbols.h"

using namespace mlir;
using namespace tenon;

SmallVector<Operation *> tenon::cloneOps(OpBuilder &builder, Block &block,
                                         IRMapping &mapping) {
  SmallVector<Operation *> clones;
  for (Operation &op : block.without_terminator())
    clones.push_back(builder.clone(op, mapping));
  renameBoundDims(clones);
  return clones;
}

SmallVector<Value> tenon::getYielded(Block &block, const IRMapping &mapping) {
  return llvm::map_to_vector(
      block.getTerminator()->getOperands(),
      [&](Value value) { return mapping.lookupOrDefault(value); });
}

SmallVector<ValueAndDerivative>
tenon::pairUp(Composer &c, ArrayRef<Value> values, ValueRange derivatives) {
  SmallVector<ValueAndDerivative> pairs;
  for (auto [value, derivative] : llvm::zip_equal(values, derivatives)) {
    Value same = derivative;
    if (derivative && hasKnownSizes(getTensorTypeOf(value)))
      same = c.reshape(derivative, getDims(getTensorTypeOf(value)));
    pairs.push_back({value, same});
  }
  return pairs;
}

Value tenon::orZeros(Composer &c, Value derivative, Value like) {
  return derivative ? derivative : c.zeros(getTensorTypeOf(like));
}

FailureOr<SmallVector<Value>> tenon::getCaptured(Operation *op) {
  SmallVector<Value> captured = getDifferentiable(
      ArrayRef(getOperandsAndCaptured(op)).drop_front(op->getNumOperands()));
  for (Value value : captured)
    if (!hasKnownSizes(getTensorTypeOf(value)))
      return op->emitOpError("expects values of known sizes from outside, to "
                             "have a derivative, got ")
             << value.getType();
  return captured;
}

Derivatives tenon::pushForwardRound(Composer &c, Operation *op,
                                    ValueRange primal, ValueRange derivatives,
                                    ValueRange tangents, unsigned numKept) {
  Block &from = op->getRegion(0).front();
  IRMapping mapping;
  mapping.map(from.getArguments(), primal);
  SmallVector<Operation *> ops = cloneOps(c, from, mapping);
  SmallVector<ValueAndDerivative> given =
      pairUp(c, getDifferentiable(primal), derivatives);
  SmallVector<Value> outside = getOperandsAndCaptured(op);
  for (size_t i = op->getNumOperands(); i < outside.size(); ++i)
    given.push_back({outside[i], tangents[i]});
  SmallVector<Value> yielded = getYielded(from, mapping);
  SmallVector<Value> wanted = getDifferentiable(yielded);
  Derivatives found = tenon::pushForward(c, ops, given, wanted);
  if (failed(found))
    return failure();
  SmallVector<Value> next(ArrayRef(yielded).take_front(numKept));
  for (auto [value, tangent] : llvm::zip_equal(wanted, *found))
    next.push_back(orZeros(c, tangent, value));
  return next;
}

AffineExpr tenon::bindSize(Composer &c, Value scalar) {
  AffineExpr symbol = getFreshDimSymbol(c.getContext(), "round");
  BindDimOp::create(c, scalar, 0, DimsAttr::get(c.getContext(), symbol),
                    DimsAttr());
  return symbol;
}

//===----------------------------------------------------------------------===//
// ScanBuilder
//===----------------------------------------------------------------------===//

void ScanBuilder::stack(Type slice, bool isReversed) {
  auto type = cast<RankedTensorType>(slice);
  SmallVector<AffineExpr> dims = getDims(type);
  dims.insert(dims.begin(), length.getExprs()[0]);
  stacked.push_back(getTensorType(dims, type.getElementType()));
  stackedReversed.push_back(isReversed);
}

Derivatives
ScanBuilder::build(function_ref<Derivatives(Composer &, ValueRange)> write) {
  SmallVector<Type> types = carried, arguments = carried;
  llvm::append_range(types, stacked);
  for (Value input : inputs) {
    RankedTensorType type = getTensorTypeOf(input);
    arguments.push_back(getTensorType(ArrayRef(getDims(type)).drop_front(),
                                      type.getElementType()));
  }
  SmallVector<bool> reverse = inputReversed;
  llvm::append_range(reverse, stackedReversed);
  auto scan = ScanOp::create(c, types, inits, inputs, length, reverse);
  {
    OpBuilder::InsertionGuard guard(c);
    Block *body =
        c.createBlock(&scan.getBody(), {}, arguments,
                      SmallVector<Location>(arguments.size(), c.getLoc()));
    Derivatives yielded = write(c, body->getArguments());
    if (failed(yielded))
      return failure();
    YieldOp::create(c, *yielded);
  }
  if (!findsSizes(scan))
    return llvm::to_vector_of<Value>(scan.getResults());
  IRRewriter rewriter(c);
  SmallVector<Value> results = convertToLoop(rewriter, scan);
  scan.erase();
  return results;
}

//===----------------------------------------------------------------------===//
// Reverse mode
//===----------------------------------------------------------------------===//

namespace {
/// The reverse of one scan. It carries the cotangents of what the scan carries
/// (of changing sizes: flat), and those of what it captures, as sums.
class RoundsReverser {
public:
  RoundsReverser(Composer &c, ScanOp scan, ArrayRef<TapedValue> tape,
                 ArrayRef<KeptResult> kept, ValueRange cotangents)
      : c(c), scan(scan), tape(tape), kept(kept), cotangents(cotangents),
        from(scan.getBody().front()), numCarried(scan.getNumCarried()),
        builder(c, scan.getLength()) {}

  Derivatives run();

private:
  void carryCotangents();
  void walkTape();
  void walkCotangents();
  Derivatives writeRound(Composer &c, ValueRange arguments);
  /// What a round began with of carried value `index`; where its size changes,
  /// in one dimension, for all that a round does with such is to reshape it.
  Value readState(Composer &c, unsigned index, ValueRange &slices);

  Composer &c;
  ScanOp scan;
  ArrayRef<TapedValue> tape;
  ArrayRef<KeptResult> kept;
  ValueRange cotangents;
  Block &from;
  unsigned numCarried;
  ScanBuilder builder;
  SmallVector<Value> captured;
  /// Carried values and inputs that have cotangents, by number; stacked results
  /// whose cotangent is given.
  SmallVector<unsigned> carried, walked, seeded;
};
} // namespace

void RoundsReverser::carryCotangents() {
  for (unsigned i = 0; i < numCarried; ++i) {
    Value init = scan.getInits()[i], cotangent = cotangents[i];
    if (!isDifferentiable(init.getType()))
      continue;
    carried.push_back(i);
    if (!tape[i].starts) {
      builder.carry(cotangent
                        ? c.reshape(cotangent, getDims(getTensorTypeOf(init)))
                        : c.zeros(getTensorTypeOf(init)));
      continue;
    }
    Type element = getTensorTypeOf(init).getElementType();
    if (!cotangent)
      cotangent =
          c.zeros(getTensorType(bindSize(c, tape[i].lastCount), element));
    builder.carry(flatten(c, cotangent), getTensorType(AffineExpr(), element));
  }
  for (Value value : captured)
    builder.carry(c.zeros(getTensorTypeOf(value)));
}

void RoundsReverser::walkTape() {
  for (const TapedValue &taped : tape)
    if (taped.starts) {
      builder.walk(taped.starts, /*isReversed=*/true);
      builder.walk(taped.counts, /*isReversed=*/true);
    } else {
      builder.walk(taped.states, /*isReversed=*/true);
    }
  for (auto [index, input] : llvm::enumerate(scan.getInputs()))
    builder.walk(input, !scan.isInputReversed(index));
  for (const KeptResult &result : kept)
    builder.walk(result.all, /*isReversed=*/true);
}

void RoundsReverser::walkCotangents() {
  for (unsigned i = 0; i < scan.getNumStacked(); ++i)
    if (cotangents[numCarried + i]) {
      seeded.push_back(i);
      builder.walk(cotangents[numCarried + i], !scan.isStackedReversed(i));
    }
  for (auto [index, input] : llvm::enumerate(scan.getInputs()))
    if (isDifferentiable(input.getType())) {
      walked.push_back(index);
      builder.stack(from.getArgument(numCarried + index).getType(),
                    !scan.isInputReversed(index));
    }
}

Value RoundsReverser::readState(Composer &c, unsigned index,
                                ValueRange &slices) {
  const TapedValue &taped = tape[index];
  Value first = slices.front();
  slices = slices.drop_front();
  if (!taped.starts)
    return first;
  AffineExpr start = bindSize(c, first), count = bindSize(c, slices.front());
  slices = slices.drop_front();
  return sliceRange(c, taped.states, 0, start, count);
}

Derivatives RoundsReverser::writeRound(Composer &c, ValueRange arguments) {
  auto take = [&](size_t count) {
    ValueRange taken = arguments.take_front(count);
    arguments = arguments.drop_front(count);
    return taken;
  };
  ValueRange ofCarried = take(carried.size()), sums = take(captured.size());
  SmallVector<Value> states;
  for (unsigned i = 0; i < numCarried; ++i)
    states.push_back(readState(c, i, arguments));
  llvm::append_range(states, take(scan.getInputs().size()));
  ValueRange keptResults = take(kept.size());
  IRMapping mapping;
  mapping.map(from.getArguments(), states);
  SmallVector<Operation *> ops = cloneOps(c, from, mapping);
  SmallVector<Value> yielded = getYielded(from, mapping), seeds, wanted;
  SmallVector<Value> given(ofCarried);
  llvm::append_range(given, arguments);
  for (unsigned i : carried) {
    seeds.push_back(yielded[i]);
    wanted.push_back(states[i]);
  }
  for (unsigned i : seeded)
    seeds.push_back(yielded[numCarried + i]);
  for (unsigned i : walked)
    wanted.push_back(states[numCarried + i]);
  llvm::append_range(wanted, captured);
  Derivatives found = tenon::pullBack(c, ops, pairUp(c, seeds, given), wanted);
  if (failed(found))
    return failure();
  // only now: the rules have followed the values through their ops
  for (auto [result, value] : llvm::zip_equal(kept, keptResults))
    mapping.lookup(result.op->getResult(0)).replaceAllUsesWith(value);

  SmallVector<Value> next;
  auto getFound = [&](unsigned at, bool isFlat) {
    Value value = orZeros(c, (*found)[at], wanted[at]);
    return isFlat ? flatten(c, value) : value;
  };
  for (auto [at, i] : llvm::enumerate(carried))
    next.push_back(getFound(at, bool(tape[i].starts)));
  for (auto [sum, part] :
       llvm::zip_equal(sums, ArrayRef(*found).take_back(captured.size())))
    next.push_back(c.addIfAny(sum, part));
  for (unsigned i = 0; i < walked.size(); ++i)
    next.push_back(getFound(carried.size() + i, /*isFlat=*/false));
  return next;
}

Derivatives RoundsReverser::run() {
  FailureOr<SmallVector<Value>> outside = getCaptured(scan);
  if (failed(outside))
    return failure();
  captured = *outside;
  carryCotangents();
  walkTape();
  walkCotangents();
  Derivatives results = builder.build([&](Composer &c, ValueRange arguments) {
    return writeRound(c, arguments);
  });
  if (failed(results))
    return failure();
  ArrayRef<Value> left(*results);
  auto take = [&] {
    Value value = left.front();
    left = left.drop_front();
    return value;
  };
  SmallVector<Value> ofOperands(scan->getNumOperands());
  for (unsigned i : carried)
    ofOperands[i] =
        c.reshape(take(), getDims(getTensorTypeOf(scan.getInits()[i])));
  DenseMap<Value, Value> ofCaptured;
  for (Value value : captured)
    ofCaptured[value] = take();
  for (unsigned i : walked)
    ofOperands[numCarried + i] = take();
  SmallVector<Value> all = getOperandsAndCaptured(scan);
  for (Value value : ArrayRef(all).drop_front(scan->getNumOperands()))
    ofOperands.push_back(ofCaptured.lookup(value));
  return ofOperands;
}

Derivatives tenon::pullBackRounds(Composer &c, ScanOp scan,
                                  ArrayRef<TapedValue> tape,
                                  ArrayRef<KeptResult> kept,
                                  ValueRange cotangents) {
  return RoundsReverser(c, scan, tape, kept, cotangents).run();
}
