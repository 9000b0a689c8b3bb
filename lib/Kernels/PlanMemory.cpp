//===- PlanMemory.cpp - regions for all values ----------------------------===//

#include "ArenaPacking.h"
#include "InPlace.h"
#include "Update.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"

namespace tenon {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
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

static bool isView(Operation *op) {
  return isa<ReshapeOp, SliceOp, ConcatOp, AwaitOp>(op);
}

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

/// Whether `value` is one of those that a branch or loop chooses from.
static bool isChosen(Value value) {
  auto result = dyn_cast<OpResult>(value);
  auto loop = value.getDefiningOp<LoopOp>();
  return value.getDefiningOp<IfOp>() ||
         (loop && result.getResultNumber() < loop.getNumCarried());
}

/// Whether a branch or loop may choose `value`, or a view of it.
static bool mayBeChosen(Value value) {
  return llvm::any_of(value.getUses(), [](OpOperand &use) {
    return getChosenResult(use) || (isView(use.getOwner()) &&
                                    mayBeChosen(use.getOwner()->getResult(0)));
  });
}

/// The loop that hands `value` on to its next round, or null.
static LoopOp getCarryingLoop(Value value) {
  for (OpOperand &use : value.getUses()) {
    if (isa<ReshapeOp>(use.getOwner())) {
      if (LoopOp loop = getCarryingLoop(use.getOwner()->getResult(0)))
        return loop;
      continue;
    }
    auto loop = dyn_cast<LoopOp>(use.getOwner()->getParentOp());
    if (loop && isa<YieldOp>(use.getOwner()) && getChosenResult(use))
      return loop;
  }
  return {};
}

/// The last position at which `value` or a view of it is read. A use inside a
/// region that may run again counts to the region's end.
static int64_t getLastUse(Value value, const Order &order) {
  Block *home = value.getParentBlock();
  Operation *definition = value.getDefiningOp();
  int64_t last = definition ? order.getEnd(definition) : -1;
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (Value chosen = getChosenResult(use))
      last = std::max(last, getLastUse(chosen, order));
    if (isView(user)) {
      last = std::max(last, getLastUse(user->getResult(0), order));
      if (user->getBlock() == home)
        continue;
    }
    if (Operation *ancestor = home->findAncestorOpInBlock(*user))
      last = std::max(last, order.getEnd(ancestor));
  }
  return last;
}

namespace {
/// Memory for a value: part of the arena, or a growable block.
struct Buffer : ArenaBuffer {
  /// Whether a run finds out the size.
  bool isLate = false;
  int64_t slot = 0;
  /// Where a loop's rounds use two places in turn: how far apart they are.
  AffineExpr turn = {};
};

/// The memory of a program while it is planned.
class Plan {
public:
  explicit Plan(func::FuncOp program)
      : program(program), context(program.getContext()), order(program),
        symbols(getProgramSymbols(program)) {}

  LogicalResult collect();
  /// Puts results in the place of operands that nobody needs any more; returns
  /// their number.
  unsigned shareWithOperands();
  /// Returns the bytes of the arena.
  AffineExpr pack();
  /// Gives buffers of late sizes growable blocks; returns how many there are.
  int64_t packLate();
  /// The most bytes that are alive at once; nullopt if sizes are symbolic.
  std::optional<int64_t> getLiveBytes();
  /// Null: one of the values that a branch or loop chooses from, where it is.
  RegionAttr getRegion(Value value) const;
  /// Where a loop's program has the number of its round.
  DimsAttr getRoundPlace(LoopOp loop) const;
  /// Marks the next values of states that may lie where these lie.
  void markDonated();

private:
  bool dies(Value value, LaunchOp launch) const {
    return getLastUse(value, order) <= order.getEnd(launch);
  }
  LogicalResult collect(OpResult result);
  Buffer &add(Value whole, AffineExpr size, int64_t begin);
  Value findOperandToReplace(LaunchOp launch, OpResult result);
  Buffer *find(Value buffer) const { return planned.lookup(buffer); }
  SmallVector<ArenaBuffer *> getBuffers() {
    SmallVector<ArenaBuffer *> inArena;
    for (const auto &buffer : buffers)
      if (!buffer->isLate)
        inArena.push_back(buffer.get());
    return inArena;
  }

  func::FuncOp program;
  MLIRContext *context;
  Order order;
  SmallVector<AffineExpr> symbols;
  SmallVector<std::unique_ptr<Buffer>> buffers;
  /// Of each value that has memory of its own (Place::buffer): its buffer, or
  /// which output it is.
  DenseMap<Value, Buffer *> planned;
  DenseMap<Value, int64_t> outputs;
};
} // namespace

LogicalResult Plan::collect() {
  Block &body = program.getBody().front();
  for (auto [index, value] :
       llvm::enumerate(body.getTerminator()->getOperands()))
    if (isa<RankedTensorType>(value.getType()))
      outputs.try_emplace(getPlace(value).buffer, index);
  WalkResult walked =
      program.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (isa<ReshapeOp, SliceOp, AwaitOp, ConstantOp>(op))
          return WalkResult::advance();
        for (OpResult result : op->getResults())
          if (isa<RankedTensorType>(result.getType()) && !isChosen(result) &&
              failed(collect(result)))
            return WalkResult::interrupt();
        if (auto loop = dyn_cast<LoopOp>(op))
          add(loop.getBody().getArgument(0),
              getAffineConstantExpr(sizeof(int64_t), context),
              order.getBegin(op))
              .end = order.getEnd(op);
        return WalkResult::advance();
      });
  return failure(walked.wasInterrupted());
}

Buffer &Plan::add(Value whole, AffineExpr size, int64_t begin) {
  Buffer *&buffer = planned[whole];
  if (!buffer) {
    buffer = buffers.emplace_back(std::make_unique<Buffer>()).get();
    buffer->size = size;
    buffer->begin = begin;
    buffer->end = begin;
    buffer->isLate = !size || !followsFrom(size, symbols);
  }
  return *buffer;
}

LogicalResult Plan::collect(OpResult result) {
  Operation *op = result.getOwner();
  bool isList = isa<LoopOp>(op);
  Value whole = getPlace(result).buffer;
  if (!isList && !getByteSize(cast<RankedTensorType>(result.getType())))
    return op->emitOpError("has a result of unknown size: ")
           << result.getType();
  if (outputs.contains(whole))
    return success();
  // a list grows with each round
  AffineExpr size = isList
                        ? AffineExpr()
                        : getByteSize(cast<RankedTensorType>(whole.getType()));
  Buffer &buffer = add(whole, size, order.getBegin(op));
  buffer.end = std::max(buffer.end, getLastUse(result, order));
  LoopOp carrying = getCarryingLoop(result);
  if (!carrying || buffer.turn)
    return success();
  buffer.turn =
      buffer.isLate ? getAffineConstantExpr(1, context) : alignUp(buffer.size);
  if (!buffer.isLate)
    buffer.size = simplifyDim(buffer.turn * 2);
  buffer.begin = std::min(buffer.begin, order.getBegin(carrying));
  buffer.end = std::max(buffer.end, order.getEnd(carrying));
  return success();
}

/// Whether a kernel writes whole vectors: its rows are of some, or it has none,
/// for its operands are single numbers or as large as the result. A row that
/// ends in a part of a vector is stored under a mask, and the load of the next
/// row would wait for it where both are in one place (a bias of 6 channels
/// added in place took 17 times as long).
static bool writesWholeVectors(LaunchOp launch, OpResult result) {
  SmallVector<AffineExpr> dims =
      getDims(cast<RankedTensorType>(result.getType()));
  std::optional<int64_t> row =
      dims.empty() ? std::nullopt : getConstantDim(dims.back());
  if (row && *row % (bufferAlignment / 4) == 0)
    return true;
  return llvm::all_of(launch.getInputs(), [&](Value input) {
    auto type = cast<RankedTensorType>(input.getType());
    return getDims(type) == dims ||
           (type.hasStaticShape() && type.getNumElements() == 1);
  });
}

/// An operand of `launch` whose memory, all of it, `result` may take.
Value Plan::findOperandToReplace(LaunchOp launch, OpResult result) {
  Buffer *own = find(result);
  if (own->isLate || own->turn || !writesWholeVectors(launch, result))
    return {};
  for (Value input : launch.getInputs()) {
    Place place = getPlace(input);
    Buffer *buffer = find(place.buffer);
    if (buffer && buffer != own && !buffer->isLate && !buffer->turn &&
        !mayBeChosen(place.buffer) && buffer->end == order.getEnd(launch) &&
        place.buffer.getParentBlock() == launch->getBlock() &&
        buffer->size == own->size && getConstantDim(place.offset) == 0 &&
        isReadInPlace(launch, input, result))
      return input;
  }
  return {};
}

unsigned Plan::shareWithOperands() {
  unsigned count = 0;
  program.walk([&](LaunchOp launch) {
    llvm::SmallPtrSet<Buffer *, 2> taken;
    for (OpResult result : launch->getResults()) {
      Value operand =
          find(result) ? findOperandToReplace(launch, result) : Value();
      if (!operand)
        continue;
      Buffer *own = find(result), *shared = find(getPlace(operand).buffer);
      if (!taken.insert(shared).second)
        continue;
      shared->end = std::max(shared->end, own->end);
      llvm::erase_if(buffers,
                     [&](const auto &buffer) { return buffer.get() == own; });
      planned[result] = shared;
      ++count;
    }
  });
  return count;
}

AffineExpr Plan::pack() { return packArena(getBuffers(), context); }

int64_t Plan::packLate() {
  SmallVector<Buffer *> lates;
  for (const auto &buffer : buffers)
    if (buffer->isLate)
      lates.push_back(buffer.get());
  llvm::stable_sort(lates,
                    [](Buffer *a, Buffer *b) { return a->begin < b->begin; });
  SmallVector<int64_t> ends;
  for (Buffer *buffer : lates) {
    auto *free =
        buffer->turn ? ends.end() : llvm::find_if(ends, [&](int64_t end) {
          return end < buffer->begin;
        });
    buffer->slot = free - ends.begin();
    if (free == ends.end())
      ends.append(buffer->turn ? 2 : 1, buffer->end);
    ends[buffer->slot] = buffer->end;
  }
  return static_cast<int64_t>(ends.size());
}

DimsAttr Plan::getRoundPlace(LoopOp loop) const {
  return DimsAttr::get(context, find(loop.getBody().getArgument(0))->offset);
}

std::optional<int64_t> Plan::getLiveBytes() {
  SmallVector<ArenaBuffer *> all = getBuffers();
  if (!llvm::all_of(all, [](const ArenaBuffer *buffer) {
        return getConstantDim(buffer->size).has_value();
      }))
    return std::nullopt;
  return getMaxLiveBytes(all);
}

RegionAttr Plan::getRegion(Value value) const {
  Place place = getPlace(value);
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  SmallVector<AffineExpr> offset{place.offset * getElementBytes(element)};
  RegionRoot root = RegionRoot::arena;
  std::optional<int64_t> number;
  auto argument = dyn_cast<BlockArgument>(place.buffer);
  if (isChosen(place.buffer) ||
      (argument && !isa<func::FuncOp>(argument.getOwner()->getParentOp())))
    return {};
  if (argument) {
    number = argument.getArgNumber();
    // (an op's accessors are not const)
    root = func::FuncOp(program).getArgAttr(*number, stateAttrName)
               ? RegionRoot::state
               : RegionRoot::input;
  } else if (auto constant = place.buffer.getDefiningOp<ConstantOp>()) {
    auto weight = constant->getAttrOfType<IntegerAttr>(weightOffsetAttrName);
    root = RegionRoot::weights;
    offset[0] = offset[0] + (weight ? weight.getInt() : 0);
  } else if (auto output = outputs.find(place.buffer);
             output != outputs.end()) {
    root = RegionRoot::output;
    number = output->second;
  } else {
    const Buffer *buffer = find(place.buffer);
    if (buffer->isLate) {
      root = RegionRoot::late;
      number = buffer->slot;
    } else {
      offset[0] = offset[0] + buffer->offset;
    }
    if (buffer->turn)
      offset.push_back(buffer->turn);
  }
  for (AffineExpr &expr : offset)
    expr = simplifyDim(expr);
  return RegionAttr::get(
      context, root, number, DimsAttr::get(context, offset),
      place.isDense() ? DimsAttr() : DimsAttr::get(context, place.strides));
}

void Plan::markDonated() {
  Operation *terminator = program.front().getTerminator();
  auto getName = [&](DictionaryAttr attributes) {
    return attributes ? attributes.getAs<StringAttr>(stateAttrName)
                      : StringAttr();
  };
  for (auto [index, result] : llvm::enumerate(terminator->getOperands())) {
    StringAttr name = getName(program.getResultAttrDict(index));
    auto launch = result.getDefiningOp<LaunchOp>();
    if (!name || !launch || program.getResultAttr(index, updatedAttrName))
      continue;
    for (BlockArgument argument : program.getArguments())
      if (getName(program.getArgAttrDict(argument.getArgNumber())) == name &&
          result.getType() == argument.getType() && !mayBeChosen(argument) &&
          dies(argument, launch) && !mayFailBehind(launch) &&
          isReadInPlace(launch, argument, result))
        program.setResultAttr(index, inPlaceAttrName,
                              UnitAttr::get(program.getContext()));
  }
}

namespace {
struct PlanMemory : tenon::impl::PlanMemoryPassBase<PlanMemory> {
  void runOnOperation() override {
    func::FuncOp program = getOperation();
    Plan plan(program);
    if (failed(plan.collect()))
      return signalPassFailure();
    numInPlace += plan.shareWithOperands();
    AffineExpr bytes = plan.pack();
    if (int64_t blocks = plan.packLate())
      program->setAttr(numLateBlocksAttrName,
                       Builder(&getContext()).getI64IntegerAttr(blocks));
    program.walk([&](Operation *op) { setPlacement(op, plan); });
    program->setAttr(arenaBytesAttrName, DimsAttr::get(&getContext(), bytes));
    if (std::optional<int64_t> live = plan.getLiveBytes()) {
      program->setAttr(liveBytesAttrName,
                       Builder(&getContext()).getI64IntegerAttr(*live));
      numLiveBytes += *live;
      numArenaBytes += *getConstantDim(bytes);
    }
    plan.markDonated();
  }

  static void setPlacement(Operation *op, const Plan &plan) {
    if (op->getNumResults() == 0)
      return;
    Builder builder(op->getContext());
    SmallVector<Attribute> regions;
    for (Value result : op->getResults()) {
      RegionAttr region = isa<RankedTensorType>(result.getType())
                              ? plan.getRegion(result)
                              : RegionAttr();
      regions.push_back(region ? Attribute(region) : builder.getUnitAttr());
    }
    if (auto loop = dyn_cast<LoopOp>(op))
      loop->setAttr(roundPlacementAttrName, plan.getRoundPlace(loop));
    op->setAttr(placementAttrName, builder.getArrayAttr(regions));
  }
};
} // namespace
