//===- DeferScanSums.cpp - sums over rounds behind the scan ---------------===//

#include "ScanChanges.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
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
};

/// Takes the sums of one scan out of its rounds.
class SumDeferrer {
public:
  explicit SumDeferrer(ScanOp scan)
      : scan(scan), body(scan.getBody().front()), changes(scan),
        isReversed(!scan.getInputs().empty() && scan.isInputReversed(0)) {}

  /// Returns the number of sums that are computed behind the scan now.
  unsigned run();

private:
  std::optional<RoundSum> matchSum(unsigned carried);
  bool isOutside(Value value) const { return value.getParentBlock() != &body; }
  bool collect(Value part, llvm::SetVector<Value> &slices) const;
  /// All rounds' slices of `value`, along a first dimension.
  Value getAll(Value value) const { return changes.getAll(value, isReversed); }
  Value sumRounds(Composer &c, Value part) const;

  ScanOp scan;
  Block &body;
  ScanChanges changes;
  /// The order of the stacks.
  bool isReversed;
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
  return RoundSum{carried, part};
}

/// Finds the slices from whose stacks the sum of `part` over the rounds follows
/// in one op, a product or a sum.
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

Value SumDeferrer::sumRounds(Composer &c, Value part) const {
  Operation *op = part.getDefiningOp();
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return c.reshape(sumRounds(c, reshape.getOperand()),
                     getDims(getTensorTypeOf(part)));
  if (auto transpose = dyn_cast<TransposeOp>(op))
    return TransposeOp::create(c, sumRounds(c, transpose.getOperand()),
                               transpose.getPermutation());
  if (auto contract = dyn_cast<ContractOp>(op))
    return contractRounds(c, contract, getAll(contract.getLhs()),
                          getAll(contract.getRhs()), /*isSum=*/true);
  auto reduce = cast<ReduceOp>(op);
  SmallVector<int64_t> axes = {0};
  for (int64_t axis : reduce.getAxes())
    axes.push_back(axis + 1);
  Value sum = ReduceOp::create(c, ReduceKind::sum, getAll(reduce.getOperand()),
                               axes, /*keep_dims=*/false);
  return c.reshape(sum, getDims(getTensorTypeOf(part)));
}

unsigned SumDeferrer::run() {
  SmallVector<RoundSum> sums;
  llvm::SetVector<Value> slices;
  for (unsigned i = 0; i < scan.getNumCarried(); ++i)
    if (std::optional<RoundSum> sum = matchSum(i);
        sum && collect(sum->part, slices))
      sums.push_back(*sum);
  if (sums.empty())
    return 0;
  for (Value slice : slices)
    changes.needAll(slice, isReversed);
  for (const RoundSum &sum : sums)
    changes.dropResult(sum.carried);
  ScanOp left = changes.make();
  Composer c(left.getLoc(), left->getContext());
  c.setInsertionPointAfter(left);
  for (const RoundSum &sum : sums) {
    Value result = scan.getResult(sum.carried),
          total = c.add(scan.getInits()[sum.carried], sumRounds(c, sum.part));
    result.replaceAllUsesWith(
        c.reshape(total, getDims(getTensorTypeOf(result))));
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
