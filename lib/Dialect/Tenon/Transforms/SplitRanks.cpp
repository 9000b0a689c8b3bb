//===- SplitRanks.cpp - one rank's part of functions ----------------------===//

#include "tenon/Dialect/Tenon/Transforms/SplitRanks.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/RegionUtils.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace tenon {
#define GEN_PASS_DEF_SPLITRANKSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// What every rank computes for itself.
static constexpr int64_t kEverywhere = -1;

/// The operands, and what the regions use from outside.
static llvm::SetVector<Value> getUsedValues(Operation *op) {
  llvm::SetVector<Value> values(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), values);
  return values;
}

static int64_t estimateElements(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  int64_t elements = 1;
  if (type)
    for (int64_t size : type.getShape())
      elements *= ShapedType::isDynamic(size) ? 32 : size;
  return elements;
}

namespace {
/// Which rank computes each op of the functions of a module.
class Placing {
public:
  explicit Placing(ModuleOp module);

  int64_t getRank(Operation *op) const {
    auto found = ranks.find(op);
    return found == ranks.end() ? kEverywhere : found->second;
  }
  int64_t getRank(Value value) const {
    return value.getDefiningOp() ? getRank(value.getDefiningOp()) : kEverywhere;
  }
  /// The states that one rank alone changes, with that rank.
  const llvm::MapVector<StringAttr, int64_t> &getOwners() const {
    return owners;
  }

private:
  void place(Block &block);
  int64_t choose(Operation *op) const;

  DenseMap<Operation *, int64_t> ranks;
  llvm::MapVector<StringAttr, int64_t> owners;
};
} // namespace

/// Where the most of its operands are; an op of a node that no pattern names,
/// the sum of several gradients or an update has no place of its own.
int64_t Placing::choose(Operation *op) const {
  if (auto get = dyn_cast<GetStateOp>(op)) {
    auto owner = owners.find(get.getStateAttr().getAttr());
    return owner == owners.end() ? kEverywhere : owner->second;
  }
  if (std::optional<int64_t> rank = getAssignedRank(op))
    return *rank;
  int64_t most = 0, chosen = kEverywhere;
  for (Value value : getUsedValues(op))
    if (int64_t rank = getRank(value);
        rank != kEverywhere && estimateElements(value) > most) {
      most = estimateElements(value);
      chosen = rank;
    }
  return chosen;
}

void Placing::place(Block &block) {
  for (Operation &op : block.without_terminator())
    if (int64_t rank = choose(&op); rank != kEverywhere)
      ranks[&op] = rank;
}

Placing::Placing(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    place(function.front());
  for (auto function : module.getOps<func::FuncOp>())
    for (auto set : function.getOps<SetStateOp>())
      if (int64_t rank = getRank(set.getOperation()); rank != kEverywhere)
        owners.insert({set.getStateAttr().getAttr(), rank});
  // now that it is known who has them
  ranks.clear();
  for (auto function : module.getOps<func::FuncOp>())
    place(function.front());
}

namespace {
/// Leaves of a function what `rank` computes.
class Splitter {
public:
  Splitter(func::FuncOp function, const Placing &placing, int64_t rank)
      : function(function), placing(placing), rank(rank) {}

  LogicalResult split();

private:
  void hand(Value value, int64_t from, int64_t to, Operation *behind);
  void handResults();

  func::FuncOp function;
  const Placing &placing;
  int64_t rank, tag = 0;
  /// What this rank receives instead.
  llvm::MapVector<Value, Value> received;
};
} // namespace

/// From where it is computed to a rank that needs it. All ranks come to all of
/// these in one order, so that none waits for one that waits for it.
void Splitter::hand(Value value, int64_t from, int64_t to, Operation *behind) {
  OpBuilder builder(function.getContext());
  builder.setInsertionPointAfter(behind);
  int64_t number = tag++;
  if (rank == from)
    SendOp::create(builder, value.getLoc(), value, to, number);
  if (rank == to)
    received[value] = ReceiveOp::create(builder, value.getLoc(),
                                        value.getType(), from, number);
}

/// Every rank returns the same.
void Splitter::handResults() {
  Operation *terminator = function.front().getTerminator();
  OpBuilder builder(terminator);
  for (OpOperand &operand : terminator->getOpOperands()) {
    int64_t from = placing.getRank(operand.get());
    if (from == kEverywhere)
      continue;
    auto type = cast<RankedTensorType>(operand.get().getType());
    Value own = operand.get();
    if (from != rank) {
      Value zero = ConstantOp::create(
          builder, terminator->getLoc(),
          DenseElementsAttr::get(
              RankedTensorType::get({}, type.getElementType()),
              builder.getZeroAttr(type.getElementType())));
      own = BroadcastOp::create(builder, terminator->getLoc(), type, zero);
    }
    operand.set(CollectiveBroadcastOp::create(builder, terminator->getLoc(),
                                              own, from));
  }
}

LogicalResult Splitter::split() {
  Block &block = function.front();
  SmallVector<Operation *> ops;
  for (Operation &op : block.without_terminator())
    ops.push_back(&op);
  for (Operation *op : ops)
    for (Value value : op->getResults()) {
      int64_t from = placing.getRank(op);
      llvm::SmallSetVector<int64_t, 4> to;
      for (Operation *user : value.getUsers())
        if (Operation *inBlock = block.findAncestorOpInBlock(*user);
            inBlock != block.getTerminator())
          to.insert(placing.getRank(inBlock));
      if (from != kEverywhere)
        for (int64_t other : to.takeVector())
          if (other != from && other != kEverywhere)
            hand(value, from, other, op);
    }
  handResults();
  for (auto [value, here] : received)
    for (OpOperand &use : llvm::make_early_inc_range(value.getUses())) {
      Operation *user = block.findAncestorOpInBlock(*use.getOwner());
      if (placing.getRank(user) == rank)
        use.set(here);
    }
  for (Operation *op : llvm::reverse(ops))
    if (int64_t place = placing.getRank(op);
        place != kEverywhere && place != rank) {
      if (!op->use_empty())
        return op->emitError("expected every use of it to be on rank ")
               << place << " or to receive it";
      op->erase();
    }
  return success();
}

/// Adds the function that hands each state from its owner to all ranks.
static void addCollecting(ModuleOp module, const Placing &placing) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto function =
      func::FuncOp::create(builder, module.getLoc(), collectFunctionName,
                           builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  for (auto [name, owner] : placing.getOwners()) {
    auto state = module.lookupSymbol<StateOp>(name);
    Location loc = state.getLoc();
    Value value = GetStateOp::create(builder, loc, state.getTensorType(), name);
    Value shared = CollectiveBroadcastOp::create(builder, loc, value, owner);
    SetStateOp::create(builder, loc, name, shared);
  }
  func::ReturnOp::create(builder, module.getLoc());
}

namespace {
struct SplitRanks : tenon::impl::SplitRanksPassBase<SplitRanks> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto rank = module->getAttrOfType<IntegerAttr>(stageAttrName);
    if (!rank)
      return;
    Placing placing(module);
    for (auto function : module.getOps<func::FuncOp>())
      if (failed(Splitter(function, placing, rank.getInt()).split()))
        return signalPassFailure();
    addCollecting(module, placing);
  }
};
} // namespace
