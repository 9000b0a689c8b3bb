//===- DeferScanSums.cpp - sums over rounds behind the scan ---------------===//

#include "mlir/IR/PatternMatch.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace tenon {
#define GEN_PASS_DEF_DEFERSCANSUMSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// A carried value to which each round adds a part that does not depend on it.
struct RoundSum {
  unsigned carried;
  Value part;
  Operation *add;
};

/// Takes the sums of one scan out of its rounds.
class SumDeferrer {
public:
  explicit SumDeferrer(ScanOp scan)
      : scan(scan), body(scan.getBody().front()),
        isReversed(!scan.getInputs().empty() && scan.isInputReversed(0)) {}

  /// Returns the number of sums that are computed behind the scan now.
  unsigned run();

private:
  std::optional<RoundSum> matchSum(unsigned carried);
  bool isOutside(Value value) const { return value.getParentBlock() != &body; }
  /// The input that `value` is the round's slice of, where all slices lie in
  /// the order of what will be stacked.
  Value getWalked(Value value);
  bool collect(Value part, llvm::SetVector<Value> &slices) const;
  ScanOp rebuild();
  /// All rounds' slices of `value`, along a first dimension.
  Value getAll(Value value) const;
  Value sumRounds(Composer &c, Value part) const;
  Value sumProducts(Composer &c, ContractOp contract) const;

  ScanOp scan;
  Block &body;
  /// The order of the stacks.
  bool isReversed;
  SmallVector<RoundSum> sums;
  /// What has to be stacked, and where the stacks are.
  llvm::SetVector<Value> stacked;
  DenseMap<Value, Value> stacks;
};
} // namespace

std::optional<RoundSum> SumDeferrer::matchSum(unsigned carried) {
  Value argument = body.getArgument(carried);
  if (!argument.hasOneUse())
    return std::nullopt;
  auto add = dyn_cast<AddOp>(*argument.user_begin());
  if (!add || add->getBlock() != &body || !add.getResult().hasOneUse())
    return std::nullopt;
  OpOperand &yielded = *add.getResult().use_begin();
  if (yielded.getOwner() != body.getTerminator() ||
      yielded.getOperandNumber() != carried)
    return std::nullopt;
  Value part = add.getLhs() == argument ? add.getRhs() : add.getLhs();
  if (part.getType() != argument.getType() || isOutside(part))
    return std::nullopt;
  return RoundSum{carried, part, add};
}

Value SumDeferrer::getWalked(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  unsigned numCarried = scan.getNumCarried();
  if (!argument || argument.getOwner() != &body ||
      argument.getArgNumber() < numCarried)
    return {};
  unsigned index = argument.getArgNumber() - numCarried;
  return scan.isInputReversed(index) == isReversed ? scan.getInputs()[index]
                                                   : Value();
}

/// Finds the slices from whose stacks the sum of `part` over the rounds follows
/// in one op; nothing where these would be larger than what is carried.
bool SumDeferrer::collect(Value part, llvm::SetVector<Value> &slices) const {
  if (isOutside(part) || !hasKnownSizes(getTensorTypeOf(part)))
    return false;
  Operation *op = part.getDefiningOp();
  if (auto reshape = dyn_cast_or_null<ReshapeOp>(op))
    return collect(reshape.getOperand(), slices);
  if (auto transpose = dyn_cast_or_null<TransposeOp>(op))
    return collect(transpose.getOperand(), slices);
  auto reduce = dyn_cast_or_null<ReduceOp>(op);
  if (!isa_and_nonnull<ContractOp>(op) &&
      !(reduce && reduce.getKind() == ReduceKind::sum))
    return false;
  unsigned numInside = 0;
  for (Value operand : op->getOperands())
    if (!isOutside(operand)) {
      if (!hasKnownSizes(getTensorTypeOf(operand)))
        return false;
      slices.insert(operand);
      ++numInside;
    }
  return numInside > 0;
}

/// The same scan without the sums, and with the stacks.
ScanOp SumDeferrer::rebuild() {
  Composer c(scan.getLoc(), OpBuilder(scan));
  auto yield = cast<YieldOp>(body.getTerminator());
  unsigned numCarried = scan.getNumCarried();
  llvm::BitVector dropped(body.getNumArguments());
  for (const RoundSum &sum : sums)
    dropped.set(sum.carried);
  SmallVector<Value> inits, yielded;
  SmallVector<Type> types;
  SmallVector<bool> reverse(scan.getReverse());
  for (unsigned i = 0; i < scan.getNumResults(); ++i) {
    if (i < numCarried && dropped.test(i))
      continue;
    if (i < numCarried)
      inits.push_back(scan.getInits()[i]);
    yielded.push_back(yield.getOperand(i));
    types.push_back(scan.getResult(i).getType());
  }
  for (Value slice : stacked) {
    RankedTensorType type = getTensorTypeOf(slice);
    SmallVector<AffineExpr> dims = getDims(type);
    dims.insert(dims.begin(), scan.getLength().getExprs()[0]);
    yielded.push_back(slice);
    types.push_back(getTensorType(dims, type.getElementType()));
    reverse.push_back(isReversed);
  }
  auto rebuilt = ScanOp::create(c, types, inits, scan.getInputs(),
                                scan.getLength(), reverse);
  rebuilt->setDiscardableAttrs(scan->getDiscardableAttrDictionary());
  yield->setOperands(yielded);
  for (const RoundSum &sum : sums)
    sum.add->erase();
  body.eraseArguments(dropped);
  rebuilt.getBody().takeBody(scan.getBody());
  unsigned next = 0, firstStack = types.size() - stacked.size();
  for (unsigned i = 0; i < scan.getNumResults(); ++i)
    if (i >= numCarried || !dropped.test(i))
      scan.getResult(i).replaceAllUsesWith(rebuilt.getResult(next++));
  for (auto [i, slice] : llvm::enumerate(stacked))
    stacks[slice] = rebuilt.getResult(firstStack + i);
  return rebuilt;
}

Value SumDeferrer::getAll(Value value) const { return stacks.lookup(value); }

/// A product's loops get the rounds for one more, over which it sums.
Value SumDeferrer::sumProducts(Composer &c, ContractOp contract) const {
  unsigned numLoops = contract.getMap(0).getNumDims();
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  for (unsigned i = 0; i < 3; ++i) {
    AffineMap map = contract.getMap(i);
    SmallVector<AffineExpr> exprs(map.getResults());
    Value all = i < 2 ? getAll(contract->getOperand(i)) : Value();
    if (all)
      exprs.insert(exprs.begin(), c.getAffineDimExpr(numLoops));
    if (i < 2)
      operands.push_back(all ? all : contract->getOperand(i));
    maps.push_back(AffineMap::get(numLoops + 1, 0, exprs, c.getContext()));
  }
  return ContractOp::create(c, operands[0], operands[1],
                            c.getAffineMapArrayAttr(maps),
                            contract.getResultElementAttr());
}

Value SumDeferrer::sumRounds(Composer &c, Value part) const {
  Operation *op = part.getDefiningOp();
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return c.reshape(sumRounds(c, reshape.getOperand()),
                     getDims(getTensorTypeOf(part)));
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return TransposeOp::create(c, sumRounds(c, transpose.getOperand()),
                               transpose.getPermutation());
  if (auto contract = dyn_cast<ContractOp>(op))
    return sumProducts(c, contract);
  auto reduce = cast<ReduceOp>(op);
  SmallVector<int64_t> axes = {0};
  for (int64_t axis : reduce.getAxes())
    axes.push_back(axis + 1);
  Value sum = ReduceOp::create(c, ReduceKind::sum, getAll(reduce.getOperand()),
                               axes, /*keep_dims=*/false);
  return c.reshape(sum, getDims(getTensorTypeOf(part)));
}

unsigned SumDeferrer::run() {
  llvm::SetVector<Value> slices;
  for (unsigned i = 0; i < scan.getNumCarried(); ++i)
    if (std::optional<RoundSum> sum = matchSum(i);
        sum && collect(sum->part, slices))
      sums.push_back(*sum);
  if (sums.empty())
    return 0;
  // what another sum is would have to be carried on
  for (const RoundSum &sum : sums)
    if (slices.contains(body.getArgument(sum.carried)))
      return 0;
  ValueRange yielded = body.getTerminator()->getOperands();
  unsigned numCarried = scan.getNumCarried();
  DenseMap<Value, unsigned> present;
  for (unsigned i = 0; i < scan.getNumStacked(); ++i)
    if (scan.isStackedReversed(i) == isReversed)
      present.try_emplace(yielded[numCarried + i], numCarried + i);
  for (Value slice : slices)
    if (Value walked = getWalked(slice))
      stacks[slice] = walked;
    else if (auto it = present.find(slice); it != present.end())
      stacks[slice] = scan.getResult(it->second);
    else
      stacked.insert(slice);

  SmallVector<std::pair<Value, Value>> results; // the scan's, and its init
  for (const RoundSum &sum : sums)
    results.emplace_back(scan.getResult(sum.carried),
                         scan.getInits()[sum.carried]);
  ScanOp rebuilt = rebuild();
  for (auto &[slice, stack] : stacks)
    if (stack.getDefiningOp() == scan)
      stack = rebuilt.getResult(cast<OpResult>(stack).getResultNumber() -
                                sums.size());
  Composer c(rebuilt.getLoc(), rebuilt->getContext());
  c.setInsertionPointAfter(rebuilt);
  for (auto [sum, result] : llvm::zip_equal(sums, results)) {
    Value total = c.add(result.second, sumRounds(c, sum.part));
    result.first.replaceAllUsesWith(
        c.reshape(total, getDims(getTensorTypeOf(result.first))));
  }
  scan.erase();
  return sums.size();
}

namespace {
struct DeferScanSums : tenon::impl::DeferScanSumsPassBase<DeferScanSums> {
  void runOnOperation() override {
    SmallVector<ScanOp> scans;
    getOperation().walk([&](ScanOp scan) { scans.push_back(scan); });
    for (ScanOp scan : scans)
      numDeferred += SumDeferrer(scan).run();
  }
};
} // namespace
