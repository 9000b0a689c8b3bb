//===- PlanMemory.cpp - the arena -----------------------------------------===//
//
// Static sizes: greedy by size (Pisarchyk and Lee, "Efficient Memory Management
// for Deep Neural Net Inference", 2020). Symbolic sizes: slots that are reused
// in the order of the program by values that provably fit, behind the static
// part. Sizes that a run finds out: growable blocks, shared likewise.
//
//===----------------------------------------------------------------------===//

#include "DonatedResults.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"

namespace tenon {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// Memory for one value: alive from the op at position `begin` to that at
/// `end`, both included.
struct Buffer {
  /// A result, or the argument of a loop's body that numbers its rounds.
  Value value;
  AffineExpr size;
  int64_t begin, end;
  /// Whether a loop's rounds use two of them in turn.
  bool alternates;
  AffineExpr offset;

  bool meets(const Buffer &other) const {
    return begin <= other.end && other.begin <= end;
  }
};

/// Positions of ops in the order of the program; an op with regions spans the
/// positions of what is inside.
class Order {
public:
  explicit Order(func::FuncOp function) {
    int64_t count = 0;
    function.getBody().walk<WalkOrder::PreOrder>(
        [&](Operation *op) { positions[op].first = count++; });
    function.getBody().walk([&](Operation *op) {
      int64_t end = positions[op].first;
      for (Region &region : op->getRegions())
        for (Block &block : region)
          if (!block.empty())
            end = std::max(end, positions[&block.back()].second);
      positions[op].second = end;
    });
  }

  int64_t getBegin(Operation *op) const { return positions.lookup(op).first; }
  int64_t getEnd(Operation *op) const { return positions.lookup(op).second; }

private:
  DenseMap<Operation *, std::pair<int64_t, int64_t>> positions;
};
} // namespace

/// The result of a branch or loop that `use` may become, where it is.
static Value getChosenResult(OpOperand &use) {
  Operation *user = use.getOwner();
  unsigned number = use.getOperandNumber();
  if (auto loop = dyn_cast<LoopOp>(user)) {
    unsigned first = loop.getInits().getBeginOperandIndex();
    return number >= first ? loop.getResult(number - first) : Value();
  }
  if (!isa<YieldOp>(user))
    return {};
  if (auto branch = dyn_cast<IfOp>(user->getParentOp()))
    return branch.getResult(number);
  auto loop = dyn_cast<LoopOp>(user->getParentOp());
  return loop && number >= 1 && number <= loop.getNumCarried()
             ? loop.getResult(number - 1)
             : Value();
}

/// The last position at which `value` or a view of it is read. A use inside a
/// region that may run again counts to the region's end.
static int64_t getLastUse(Value value, const Order &order) {
  Block *home = value.getParentBlock();
  int64_t last = order.getEnd(value.getDefiningOp());
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (Value chosen = getChosenResult(use))
      last = std::max(last, getLastUse(chosen, order));
    if (auto reshape = dyn_cast<ReshapeOp>(user)) {
      last = std::max(last, getLastUse(reshape, order));
      if (user->getBlock() == home)
        continue;
    }
    if (Operation *ancestor = home->findAncestorOpInBlock(*user))
      last = std::max(last, order.getEnd(ancestor));
  }
  return last;
}

/// Which buffers the program's outputs are.
static DenseMap<Value, int64_t> getOutputs(func::FuncOp function) {
  DenseMap<Value, int64_t> outputs;
  for (auto [index, value] : llvm::enumerate(
           function.getBody().front().getTerminator()->getOperands()))
    outputs.try_emplace(getBuffer(value), index);
  return outputs;
}

static AffineExpr alignUp(AffineExpr size) {
  if (std::optional<int64_t> constant = getConstantDim(size))
    return getAffineConstantExpr(llvm::alignTo(*constant, bufferAlignment),
                                 size.getContext());
  return simplifyDim(size.ceilDiv(bufferAlignment) * bufferAlignment);
}

/// Packs buffers of static sizes; returns the bytes they need.
static int64_t packStatic(MutableArrayRef<Buffer *> buffers) {
  auto size = [](const Buffer *buffer) {
    return *getConstantDim(buffer->size);
  };
  auto offset = [](const Buffer *buffer) {
    return *getConstantDim(buffer->offset);
  };
  llvm::stable_sort(buffers,
                    [&](Buffer *a, Buffer *b) { return size(a) > size(b); });
  int64_t total = 0;
  SmallVector<Buffer *> placed; // by offset
  for (Buffer *buffer : buffers) {
    int64_t begin = 0;
    for (Buffer *other : placed) {
      if (!buffer->meets(*other))
        continue;
      if (begin + size(buffer) <= offset(other))
        break;
      begin = std::max<int64_t>(
          begin, llvm::alignTo(offset(other) + size(other), bufferAlignment));
    }
    buffer->offset = getAffineConstantExpr(begin, buffer->size.getContext());
    total = std::max<int64_t>(
        total, llvm::alignTo(begin + size(buffer), bufferAlignment));
    placed.insert(llvm::upper_bound(placed, buffer,
                                    [&](Buffer *a, Buffer *b) {
                                      return offset(a) < offset(b);
                                    }),
                  buffer);
  }
  return total;
}

/// Gives buffers of symbolic sizes slots from `begin` on; returns the bytes up
/// to their end.
static AffineExpr packSymbolic(MutableArrayRef<Buffer *> buffers,
                               AffineExpr begin) {
  struct Slot {
    AffineExpr size;
    int64_t end;
    SmallVector<Buffer *> buffers;
  };
  SmallVector<Slot> slots;
  llvm::stable_sort(buffers,
                    [](Buffer *a, Buffer *b) { return a->begin < b->begin; });
  for (Buffer *buffer : buffers) {
    Slot *best = nullptr;
    for (Slot &slot : slots) {
      if (slot.end >= buffer->begin)
        continue;
      bool fits = isProvablyAtLeast(slot.size, buffer->size),
           grows = isProvablyAtLeast(buffer->size, slot.size);
      // the smallest slot that fits; else the largest that may grow
      if (fits && (!best || !isProvablyAtLeast(best->size, buffer->size) ||
                   isProvablyAtLeast(best->size, slot.size)))
        best = &slot;
      else if (!fits && grows &&
               (!best || isProvablyAtLeast(slot.size, best->size)))
        best =
            best && isProvablyAtLeast(best->size, buffer->size) ? best : &slot;
    }
    if (!best)
      best = &slots.emplace_back(Slot{buffer->size, 0, {}});
    if (!isProvablyAtLeast(best->size, buffer->size))
      best->size = buffer->size;
    best->end = buffer->end;
    best->buffers.push_back(buffer);
  }
  AffineExpr offset = begin;
  for (Slot &slot : slots) {
    for (Buffer *buffer : slot.buffers)
      buffer->offset = offset;
    offset = simplifyDim(offset + alignUp(slot.size));
  }
  return offset;
}

/// The loop that hands `value` on to its next round, or null.
static LoopOp getCarryingLoop(Value value) {
  for (OpOperand &use : value.getUses()) {
    if (auto reshape = dyn_cast<ReshapeOp>(use.getOwner())) {
      if (LoopOp loop = getCarryingLoop(reshape))
        return loop;
      continue;
    }
    auto loop = dyn_cast<LoopOp>(use.getOwner()->getParentOp());
    if (loop && isa<YieldOp>(use.getOwner()) && getChosenResult(use))
      return loop;
  }
  return {};
}

/// Gives buffers of late sizes growable blocks; returns how many there are.
static int64_t packLate(MutableArrayRef<Buffer *> buffers,
                        function_ref<void(Buffer &, int64_t)> place) {
  SmallVector<int64_t> ends;
  llvm::stable_sort(buffers,
                    [](Buffer *a, Buffer *b) { return a->begin < b->begin; });
  for (Buffer *buffer : buffers) {
    auto *free =
        buffer->alternates ? ends.end() : llvm::find_if(ends, [&](int64_t end) {
          return end < buffer->begin;
        });
    int64_t slot = free - ends.begin();
    if (free == ends.end())
      ends.append(buffer->alternates ? 2 : 1, buffer->end);
    ends[slot] = buffer->end;
    place(*buffer, slot);
  }
  return ends.size();
}

namespace {
struct PlanMemory : tenon::impl::PlanMemoryPassBase<PlanMemory> {
  void runOnOperation() override {
    SmallVector<Buffer> buffers;
    if (failed(collectBuffers(buffers)))
      return signalPassFailure();
    SmallVector<Buffer *> statics, symbolics, lates;
    SmallVector<AffineExpr> symbols = getProgramSymbols(getOperation());
    for (Buffer &buffer : buffers) {
      bool isLate = !buffer.size || !followsFrom(buffer.size, symbols);
      if (!isLate && buffer.alternates)
        buffer.size = simplifyDim(alignUp(buffer.size) * 2);
      (isLate                        ? lates
       : getConstantDim(buffer.size) ? statics
                                     : symbolics)
          .push_back(&buffer);
    }
    AffineExpr begin =
        getAffineConstantExpr(packStatic(statics), &getContext());
    AffineExpr total = packSymbolic(symbolics, begin);
    for (Buffer *buffer : llvm::concat<Buffer *>(statics, symbolics))
      placeInArena(*buffer);
    int64_t numLate = packLate(lates, [&](Buffer &buffer, int64_t slot) {
      place(buffer.value,
            LateMemoryAttr::get(&getContext(), slot, buffer.alternates));
    });
    if (numLate)
      getOperation()->setAttr(
          numLateBlocksAttrName,
          IntegerAttr::get(IntegerType::get(&getContext(), 64), numLate));
    getOperation()->setAttr(arenaBytesAttrName,
                            DimsAttr::get(&getContext(), total));
    finishPlacements();
    placeWeights();
    markDonated(getOperation());
  }

  LogicalResult collectBuffers(SmallVector<Buffer> &buffers);

  /// Placements of each op's results while they are collected.
  DenseMap<Operation *, SmallVector<Attribute>> placements;

  void place(Value value, Attribute placement) {
    auto result = dyn_cast<OpResult>(value);
    if (!result) {
      value.getParentBlock()->getParentOp()->setAttr(roundPlacementAttrName,
                                                     placement);
      return;
    }
    SmallVector<Attribute> &attrs = placements[result.getOwner()];
    attrs.resize(result.getOwner()->getNumResults(),
                 UnitAttr::get(&getContext()));
    attrs[result.getResultNumber()] = placement;
  }

  void placeInArena(const Buffer &buffer) {
    SmallVector<AffineExpr> exprs{buffer.offset};
    if (buffer.alternates)
      exprs.push_back(getHalf(buffer.size));
    place(buffer.value, DimsAttr::get(&getContext(), exprs));
  }

  static AffineExpr getHalf(AffineExpr size) {
    return simplifyDim(
        divideExactly(size, getAffineConstantExpr(2, size.getContext())));
  }

  /// Memory for what is an op's own: a launch's results, a loop's lists.
  LogicalResult collectBuffer(OpResult result, const Order &order,
                              SmallVector<Buffer> &buffers);

  void finishPlacements() {
    for (auto &[op, attrs] : placements)
      op->setAttr(placementAttrName, ArrayAttr::get(&getContext(), attrs));
    placements.clear();
  }

  /// Offsets of constants in the order of the program, equal ones once.
  void placeWeights() {
    DenseMap<Attribute, int64_t> offsets;
    int64_t end = 0;
    getOperation()->walk([&](ConstantOp constant) {
      auto [it, isNew] = offsets.try_emplace(constant.getValue(), end);
      if (isNew)
        end = llvm::alignTo(
            end + *getConstantDim(
                      getByteSize(cast<RankedTensorType>(constant.getType()))),
            bufferAlignment);
      constant->setAttr(
          placementAttrName,
          IntegerAttr::get(IntegerType::get(&getContext(), 64), it->second));
    });
  }
};
} // namespace

LogicalResult PlanMemory::collectBuffer(OpResult result, const Order &order,
                                        SmallVector<Buffer> &buffers) {
  Operation *op = result.getOwner();
  auto type = dyn_cast<RankedTensorType>(result.getType());
  auto loop = dyn_cast<LoopOp>(op);
  // what a branch or a loop chooses from has memory already
  bool isChosen = isa<IfOp>(op) ||
                  (loop && result.getResultNumber() < loop.getNumCarried());
  if (!type || isChosen)
    return success();
  // a list grows with each round
  AffineExpr size = loop ? AffineExpr() : getByteSize(type);
  if (!size && !loop)
    return op->emitOpError("has a result of unknown size: ") << type;
  Buffer buffer{result,
                size,
                order.getBegin(op),
                getLastUse(result, order),
                /*alternates=*/false,
                {}};
  if (LoopOp carrying = getCarryingLoop(result)) {
    buffer.alternates = true;
    buffer.begin = order.getBegin(carrying);
    buffer.end = std::max(buffer.end, order.getEnd(carrying));
  }
  buffers.push_back(buffer);
  return success();
}

LogicalResult PlanMemory::collectBuffers(SmallVector<Buffer> &buffers) {
  func::FuncOp function = getOperation();
  Order order(function);
  DenseMap<Value, int64_t> outputs = getOutputs(function);
  WalkResult walked =
      function.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (isa<ReshapeOp, ConstantOp>(op))
          return WalkResult::advance();
        for (OpResult result : op->getResults()) {
          if (auto output = outputs.find(result); output != outputs.end())
            place(result, IntegerAttr::get(IntegerType::get(&getContext(), 64),
                                           output->second));
          else if (failed(collectBuffer(result, order, buffers)))
            return WalkResult::interrupt();
        }
        if (auto loop = dyn_cast<LoopOp>(op))
          buffers.push_back(
              {loop.getBody().getArgument(0),
               getAffineConstantExpr(sizeof(int64_t), &getContext()),
               order.getBegin(op),
               order.getEnd(op),
               /*alternates=*/false,
               {}});
        return WalkResult::advance();
      });
  return failure(walked.wasInterrupted());
}
