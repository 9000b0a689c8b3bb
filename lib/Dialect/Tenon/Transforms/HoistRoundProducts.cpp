//===- HoistRoundProducts.cpp - products of all rounds at once ------------===//

#include "ScanChanges.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_HOISTROUNDPRODUCTSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// A product that nothing of a round has to wait for, or that waits for a round
/// alone.
struct RoundProduct {
  ContractOp contract;
  /// Of its slices.
  bool isReversed;
  /// What it multiplied before anything moved.
  Value lhs, rhs;
};

/// Moves products of one scan before and behind it.
class ProductMover {
public:
  explicit ProductMover(ScanOp scan)
      : scan(scan), body(scan.getBody().front()), changes(scan) {}

  /// Returns the number of products that are no longer in the rounds.
  unsigned run();

private:
  std::optional<bool> getDirection(ContractOp contract);
  void hoist(RoundProduct product);
  bool canSink(unsigned stacked);

  ScanOp scan;
  Block &body;
  ScanChanges changes;
};
} // namespace

/// Stacks should not be much larger than what is there instead: the gates of
/// all steps are four times the states.
static bool isWorthStacking(Value stacked, Value instead) {
  constexpr int64_t kMaxGrowth = 8;
  RankedTensorType more = getTensorTypeOf(stacked),
                   less = getTensorTypeOf(instead);
  MLIRContext *context = stacked.getContext();
  return hasKnownSizes(more) && hasKnownSizes(less) &&
         isProvablyAtLeast(getProduct(getDims(less), context) * kMaxGrowth,
                           getProduct(getDims(more), context));
}

/// Whether slices of inputs are all that `contract` knows of a round, and in
/// which order.
std::optional<bool> ProductMover::getDirection(ContractOp contract) {
  std::optional<bool> direction;
  for (Value operand : contract->getOperands()) {
    if (operand.getParentBlock() != &body)
      continue;
    auto argument = dyn_cast<BlockArgument>(operand);
    unsigned numCarried = scan.getNumCarried();
    if (!argument || argument.getArgNumber() < numCarried ||
        !isWorthStacking(contract.getResult(), operand))
      return std::nullopt;
    bool isReversed =
        scan.isInputReversed(argument.getArgNumber() - numCarried);
    if (direction && *direction != isReversed)
      return std::nullopt;
    direction = isReversed;
  }
  return direction;
}

/// In front of the scan, which walks the products in place of computing them.
void ProductMover::hoist(RoundProduct product) {
  ContractOp contract = product.contract;
  Composer c(contract.getLoc(), OpBuilder(scan));
  auto getInput = [&](Value operand) {
    auto argument = dyn_cast<BlockArgument>(operand);
    return operand.getParentBlock() == &body
               ? scan.getInputs()[argument.getArgNumber() -
                                  scan.getNumCarried()]
               : Value();
  };
  Value all = contractRounds(c, contract, getInput(product.lhs),
                             getInput(product.rhs), /*isSum=*/false);
  changes.replaceBySlices(contract.getResult(), all, product.isReversed);
}

/// Whether a stacked result is a product that nothing else in the round reads.
bool ProductMover::canSink(unsigned stacked) {
  Value result = scan.getResult(scan.getNumCarried() + stacked);
  auto contract = body.getTerminator()
                      ->getOperand(scan.getNumCarried() + stacked)
                      .getDefiningOp<ContractOp>();
  if (!contract || contract->getBlock() != &body ||
      !contract.getResult().hasOneUse() || result.use_empty())
    return false;
  return llvm::any_of(contract->getOperands(),
                      [&](Value operand) {
                        return operand.getParentBlock() == &body;
                      }) &&
         llvm::all_of(contract->getOperands(), [&](Value operand) {
           return operand.getParentBlock() != &body ||
                  isWorthStacking(operand, contract.getResult());
         });
}

/// What is stacked of an input as it is walked is that input.
static void readInputs(ScanOp scan) {
  Block &body = scan.getBody().front();
  unsigned numCarried = scan.getNumCarried();
  for (unsigned i = 0; i < scan.getNumStacked(); ++i) {
    Value result = scan.getResult(numCarried + i);
    auto argument = dyn_cast<BlockArgument>(
        body.getTerminator()->getOperand(numCarried + i));
    if (!argument || argument.getOwner() != &body ||
        argument.getArgNumber() < numCarried)
      continue;
    unsigned index = argument.getArgNumber() - numCarried;
    Value input = scan.getInputs()[index];
    if (scan.isInputReversed(index) == scan.isStackedReversed(i) &&
        input.getType() == result.getType())
      result.replaceAllUsesWith(input);
  }
}

unsigned ProductMover::run() {
  SmallVector<RoundProduct> hoisted;
  SmallVector<std::pair<unsigned, RoundProduct>> sunk;
  auto make = [](ContractOp contract, bool isReversed) {
    return RoundProduct{contract, isReversed, contract.getLhs(),
                        contract.getRhs()};
  };
  for (auto contract : body.getOps<ContractOp>())
    if (std::optional<bool> isReversed = getDirection(contract))
      hoisted.push_back(make(contract, *isReversed));
  for (unsigned i = 0; i < scan.getNumStacked(); ++i) {
    unsigned number = scan.getNumCarried() + i;
    auto contract =
        body.getTerminator()->getOperand(number).getDefiningOp<ContractOp>();
    if (canSink(i) && !getDirection(contract))
      sunk.emplace_back(number, make(contract, scan.isStackedReversed(i)));
  }
  if (hoisted.empty() && sunk.empty())
    return 0;
  for (const RoundProduct &product : hoisted)
    hoist(product);
  for (const auto &[number, product] : sunk) {
    changes.needAll(product.lhs, product.isReversed);
    changes.needAll(product.rhs, product.isReversed);
    changes.dropResult(number);
  }
  ScanOp left = changes.make();
  Composer c(left.getLoc(), left->getContext());
  c.setInsertionPointAfter(left);
  for (const auto &[number, product] : sunk) {
    Value result = scan.getResult(number),
          all = contractRounds(c, product.contract,
                               changes.getAll(product.lhs, product.isReversed),
                               changes.getAll(product.rhs, product.isReversed),
                               /*isSum=*/false);
    result.replaceAllUsesWith(c.reshape(all, getDims(getTensorTypeOf(result))));
  }
  scan.erase();
  readInputs(left);
  return hoisted.size() + sunk.size();
}

namespace {
struct HoistRoundProducts
    : tenon::impl::HoistRoundProductsPassBase<HoistRoundProducts> {
  void runOnOperation() override {
    SmallVector<ScanOp> scans;
    getOperation().walk([&](ScanOp scan) { scans.push_back(scan); });
    for (ScanOp scan : scans)
      numMoved += ProductMover(scan).run();
  }
};
} // namespace
