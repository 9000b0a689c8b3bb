//===- ControlOps.cpp - branches and loops --------------------------------===//

#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/Rounds.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ControlOps.cpp.inc"

//===----------------------------------------------------------------------===//
// What the bodies of all of them obey
//===----------------------------------------------------------------------===//

/// The type of one slice of `type` along its first dimension.
static Type getSliceType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  if (tensor.getRank() == 0)
    return {};
  return getTensorType(ArrayRef(getDims(tensor)).drop_front(),
                       tensor.getElementType());
}

/// Checks what a region takes or yields, one value after the other.
static LogicalResult verifyTypes(Operation *op, StringRef what,
                                 TypeRange expected, TypeRange got) {
  if (expected.size() != got.size())
    return op->emitOpError("expects ")
           << expected.size() << " " << what << ", got " << got.size();
  for (auto [index, types] : llvm::enumerate(llvm::zip_equal(expected, got))) {
    auto [wanted, given] = types;
    if (!wanted || !areCompatibleTypes(wanted, given))
      return op->emitOpError("expects ") << what << " " << index << " of type "
                                         << wanted << ", got " << given;
  }
  return success();
}

static LogicalResult verifyYield(Operation *op, Region &region,
                                 TypeRange expected) {
  bool hasYield = region.hasOneBlock() && !region.front().empty() &&
                  isa<YieldOp>(region.front().back());
  if (!hasYield)
    return op->emitOpError("expects regions that end in 'tenon.yield'");
  return verifyTypes(op, "yielded values", expected,
                     region.front().back().getOperandTypes());
}

/// Types of `results`, those from `numCarried` on as slices.
static SmallVector<Type> getYieldTypes(TypeRange results, unsigned numCarried) {
  SmallVector<Type> types(results.take_front(numCarried));
  for (Type stacked : results.drop_front(numCarried))
    types.push_back(getSliceType(stacked));
  return types;
}

/// `value` as a value of `type`, which may say more or less about its sizes.
static Value refine(OpBuilder &builder, Value value, Type type) {
  return value.getType() == type
             ? value
             : ReshapeOp::create(builder, value.getLoc(), type, value)
                   .getResult();
}

/// Moves the body's ops before `op` and returns what it yields.
static SmallVector<Value> inlineBody(PatternRewriter &rewriter, Operation *op,
                                     Block &body, ValueRange arguments) {
  auto yield = cast<YieldOp>(body.getTerminator());
  rewriter.inlineBlockBefore(&body, op, arguments);
  SmallVector<Value> values(yield.getOperands());
  rewriter.eraseOp(yield);
  return values;
}

static void replaceWithRefined(PatternRewriter &rewriter, Operation *op,
                               ArrayRef<Value> values) {
  SmallVector<Value> refined;
  for (auto [value, type] : llvm::zip_equal(values, op->getResultTypes()))
    refined.push_back(refine(rewriter, value, type));
  rewriter.replaceOp(op, refined);
}

//===----------------------------------------------------------------------===//
// IfOp
//===----------------------------------------------------------------------===//

/// A condition or a trip count.
static LogicalResult verifyOneElement(Operation *op, StringRef what,
                                      Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || (type.hasStaticShape() && type.getNumElements() != 1))
    return op->emitOpError("expects a ")
           << what << " of one element, got " << value.getType();
  return success();
}

LogicalResult IfOp::verify() {
  if (failed(verifyOneElement(*this, "condition", getCondition())))
    return failure();
  for (Region *region : {&getThenRegion(), &getElseRegion()}) {
    if (region->getNumArguments())
      return emitOpError("expects regions without arguments, got ")
             << region->getNumArguments();
    if (failed(verifyYield(*this, *region, getResultTypes())))
      return failure();
  }
  return success();
}

static LogicalResult inlineKnownBranch(IfOp op, PatternRewriter &rewriter) {
  auto condition = getSymbolicElements(op.getCondition());
  std::optional<int64_t> value = condition && condition->size() == 1
                                     ? getConstantDim((*condition)[0])
                                     : std::nullopt;
  if (!value)
    return failure();
  Region &taken = *value ? op.getThenRegion() : op.getElseRegion();
  replaceWithRefined(rewriter, op, inlineBody(rewriter, op, taken.front(), {}));
  return success();
}

void IfOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                       MLIRContext *) {
  patterns.add(inlineKnownBranch);
}

//===----------------------------------------------------------------------===//
// ScanOp
//===----------------------------------------------------------------------===//

LogicalResult ScanOp::verify() {
  if (getLength().getExprs().size() != 1)
    return emitOpError("expects one length, got ")
           << getLength().getExprs().size();
  for (Value input : getInputs()) {
    auto type = cast<RankedTensorType>(input.getType());
    std::optional<int64_t> length = getConstantDim(getLength().getExprs()[0]);
    if (type.getRank() > 0 && length && !type.isDynamicDim(0) &&
        type.getDimSize(0) != *length)
      return emitOpError("expects inputs of ")
             << *length << " slices, got " << type;
  }
  if (getNumResults() < getNumCarried() ||
      getReverse().size() != getInputs().size() + getNumStacked())
    return emitOpError("expects a result for each carried value and a "
                       "direction for each input and stacked result, got ")
           << getNumResults() << " results, " << getNumCarried()
           << " carried values and " << getReverse().size() << " directions";
  SmallVector<Type> arguments(getInits().getTypes());
  for (Type input : getInputs().getTypes())
    arguments.push_back(getSliceType(input));
  if (failed(verifyTypes(*this, "region arguments", arguments,
                         getBody().getArgumentTypes())))
    return failure();
  return verifyYield(*this, getBody(),
                     getYieldTypes(getResultTypes(), getNumCarried()));
}

/// Each input has a slice for every round.
void ScanOp::addDimGuards(DimGuards &guards) {
  for (Value input : getInputs())
    guards.addEqual(getDim(cast<RankedTensorType>(input.getType()), 0),
                    getLength().getExprs()[0]);
}

/// A scan over one slice is its body.
static LogicalResult inlineSingleRound(ScanOp op, PatternRewriter &rewriter) {
  if (getConstantDim(op.getLength().getExprs()[0]) != 1)
    return failure();
  SmallVector<Value> arguments;
  for (auto [value, argument] :
       llvm::zip_equal(llvm::concat<Value>(llvm::to_vector<4>(op.getInits()),
                                           llvm::to_vector<4>(op.getInputs())),
                       op.getBody().getArguments()))
    arguments.push_back(refine(rewriter, value, argument.getType()));
  replaceWithRefined(rewriter, op,
                     inlineBody(rewriter, op, op.getBody().front(), arguments));
  return success();
}

/// What nobody reads is not walked, carried or stacked.
static LogicalResult dropUnread(ScanOp op, PatternRewriter &rewriter) {
  Block &body = op.getBody().front();
  Operation *yield = body.getTerminator();
  unsigned numCarried = op.getNumCarried();
  SmallVector<Value> inits, inputs;
  SmallVector<Type> types;
  SmallVector<bool> reverse;
  llvm::BitVector arguments(body.getNumArguments()),
      results(op.getNumResults());
  for (unsigned i = 0; i < numCarried; ++i) {
    auto isRead = [&](OpOperand &use) {
      return use.getOwner() != yield || use.getOperandNumber() != i;
    };
    if (op.getResult(i).use_empty() &&
        llvm::none_of(body.getArgument(i).getUses(), isRead)) {
      arguments.set(i);
      results.set(i);
      continue;
    }
    inits.push_back(op.getInits()[i]);
    types.push_back(op.getResult(i).getType());
  }
  for (auto [i, input] : llvm::enumerate(op.getInputs())) {
    if (body.getArgument(numCarried + i).use_empty()) {
      arguments.set(numCarried + i);
      continue;
    }
    inputs.push_back(input);
    reverse.push_back(op.isInputReversed(i));
  }
  for (unsigned i = 0; i < op.getNumStacked(); ++i) {
    Value result = op.getResult(numCarried + i);
    if (result.use_empty()) {
      results.set(numCarried + i);
      continue;
    }
    types.push_back(result.getType());
    reverse.push_back(op.isStackedReversed(i));
  }
  if ((arguments.none() && results.none()) || types.empty())
    return failure();
  auto smaller = ScanOp::create(rewriter, op.getLoc(), types, inits, inputs,
                                op.getLength(), reverse);
  smaller->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  rewriter.modifyOpInPlace(yield, [&] { yield->eraseOperands(results); });
  body.eraseArguments(arguments);
  rewriter.inlineRegionBefore(op.getBody(), smaller.getBody(),
                              smaller.getBody().end());
  SmallVector<Value> replacements;
  unsigned next = 0;
  for (unsigned i = 0; i < op.getNumResults(); ++i)
    replacements.push_back(results.test(i) ? Value()
                                           : smaller.getResult(next++));
  rewriter.replaceOp(op, replacements);
  return success();
}

void ScanOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *) {
  patterns.add(inlineSingleRound);
  patterns.add(dropUnread);
}

//===----------------------------------------------------------------------===//
// LoopOp
//===----------------------------------------------------------------------===//

LogicalResult LoopOp::verify() {
  if ((getTripCount() &&
       failed(verifyOneElement(*this, "trip count", getTripCount()))) ||
      (getCondition() &&
       failed(verifyOneElement(*this, "condition", getCondition()))))
    return failure();
  SmallVector<Type> arguments = {
      RankedTensorType::get({}, IntegerType::get(getContext(), 64))};
  llvm::append_range(arguments, getInits().getTypes());
  if (failed(verifyTypes(*this, "region arguments", arguments,
                         getBody().getArgumentTypes())))
    return failure();
  if (getNumResults() < getNumCarried())
    return emitOpError("expects a result for each of the ")
           << getNumCarried() << " carried values, got " << getNumResults();
  SmallVector<Type> yielded = {
      RankedTensorType::get({}, IntegerType::get(getContext(), 1))};
  llvm::append_range(yielded, getYieldTypes(getResultTypes(), getNumCarried()));
  return verifyYield(*this, getBody(), yielded);
}

static bool isKnownTrue(Value condition) {
  auto elements = getSymbolicElements(condition);
  return elements && elements->size() == 1 &&
         getConstantDim((*elements)[0]) == 1;
}

/// A loop whose number of rounds follows from the dimensions is a scan over
/// the rounds' numbers.
static LogicalResult loopToScan(LoopOp op, PatternRewriter &rewriter) {
  if (!op.getTripCount() || findsSizes(op) ||
      (op.getCondition() && !isKnownTrue(op.getCondition())))
    return failure();
  auto yield = cast<YieldOp>(op.getBody().front().getTerminator());
  auto tripCount = getSymbolicElements(op.getTripCount());
  if (!tripCount || tripCount->size() != 1 || !tripCount->front() ||
      !isKnownTrue(yield.getOperands()[0]))
    return failure();
  AffineExpr length = tripCount->front();
  if (getConstantDim(length).value_or(0) < 0)
    length = rewriter.getAffineConstantExpr(0);
  ScanOp scan = convertToScan(rewriter, op, length);
  replaceWithRefined(rewriter, op,
                     llvm::to_vector_of<Value>(scan.getResults()));
  return success();
}

void LoopOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *) {
  patterns.add(loopToScan);
  patterns.add(+[](LoopOp op, PatternRewriter &rewriter) {
    return hoistInvariants(op, rewriter);
  });
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

/// The dearer branch, where the formulas tell which it is.
AffineExpr IfOp::getFlops() {
  AffineExpr onTrue = tenon::getFlops(getThenRegion().front()),
             onFalse = tenon::getFlops(getElseRegion().front());
  if (!onTrue || !onFalse)
    return nullptr;
  if (isProvablyAtLeast(onTrue, onFalse))
    return onTrue;
  return isProvablyAtLeast(onFalse, onTrue) ? onFalse : AffineExpr();
}

AffineExpr ScanOp::getFlops() {
  AffineExpr round = tenon::getFlops(getBody().front());
  return round ? round * getLength().getExprs()[0] : round;
}

/// Data decides how many rounds there are.
AffineExpr LoopOp::getFlops() {
  AffineExpr round = tenon::getFlops(getBody().front());
  return round && getConstantDim(round) == 0 ? round : AffineExpr();
}
