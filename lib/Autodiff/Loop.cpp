//===- Loop.cpp - derivatives of loops whose rounds data counts -----------===//

#include "Rounds.h"
#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/Rounds.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

static RankedTensorType getListType(Type slice) {
  auto type = cast<RankedTensorType>(slice);
  SmallVector<AffineExpr> dims = getDims(type);
  dims.insert(dims.begin(), AffineExpr());
  return getTensorType(dims, type.getElementType());
}

static Value createEmpty(Composer &c, Type element) {
  return ConstantOp::create(
      c, DenseElementsAttr::get(RankedTensorType::get({0}, element),
                                ArrayRef<Attribute>()));
}

namespace {
/// Runs a loop again in place of the first one, which nothing reads from there
/// on, and keeps what its rounds began with. Carried values of one size are
/// stacked. Those that change it are put one behind the other, in one
/// dimension, and their sizes are stacked.
class LoopRecorder {
public:
  explicit LoopRecorder(LoopOp loop)
      : c(loop.getLoc(), OpBuilder(loop)), loop(loop),
        from(loop.getBody().front()), numCarried(loop.getNumCarried()),
        scalar(RankedTensorType::get({}, c.getI64Type())) {}

  LogicalResult run();

  /// How many rounds there were; a symbol that is bound behind the loop.
  AffineExpr rounds;
  /// One for each carried value.
  SmallVector<TapedValue> tape;
  /// Of a slice of each stacked result, how many elements it has.
  SmallVector<AffineExpr> sliceSizes;

private:
  void carry(Value init, Type type) {
    inits.push_back(init);
    types.push_back(type);
  }
  LogicalResult declare();
  LogicalResult writeBody(Block &body);
  void readTape(LoopOp recorded);

  Composer c;
  LoopOp loop;
  Block &from;
  unsigned numCarried;
  RankedTensorType scalar;
  SmallVector<Value> inits;
  SmallVector<Type> types, stackedTypes;
  /// Values whose size changes; each has three further carried ones: the list,
  /// its length, and the size of what comes next.
  SmallVector<unsigned> changing;
  /// Stacked results whose slices' sizes only the rounds know.
  SmallVector<unsigned> unknownSlices;
};
} // namespace

LogicalResult LoopRecorder::declare() {
  auto zero = [&] { return c.constant(c.getI64Type(), 0); };
  for (auto [i, init] : llvm::enumerate(loop.getInits()))
    carry(init, from.getArgument(1 + i).getType());
  carry(zero(), scalar); // rounds
  for (unsigned i = 0; i < numCarried; ++i) {
    auto type = cast<RankedTensorType>(types[i]);
    if (hasKnownSizes(type))
      continue;
    if (!hasKnownSizes(getTensorTypeOf(inits[i])))
      return loop.emitOpError("expects first values of known sizes, to have a "
                              "derivative, got ")
             << inits[i].getType();
    changing.push_back(i);
    Type element = type.getElementType();
    carry(createEmpty(c, element), getTensorType(AffineExpr(), element));
    carry(zero(), scalar);
    carry(c.sizeOf(getNumElements(inits[i]), c.getI64Type()), scalar);
  }
  for (unsigned i = 0; i < loop.getNumStacked(); ++i) {
    Type stacked = loop.getResult(numCarried + i).getType();
    stackedTypes.push_back(stacked);
    AffineExpr size = getProduct(
        ArrayRef(getDims(cast<RankedTensorType>(stacked))).drop_front(),
        c.getContext());
    sliceSizes.push_back(size);
    if (size || !isDifferentiable(stacked))
      continue;
    unknownSlices.push_back(i);
    carry(zero(), scalar);
  }
  for (unsigned i = 0; i < numCarried; ++i)
    if (!llvm::is_contained(changing, i))
      stackedTypes.push_back(getListType(types[i]));
  for (unsigned i = 0; i < 2 * changing.size(); ++i)
    stackedTypes.push_back(getListType(scalar));
  return success();
}

LogicalResult LoopRecorder::writeBody(Block &body) {
  Composer c(loop.getLoc(), OpBuilder::atBlockEnd(&body));
  auto getCarried = [&](unsigned index) -> Value {
    return body.getArgument(1 + index);
  };
  // lists first: what is appended to is what a round begins with
  SmallVector<Value> lists, ends, begins, counts;
  unsigned next = numCarried + 1;
  for (unsigned i : changing) {
    Value list = getCarried(next), begin = getCarried(next + 1),
          count = getCarried(next + 2);
    next += 3;
    AffineExpr before = bindSize(c, begin), size = bindSize(c, count);
    Value parts[] = {c.reshape(list, before), c.reshape(getCarried(i), size)};
    lists.push_back(ConcatOp::create(c, parts, /*axis=*/0));
    ends.push_back(c.add(begin, count));
    begins.push_back(begin);
    counts.push_back(count);
  }
  IRMapping mapping;
  mapping.map(from.getArguments(),
              body.getArguments().take_front(1 + numCarried));
  cloneOps(c, from, mapping);
  SmallVector<Value> all = getYielded(from, mapping);
  SmallVector<Value> yielded(ArrayRef(all).take_front(1 + numCarried));
  yielded.push_back(c.add(body.getArgument(0), c.constant(c.getI64Type(), 1)));
  auto getSize = [&](Value value) -> Value {
    AffineExpr size = getNumElements(value);
    return size ? c.sizeOf(size, c.getI64Type()) : Value();
  };
  for (auto [at, i] : llvm::enumerate(changing))
    yielded.append({lists[at], ends[at], getSize(all[1 + i])});
  for (unsigned i : unknownSlices)
    yielded.push_back(getSize(all[1 + numCarried + i]));
  if (llvm::is_contained(yielded, Value()))
    return loop.emitOpError("expects a body that knows the sizes of what it "
                            "yields, to have a derivative");
  llvm::append_range(yielded, ArrayRef(all).drop_front(1 + numCarried));
  for (unsigned i = 0; i < numCarried; ++i)
    if (!llvm::is_contained(changing, i))
      yielded.push_back(getCarried(i));
  for (auto [begin, count] : llvm::zip_equal(begins, counts))
    yielded.append({begin, count});
  YieldOp::create(c, yielded);
  return success();
}

void LoopRecorder::readTape(LoopOp recorded) {
  rounds = bindSize(c, recorded.getResult(numCarried));
  unsigned next = numCarried + 1;
  SmallVector<Value> lists, lasts;
  for (unsigned i = 0; i < changing.size(); ++i, next += 3) {
    AffineExpr total = bindSize(c, recorded.getResult(next + 1));
    lists.push_back(c.reshape(recorded.getResult(next), total));
    lasts.push_back(recorded.getResult(next + 2));
  }
  for (unsigned i : unknownSlices)
    sliceSizes[i] = bindSize(c, recorded.getResult(next++));
  next += loop.getNumStacked();
  auto takeStates = [&] {
    Value stacked = recorded.getResult(next++);
    SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(stacked));
    dims[0] = rounds;
    return c.reshape(stacked, dims);
  };
  tape.resize(numCarried);
  for (unsigned i = 0; i < numCarried; ++i)
    if (!llvm::is_contained(changing, i))
      tape[i].states = takeStates();
  for (auto [at, i] : llvm::enumerate(changing)) {
    Value starts = takeStates(), counts = takeStates();
    tape[i] = {lists[at], starts, counts, lasts[at]};
  }
}

LogicalResult LoopRecorder::run() {
  if (failed(declare()))
    return failure();
  SmallVector<Type> results = types;
  for (unsigned i = 0; i < numCarried; ++i)
    results[i] = loop.getResult(i).getType();
  llvm::append_range(results, stackedTypes);
  auto recorded = LoopOp::create(c, results, loop.getTripCount(),
                                 loop.getCondition(), inits);
  {
    OpBuilder::InsertionGuard guard(c);
    SmallVector<Type> arguments{scalar};
    llvm::append_range(arguments, types);
    Block *body =
        c.createBlock(&recorded.getBody(), {}, arguments,
                      SmallVector<Location>(arguments.size(), c.getLoc()));
    if (failed(writeBody(*body)))
      return failure();
  }
  for (OpResult result : loop->getResults()) {
    unsigned number = result.getResultNumber();
    result.replaceAllUsesWith(recorded.getResult(
        number < numCarried ? number : number + types.size() - numCarried));
  }
  readTape(recorded);
  return success();
}

namespace {
struct LoopDerivative
    : DifferentiableOpInterface::ExternalModel<LoopDerivative, LoopOp> {
  Derivatives pullBack(Operation *op, Composer &c, ValueRange cotangents) const;
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const;
};
} // namespace

/// A loop that has run is a scan of as many rounds.
static ScanOp createScanLike(LoopOp loop, Composer &c, AffineExpr rounds) {
  auto copy = cast<LoopOp>(c.clone(*loop.getOperation()));
  IRRewriter rewriter(c);
  ScanOp scan = convertToScan(rewriter, copy, rounds);
  copy.erase();
  return scan;
}

Derivatives LoopDerivative::pullBack(Operation *op, Composer &c,
                                     ValueRange cotangents) const {
  auto loop = cast<LoopOp>(op);
  unsigned numCarried = loop.getNumCarried();
  LoopRecorder recorder(loop);
  if (failed(recorder.run()))
    return failure();
  SmallVector<Value> given(cotangents);
  for (unsigned i = 0; i < loop.getNumStacked(); ++i)
    if (Value &cotangent = given[numCarried + i])
      cotangent =
          c.reshape(cotangent, {recorder.rounds, recorder.sliceSizes[i]});
  ScanOp scan = createScanLike(loop, c, recorder.rounds);
  Derivatives found =
      pullBackRounds(c, scan, recorder.tape, /*kept=*/{}, given);
  if (failed(found))
    return failure();
  // behind the carried values, the scan has the rounds' numbers
  unsigned firstInit = loop.getInits().getBeginOperandIndex();
  DenseMap<Value, Value> ofCaptured;
  SmallVector<Value> ofScan = getOperandsAndCaptured(scan),
                     ofLoop = getOperandsAndCaptured(op);
  for (size_t i = scan->getNumOperands(); i < ofScan.size(); ++i)
    ofCaptured[ofScan[i]] = (*found)[i];
  SmallVector<Value> all(firstInit);
  llvm::append_range(all, ArrayRef(*found).take_front(numCarried));
  for (Value value : ArrayRef(ofLoop).drop_front(op->getNumOperands()))
    all.push_back(ofCaptured.lookup(value));
  scan.erase();
  return all;
}

/// The tangents are carried and stacked beside the values.
Derivatives LoopDerivative::pushForward(Operation *op, Composer &c,
                                        ValueRange tangents) const {
  auto loop = cast<LoopOp>(op);
  Block &from = loop.getBody().front();
  unsigned numCarried = loop.getNumCarried();
  SmallVector<Value> inits(loop.getInits());
  TypeRange results = loop.getResultTypes();
  SmallVector<Type> types(results.take_front(numCarried));
  SmallVector<Type> arguments(from.getArgumentTypes());
  unsigned firstInit = loop.getInits().getBeginOperandIndex();
  for (unsigned i = 0; i < numCarried; ++i)
    if (isDifferentiable(types[i])) {
      inits.push_back(orZeros(c, tangents[firstInit + i], inits[i]));
      types.push_back(types[i]);
      arguments.push_back(arguments[1 + i]);
    }
  for (Type stacked : results.drop_front(numCarried))
    if (isDifferentiable(stacked))
      types.push_back(stacked);
  auto result =
      LoopOp::create(c, types, loop.getTripCount(), loop.getCondition(), inits);
  {
    OpBuilder::InsertionGuard guard(c);
    Block *body =
        c.createBlock(&result.getBody(), {}, arguments,
                      SmallVector<Location>(arguments.size(), c.getLoc()));
    ValueRange all = body->getArguments();
    Derivatives next = pushForwardRound(c, op, all.take_front(1 + numCarried),
                                        all.drop_front(1 + numCarried),
                                        tangents, /*numKept=*/1 + numCarried);
    if (failed(next))
      return failure();
    YieldOp::create(c, *next);
  }
  SmallVector<Value> all;
  unsigned next = numCarried;
  for (Value value : op->getResults())
    all.push_back(isDifferentiable(value.getType()) ? result.getResult(next++)
                                                    : Value());
  return all;
}

void tenon::attachLoopDerivative(MLIRContext *context) {
  LoopOp::attachInterface<LoopDerivative>(*context);
}
