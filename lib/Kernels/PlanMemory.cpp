//===- PlanMemory.cpp - regions for all values ----------------------------===//

#include "ArenaPacking.h"
#include "InPlace.h"
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
  return isa<ReshapeOp, SliceOp, ConcatOp>(op);
}

/// The last position at which `value` or a view of it is read. A use inside a
/// region that may run again counts to the region's end.
static int64_t getLastUse(Value value, const Order &order) {
  Block *home = value.getParentBlock();
  Operation *definition = value.getDefiningOp();
  int64_t last = definition ? order.getEnd(definition) : -1;
  for (Operation *user : value.getUsers()) {
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
/// The memory of a program while it is planned.
class Plan {
public:
  explicit Plan(func::FuncOp program)
      : program(program), context(program.getContext()), order(program) {}

  LogicalResult collect();
  /// Puts results in the place of operands that nobody needs any more; returns
  /// their number.
  unsigned shareWithOperands();
  /// Returns the bytes of the arena.
  AffineExpr pack();
  /// The most bytes that are alive at once; nullopt if sizes are symbolic.
  std::optional<int64_t> getLiveBytes();
  RegionAttr getRegion(Value value) const;
  /// Marks the next values of states that may lie where these lie.
  void markDonated();

private:
  bool dies(Value value, LaunchOp launch) const {
    return getLastUse(value, order) <= order.getEnd(launch);
  }
  Value findOperandToReplace(LaunchOp launch, OpResult result);
  ArenaBuffer *find(Value buffer) const { return arena.lookup(buffer); }
  SmallVector<ArenaBuffer *> getBuffers() {
    return llvm::map_to_vector(buffers,
                               [](const auto &buffer) { return buffer.get(); });
  }

  func::FuncOp program;
  MLIRContext *context;
  Order order;
  SmallVector<std::unique_ptr<ArenaBuffer>> buffers;
  /// Of each value that has memory of its own (Place::buffer): its part of the
  /// arena, or which output it is.
  DenseMap<Value, ArenaBuffer *> arena;
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
        if (isa<ReshapeOp, SliceOp, ConstantOp>(op))
          return WalkResult::advance();
        for (OpResult result : op->getResults()) {
          auto type = dyn_cast<RankedTensorType>(result.getType());
          if (!type)
            continue;
          if (!getByteSize(type)) {
            op->emitOpError("has a result of unknown size: ") << type;
            return WalkResult::interrupt();
          }
          Value whole = getPlace(result).buffer;
          if (outputs.contains(whole))
            continue;
          ArenaBuffer *&buffer = arena[whole];
          if (!buffer)
            buffer =
                buffers
                    .emplace_back(std::make_unique<ArenaBuffer>(ArenaBuffer{
                        getByteSize(cast<RankedTensorType>(whole.getType())),
                        order.getBegin(op), 0}))
                    .get();
          buffer->end = std::max(buffer->end, getLastUse(result, order));
        }
        return WalkResult::advance();
      });
  return failure(walked.wasInterrupted());
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
  if (!writesWholeVectors(launch, result))
    return {};
  ArenaBuffer *own = find(result);
  for (Value input : launch.getInputs()) {
    Place place = getPlace(input);
    ArenaBuffer *buffer = find(place.buffer);
    if (buffer && buffer != own && buffer->end == order.getEnd(launch) &&
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
    llvm::SmallPtrSet<ArenaBuffer *, 2> taken;
    for (OpResult result : launch->getResults()) {
      Value operand =
          find(result) ? findOperandToReplace(launch, result) : Value();
      if (!operand)
        continue;
      ArenaBuffer *own = find(result), *shared = find(getPlace(operand).buffer);
      if (!taken.insert(shared).second)
        continue;
      shared->end = std::max(shared->end, own->end);
      llvm::erase_if(buffers,
                     [&](const auto &buffer) { return buffer.get() == own; });
      arena[result] = shared;
      ++count;
    }
  });
  return count;
}

AffineExpr Plan::pack() { return packArena(getBuffers(), context); }

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
  AffineExpr offset = place.offset * getElementBytes(element);
  RegionRoot root = RegionRoot::arena;
  std::optional<int64_t> number;
  if (auto argument = dyn_cast<BlockArgument>(place.buffer)) {
    root = RegionRoot::input;
    number = argument.getArgNumber();
  } else if (auto constant = place.buffer.getDefiningOp<ConstantOp>()) {
    auto weight = constant->getAttrOfType<IntegerAttr>(weightOffsetAttrName);
    root = RegionRoot::weights;
    offset = offset + (weight ? weight.getInt() : 0);
  } else if (auto output = outputs.find(place.buffer);
             output != outputs.end()) {
    root = RegionRoot::output;
    number = output->second;
  } else {
    offset = offset + find(place.buffer)->offset;
  }
  return RegionAttr::get(
      context, root, number, DimsAttr::get(context, simplifyDim(offset)),
      place.isDense() ? DimsAttr() : DimsAttr::get(context, place.strides));
}

/// Whether the call can still fail behind `launch`: its state must be as it was
/// then.
static bool mayFailBehind(LaunchOp launch) {
  for (Operation *op = launch->getNextNode(); op; op = op->getNextNode())
    if (isa<IndexGuardOp>(op))
      return true;
  return false;
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
    if (!name || !launch)
      continue;
    for (BlockArgument argument : program.getArguments())
      if (getName(program.getArgAttrDict(argument.getArgNumber())) == name &&
          result.getType() == argument.getType() && dies(argument, launch) &&
          !mayFailBehind(launch) && isReadInPlace(launch, argument, result))
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
    for (Value result : op->getResults())
      regions.push_back(isa<RankedTensorType>(result.getType())
                            ? Attribute(plan.getRegion(result))
                            : builder.getUnitAttr());
    op->setAttr(placementAttrName, builder.getArrayAttr(regions));
  }
};
} // namespace
