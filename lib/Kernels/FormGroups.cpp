//===- FormGroups.cpp - operator fusion -----------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ScalarCost.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Target/MachineModel.h"
#include "llvm/ADT/SetVector.h"

namespace tenon {
#define GEN_PASS_DEF_FORMGROUPSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// Ops that will share a kernel; the last one gives its results.
struct Group {
  llvm::SetVector<Operation *> ops;
  bool hasContraction = false;
  /// The shape over which row reductions run; empty optional: there are none.
  std::optional<SmallVector<AffineExpr>> rowSpace;

  Operation *getRoot() const { return ops.back(); }
};

/// Forms the groups of one block.
class GroupFormer {
public:
  explicit GroupFormer(Block &block) : block(block) {}

  /// Returns the number of groups.
  unsigned run();

private:
  Group *getGroup(Operation *op) const { return groupOf.lookup(op); }
  void absorbProducers(Operation *consumer);
  bool canAbsorb(const Group &producers, const Group &consumers,
                 Operation *consumer) const;
  void merge(Group &producers, Group &consumers);
  bool isWorthRepeating(const Group &group) const;
  void repeatInConsumers(Group &group);
  void materialize(const Group &group);

  Block &block;
  SmallVector<std::unique_ptr<Group>> groups;
  DenseMap<Operation *, Group *> groupOf;
};
} // namespace

static SmallVector<AffineExpr> getResultDims(Operation *op) {
  return getDims(cast<RankedTensorType>(op->getResult(0).getType()));
}

static bool isReduction(FusionRole role) {
  return role == FusionRole::RowReduction || role == FusionRole::Reduction;
}

/// The shape that a reduction runs over: that of its input.
static SmallVector<AffineExpr> getRowSpace(Operation *op) {
  return getDims(cast<RankedTensorType>(op->getOperand(0).getType()));
}

/// Whether `dims` are `space`, or `space` with trailing dimensions reduced
/// to 1.
static bool isRowOf(ArrayRef<AffineExpr> dims, ArrayRef<AffineExpr> space) {
  if (dims.size() != space.size())
    return false;
  bool isReduced = false;
  for (auto [dim, full] : llvm::zip_equal(dims, space)) {
    isReduced |= dim != full;
    if (isReduced && getConstantDim(dim) != 1)
      return false;
  }
  return true;
}

/// The larger one of the groups' row spaces, if its rows hold those of the
/// other.
static std::optional<SmallVector<AffineExpr>>
getCommonRowSpace(const Group &a, const Group &b) {
  if (!a.rowSpace || !b.rowSpace)
    return a.rowSpace ? a.rowSpace : b.rowSpace;
  if (isRowOf(*a.rowSpace, *b.rowSpace))
    return b.rowSpace;
  return isRowOf(*b.rowSpace, *a.rowSpace) ? a.rowSpace : std::nullopt;
}

bool GroupFormer::canAbsorb(const Group &producers, const Group &consumers,
                            Operation *consumer) const {
  Operation *producer = producers.getRoot();
  FusionRole role = getFusionRole(consumer),
             producerRole = getFusionRole(producer);
  if (producer->getNumResults() != 1 || role == FusionRole::Alone ||
      producerRole == FusionRole::Alone ||
      producers.ops.size() + consumers.ops.size() > MachineModel::kMaxKernelOps)
    return false;
  if (role == FusionRole::Contraction || role == FusionRole::Unpack)
    return producerRole == FusionRole::Unpack;
  if (producers.hasContraction)
    return role == FusionRole::Elementwise && !consumers.hasContraction &&
           !consumers.rowSpace &&
           getResultDims(producer) == getResultDims(consumer);
  if (role == FusionRole::Movement)
    return producerRole == FusionRole::Elementwise && !producers.rowSpace;
  if (consumers.hasContraction || producerRole == FusionRole::Reduction)
    return false;
  SmallVector<AffineExpr> produced = getResultDims(producer),
                          consumed = isReduction(role)
                                         ? getRowSpace(consumer)
                                         : getResultDims(consumer);
  if (!producers.rowSpace && !consumers.rowSpace)
    // a smaller producer would be computed again for every element it is
    // broadcast to
    return produced == consumed;
  // rows of what is reduced across them would not stay in a tile
  if (getFusionRole(consumers.getRoot()) == FusionRole::Reduction)
    return !producers.rowSpace && produced == consumed;
  std::optional<SmallVector<AffineExpr>> space =
      getCommonRowSpace(producers, consumers);
  return space && isRowOf(produced, *space) && isRowOf(consumed, *space);
}

void GroupFormer::merge(Group &producers, Group &consumers) {
  llvm::SetVector<Operation *> ops(producers.ops);
  ops.insert(consumers.ops.begin(), consumers.ops.end());
  consumers.ops = std::move(ops);
  consumers.hasContraction |= producers.hasContraction;
  consumers.rowSpace = getCommonRowSpace(producers, consumers);
  for (Operation *op : producers.ops)
    groupOf[op] = &consumers;
  producers.ops.clear();
}

void GroupFormer::absorbProducers(Operation *consumer) {
  Group &group = *getGroup(consumer);
  // to a fixed point: a producer may only fit once another user of it has
  // joined
  for (bool changed = true; changed;) {
    changed = false;
    SmallVector<Operation *> members(group.ops.begin(), group.ops.end());
    for (Operation *member : members)
      for (Value operand : member->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        Group *producers = producer ? getGroup(producer) : nullptr;
        if (!producers || producers == &group ||
            producers->getRoot() != producer)
          continue;
        bool isLocal = llvm::all_of(producer->getUsers(), [&](Operation *user) {
          return getGroup(user) == &group;
        });
        if (!isLocal || !canAbsorb(*producers, group, member))
          continue;
        merge(*producers, group);
        changed = true;
      }
  }
}

/// Whether the ops together take less time than to store their result and to
/// load it again.
static bool isCheap(const Group &group) {
  ScalarCost cost;
  for (Operation *op : group.ops) {
    auto elementwise = dyn_cast<ElementwiseOpInterface>(op);
    if (!elementwise)
      return false;
    cost += getScalarCost(elementwise);
    if (!cost.isCheap())
      return false;
  }
  return true;
}

/// Whether to compute a value once more in each of the kernels that read it:
/// that takes little arithmetic, reads one tensor as they would otherwise, and
/// spares writing the value.
bool GroupFormer::isWorthRepeating(const Group &group) const {
  if (group.ops.empty() || group.getRoot()->use_empty() || !isCheap(group))
    return false;
  Operation *root = group.getRoot();
  llvm::SmallPtrSet<Value, 4> large;
  for (Operation *op : group.ops)
    for (Value operand : op->getOperands())
      if (!group.ops.contains(operand.getDefiningOp()) &&
          getDims(cast<RankedTensorType>(operand.getType())) ==
              getResultDims(root))
        large.insert(operand);
  return large.size() <= 1 &&
         llvm::all_of(root->getUsers(), [&](Operation *user) {
           Group *consumers = getGroup(user);
           return consumers && consumers != &group &&
                  canAbsorb(group, *consumers, user);
         });
}

void GroupFormer::repeatInConsumers(Group &group) {
  Operation *root = group.getRoot();
  llvm::SmallSetVector<Group *, 4> consumers;
  for (Operation *user : root->getUsers())
    consumers.insert(getGroup(user));
  for (Group *consumer : consumers.getArrayRef().drop_front()) {
    OpBuilder builder(root);
    IRMapping mapping;
    Group copy;
    for (Operation *op : group.ops)
      copy.ops.insert(builder.clone(*op, mapping));
    root->replaceUsesWithIf(copy.getRoot()->getResults(), [&](OpOperand &use) {
      return getGroup(use.getOwner()) == consumer;
    });
    merge(copy, *consumer);
  }
  merge(group, *consumers.front());
}

/// Constants that are cheaper as immediates than as arguments. Others stay
/// outside, so that layers with other weights share a kernel.
static bool isImmediate(Value value) {
  DenseElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat() &&
         constant.getType().hasStaticShape();
}

void GroupFormer::materialize(const Group &group) {
  SmallVector<Operation *> ops(group.ops.begin(), group.ops.end());
  llvm::sort(ops,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  llvm::SetVector<Value> inputs, immediates;
  for (Operation *op : ops) {
    llvm::SetVector<Value> used;
    used.insert_range(op->getOperands());
    getUsedValuesDefinedAbove(op->getRegions(), used);
    for (Value operand : used)
      if (!group.ops.contains(operand.getDefiningOp()))
        (isImmediate(operand) ? immediates : inputs).insert(operand);
  }

  Operation *root = ops.back();
  OpBuilder builder(root);
  SmallVector<Location> locs =
      llvm::map_to_vector(ops, [](Operation *op) { return op->getLoc(); });
  auto groupOp = GroupOp::create(builder, builder.getFusedLoc(locs),
                                 root->getResultTypes(), inputs.getArrayRef());
  SmallVector<Location> argumentLocs =
      llvm::map_to_vector(inputs, [](Value value) { return value.getLoc(); });
  Block *body = builder.createBlock(
      &groupOp.getBody(), {}, groupOp.getInputs().getTypes(), argumentLocs);
  IRMapping mapping;
  mapping.map(inputs.getArrayRef(), body->getArguments());
  for (Value constant : immediates)
    builder.clone(*constant.getDefiningOp(), mapping);
  for (Operation *op : ops)
    builder.clone(*op, mapping);
  YieldOp::create(builder, root->getLoc(),
                  llvm::map_to_vector(root->getResults(), [&](Value value) {
                    return mapping.lookup(value);
                  }));
  root->replaceAllUsesWith(groupOp);
  for (Operation *op : llvm::reverse(ops))
    op->erase();
}

unsigned GroupFormer::run() {
  for (Operation &op : block) {
    FusionRole role = getFusionRole(&op);
    if (role == FusionRole::View || role == FusionRole::Host)
      continue;
    Group &group = *groups.emplace_back(std::make_unique<Group>());
    group.ops.insert(&op);
    group.hasContraction = role == FusionRole::Contraction;
    if (role == FusionRole::RowReduction)
      group.rowSpace = getRowSpace(&op);
    groupOf[&op] = &group;
    absorbProducers(&op);
  }
  for (const std::unique_ptr<Group> &group : groups)
    if (isWorthRepeating(*group))
      repeatInConsumers(*group);
  unsigned count = 0;
  for (const std::unique_ptr<Group> &group : groups)
    if (!group->ops.empty()) {
      materialize(*group);
      ++count;
    }
  return count;
}

/// Takes a concatenation of more operands than a kernel may have apart, into
/// one of concatenations, which `form-views` has computed where they lie.
static void splitConcat(ConcatOp concat) {
  constexpr size_t most = MachineModel::kMaxConcatOperands;
  SmallVector<Value> pieces(concat.getInputs());
  OpBuilder builder(concat);
  while (pieces.size() > most) {
    SmallVector<Value> joined;
    for (ArrayRef<Value> rest = pieces; !rest.empty();
         rest = rest.drop_front(std::min(most, rest.size()))) {
      ArrayRef<Value> part = rest.take_front(most);
      joined.push_back(part.size() == 1
                           ? part.front()
                           : ConcatOp::create(builder, concat.getLoc(), part,
                                              concat.getAxis()));
    }
    pieces = std::move(joined);
  }
  concat.getInputsMutable().assign(pieces);
}

namespace {
struct FormGroups : tenon::impl::FormGroupsPassBase<FormGroups> {
  void runOnOperation() override {
    getOperation().walk([](ConcatOp concat) { splitConcat(concat); });
    for (Block *block : getLaunchedBlocks(getOperation()))
      numGroups += GroupFormer(*block).run();
  }
};
} // namespace
