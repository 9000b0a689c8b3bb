//===- ScanChanges.cpp - work that leaves the rounds of a scan ------------===//

#include "ScanChanges.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

static RankedTensorType getStackType(ScanOp scan, Value slice) {
  RankedTensorType type = getTensorTypeOf(slice);
  SmallVector<AffineExpr> dims = getDims(type);
  dims.insert(dims.begin(), scan.getLength().getExprs()[0]);
  return getTensorType(dims, type.getElementType());
}

void ScanChanges::needAll(Value value, bool isReversed) {
  Block &body = scan.getBody().front();
  if (value.getParentBlock() != &body)
    return;
  unsigned numCarried = scan.getNumCarried();
  Value all;
  if (auto argument = dyn_cast<BlockArgument>(value);
      argument && argument.getArgNumber() >= numCarried) {
    unsigned index = argument.getArgNumber() - numCarried;
    if (scan.isInputReversed(index) == isReversed)
      all = scan.getInputs()[index];
  }
  ValueRange yielded = body.getTerminator()->getOperands();
  for (unsigned i = 0; !all && i < scan.getNumStacked(); ++i)
    if (yielded[numCarried + i] == value &&
        scan.isStackedReversed(i) == isReversed)
      all = scan.getResult(numCarried + i);
  stacks.insert({{value, isReversed}, all});
}

Value ScanChanges::getAll(Value value, bool isReversed) const {
  return stacks.lookup({value, isReversed});
}

ScanOp ScanChanges::make() {
  Block &body = scan.getBody().front();
  auto yield = cast<YieldOp>(body.getTerminator());
  unsigned numCarried = scan.getNumCarried(),
           numInputs = scan.getInputs().size();
  // a result that is needed stays, whoever computes it for the others
  for (auto &[slice, all] : stacks)
    if (all && all.getDefiningOp() == scan)
      dropped.reset(cast<OpResult>(all).getResultNumber());
  SmallVector<Value> inits, inputs(scan.getInputs()), yielded;
  SmallVector<Type> types;
  SmallVector<bool> reverse(scan.getReverse().take_front(numInputs));
  for (const Slices &replaced : slices) {
    inputs.push_back(replaced.input);
    reverse.push_back(replaced.isReversed);
  }
  for (unsigned i = 0; i < scan.getNumResults(); ++i) {
    if (dropped.test(i))
      continue;
    if (i < numCarried)
      inits.push_back(scan.getInits()[i]);
    else
      reverse.push_back(scan.isStackedReversed(i - numCarried));
    yielded.push_back(yield.getOperand(i));
    types.push_back(scan.getResult(i).getType());
  }
  for (auto &[slice, all] : stacks)
    if (!all) {
      yielded.push_back(slice.first);
      types.push_back(getStackType(scan, slice.first));
      reverse.push_back(slice.second);
    }

  OpBuilder builder(scan);
  auto made = ScanOp::create(builder, scan.getLoc(), types, inits, inputs,
                             scan.getLength(), reverse);
  made->setDiscardableAttrs(scan->getDiscardableAttrDictionary());
  yield->setOperands(yielded);
  for (Slices &replaced : slices) {
    Value argument = body.addArgument(replaced.value.getType(), scan.getLoc());
    replaced.value.replaceAllUsesWith(argument);
  }
  // from here on nothing carries what is dropped
  for (unsigned i = numCarried; i-- > 0;)
    if (dropped.test(i)) {
      Value argument = body.getArgument(i);
      for (Operation *user : llvm::make_early_inc_range(argument.getUsers()))
        user->erase();
      body.eraseArgument(i);
    }
  made.getBody().takeBody(scan.getBody());
  unsigned next = 0;
  SmallVector<Value> kept(scan.getNumResults());
  for (unsigned i = 0; i < scan.getNumResults(); ++i)
    if (!dropped.test(i)) {
      kept[i] = made.getResult(next++);
      scan.getResult(i).replaceAllUsesWith(kept[i]);
    }
  for (auto &[slice, all] : stacks)
    if (!all)
      all = made.getResult(next++);
    else if (all.getDefiningOp() == scan)
      all = kept[cast<OpResult>(all).getResultNumber()];
  return made;
}

Value tenon::contractRounds(Composer &c, ContractOp contract, Value lhs,
                            Value rhs, bool isSum) {
  unsigned numLoops = contract.getMap(0).getNumDims();
  auto addRounds = [&](unsigned index, bool isAdded) {
    AffineMap map = contract.getMap(index);
    SmallVector<AffineExpr> exprs(map.getResults());
    if (isAdded)
      exprs.insert(exprs.begin(), c.getAffineDimExpr(numLoops));
    return AffineMap::get(numLoops + 1, 0, exprs, c.getContext());
  };
  SmallVector<AffineMap> maps = {addRounds(0, bool(lhs)),
                                 addRounds(1, bool(rhs)), addRounds(2, !isSum)};
  return ContractOp::create(
      c, lhs ? lhs : contract.getLhs(), rhs ? rhs : contract.getRhs(),
      c.getAffineMapArrayAttr(maps), contract.getResultElementAttr());
}
