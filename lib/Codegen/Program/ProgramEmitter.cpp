//===- ProgramEmitter.cpp - from planned ops to LLVM ----------------------===//

#include "ProgramEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/Dtype.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/NodeNames.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tenon;

/// Fields of tenon_rt_frame, all pointers.
enum FrameField : int32_t {
  frameInputs,
  frameOutputs,
  frameDims,
  frameWeights,
  frameArena
};

ProgramEmitter::ProgramEmitter(ModuleOp module, func::FuncOp program,
                               StringRef name)
    : module(module), program(program), name(name), kernels(module),
      pointerType(LLVM::LLVMPointerType::get(module.getContext())),
      prologue(module.getContext()),
      builder(program.getLoc(), OpBuilder::atBlockEnd(module.getBody())) {}

Value ProgramEmitter::createElement(OpBuilder &at, Type type, Value array,
                                    int32_t index) {
  return LLVM::GEPOp::create(at, builder.getLoc(), pointerType, type, array,
                             ArrayRef<LLVM::GEPArg>{index});
}

Value ProgramEmitter::createOffset(OpBuilder &at, Value base, Value offset) {
  return LLVM::GEPOp::create(at, builder.getLoc(), pointerType, at.getI8Type(),
                             base, ValueRange{offset});
}

Value ProgramEmitter::createArray(Type type, int64_t size) {
  Location loc = builder.getLoc();
  Value count = LLVM::ConstantOp::create(prologue, loc, prologue.getI64Type(),
                                         std::max<int64_t>(size, 1));
  return LLVM::AllocaOp::create(prologue, loc, pointerType, type, count);
}

void ProgramEmitter::storeAll(Value array, ValueRange values) {
  for (auto [index, value] : llvm::enumerate(values))
    LLVM::StoreOp::create(
        builder, value, createElement(builder, value.getType(), array, index));
}

void ProgramEmitter::checkStatus(Value status) {
  Value zero = LLVM::ConstantOp::create(builder, builder.getI32Type(), 0);
  Value isOk =
      LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::eq, status, zero);
  Block *next = addBlock();
  LLVM::CondBrOp::create(builder, isOk, next, ValueRange(), exit, status);
  builder.setInsertionPointToEnd(next);
}

Block *ProgramEmitter::addBlock() {
  OpBuilder::InsertionGuard guard(builder);
  return builder.createBlock(exit);
}

Value ProgramEmitter::getInt(int64_t value) {
  return dims->emit(builder.getAffineConstantExpr(value));
}

Value ProgramEmitter::getByteSize(Type type) {
  return dims->emit(tenon::getByteSize(cast<RankedTensorType>(type)));
}

void ProgramEmitter::call(StringRef callee, ValueRange arguments) {
  LLVM::LLVMFuncOp function = declare(callee, arguments.getTypes());
  checkStatus(LLVM::CallOp::create(builder, function, arguments).getResult());
}

Value ProgramEmitter::readScalar(Value tensor) {
  Type element = getElementTypeOrSelf(tensor.getType());
  call("tenon_rt_read", {function.getArgument(0), getAddress(tensor),
                         getInt(element.getIntOrFloatBitWidth()), result});
  return LLVM::LoadOp::create(builder, builder.getI64Type(), result);
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

Value ProgramEmitter::getRoot(RegionAttr region) {
  auto load = [&](Value array) -> Value {
    Value &root = roots[{array, *region.getNumber()}];
    if (!root)
      root = LLVM::LoadOp::create(
          prologue, builder.getLoc(), pointerType,
          createElement(prologue, pointerType, array, *region.getNumber()));
    return root;
  };
  switch (region.getRoot()) {
  case RegionRoot::arena:
    return arena;
  case RegionRoot::weights:
    return weights;
  case RegionRoot::input:
  case RegionRoot::state:
    return load(inputs);
  case RegionRoot::output:
    return load(outputs);
  default:
    return {};
  }
}

Value ProgramEmitter::getAddress(Value value) {
  if (Value address = addresses.lookup(value))
    return address;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return addresses[value] =
               LLVM::LoadOp::create(prologue, builder.getLoc(), pointerType,
                                    createElement(prologue, pointerType, inputs,
                                                  argument.getArgNumber()));
  // a view of memory that the run provides or chooses
  Place place = getPlace(value);
  if (Value buffer = addresses.lookup(place.buffer);
      buffer && isFound.contains(place.buffer)) {
    auto type = cast<RankedTensorType>(value.getType());
    AffineExpr bytes =
        simplifyDim(place.offset * getElementBytes(type.getElementType()));
    return getConstantDim(bytes) == 0
               ? buffer
               : createOffset(builder, buffer, dims->emit(bytes));
  }
  return getPlannedAddress(value);
}

Value ProgramEmitter::getPlannedAddress(Value value) {
  RegionAttr region = getRegion(value);
  Value root = region ? getRoot(region) : Value();
  if (!root) {
    emitError(value.getLoc())
        << "expected a value with a region that a program can address, got "
        << region;
    isBroken = true;
    return arena;
  }
  // each use computes it anew: all at the start would be more than registers
  // hold, and LLVM takes time that grows with the square of their number
  return createOffset(builder, root,
                      dims->emit(region.getOffset().getExprs().front()));
}

void ProgramEmitter::setAddress(Value value, Value address) {
  addresses[value] = address;
  isFound.insert(value);
}

void ProgramEmitter::reserve(Value value) {
  Value buffer = getPlace(value).buffer, frame = function.getArgument(0);
  // the caller's, or a state's
  if (isa<BlockArgument>(buffer))
    return;
  RegionAttr region = getRegion(buffer);
  ArrayRef<AffineExpr> offset =
      region ? region.getOffset().getExprs() : ArrayRef<AffineExpr>();
  bool alternates = offset.size() == 2;
  if (!region)
    return;
  if (region.getRoot() == RegionRoot::arena && alternates) {
    Value address = createOffset(prologue, arena, dims->emit(offset[0]));
    setAddress(buffer, createOffset(builder, address,
                                    LLVM::MulOp::create(
                                        builder, turn, dims->emit(offset[1]))));
    return;
  }
  if (region.getRoot() == RegionRoot::late) {
    Value slot = getInt(*region.getNumber());
    if (alternates)
      slot = LLVM::AddOp::create(
          builder, slot,
          LLVM::MulOp::create(builder, turn, dims->emit(offset[1])));
    call("tenon_rt_reserve",
         {frame, slot, getByteSize(buffer.getType()), result});
  } else if (region.getRoot() == RegionRoot::output) {
    Value output = program.front().getTerminator()->getOperand(
        static_cast<unsigned>(*region.getNumber()));
    SmallVector<AffineExpr> shape =
        getDims(cast<RankedTensorType>(output.getType()));
    if (llvm::all_of(shape, [&](AffineExpr dim) { return dims->isEarly(dim); }))
      return;
    storeAll(dimArray, llvm::map_to_vector(shape, [&](AffineExpr dim) {
               return dims->emit(dim);
             }));
    call("tenon_rt_lend",
         {frame, getInt(*region.getNumber()), dimArray, result});
  } else {
    return;
  }
  setAddress(buffer, LLVM::LoadOp::create(builder, pointerType, result));
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult ProgramEmitter::emitLaunch(LaunchOp launch) {
  builder.setLoc(launch.getLoc());
  auto grid = kernels.lookup(launch.getKernel())
                  ->getAttrOfType<AffineMapAttr>(kGridAttr);
  if (!grid)
    return launch.emitOpError("expects a kernel that was compiled");
  for (Value value : launch.getResults())
    reserve(value);
  Value frame = function.getArgument(0);
  if (auto scratch = kernels.lookup(launch.getKernel())
                         ->getAttrOfType<AffineMapAttr>(kScratchAttr)) {
    AffineExpr size =
        simplifyDim(scratch.getValue().getResult(0).replaceSymbols(
            launch.getDims().getExprs()));
    if (!dims->isEarly(size))
      call("tenon_rt_reserve_scratch", {frame, dims->emit(size)});
  }
  SmallVector<Value> buffers, dimValues;
  for (Value value : llvm::concat<Value>(
           llvm::to_vector(launch.getInputs()),
           llvm::map_to_vector(launch.getResults(), [](Value v) { return v; })))
    buffers.push_back(getAddress(value));
  for (AffineExpr dim : launch.getDims().getExprs())
    dimValues.push_back(dims->emit(dim));
  AffineExpr items =
      grid.getValue().getResult(0).replaceSymbols(launch.getDims().getExprs());
  storeAll(bufferArray, buffers);
  storeAll(dimArray, dimValues);
  Value record =
      LLVM::GEPOp::create(builder, pointerType, records.getType(),
                          LLVM::AddressOfOp::create(builder, records),
                          ArrayRef<LLVM::GEPArg>{0, numLaunches++});
  auto call =
      LLVM::CallOp::create(builder, launchFunction,
                           ValueRange{frame, record, bufferArray, dimArray,
                                      dims->emit(simplifyDim(items))});
  checkStatus(call.getResult());
  return success();
}

LLVM::LLVMFuncOp ProgramEmitter::declare(StringRef callee,
                                         TypeRange arguments) {
  if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(callee))
    return known;
  OpBuilder at = OpBuilder::atBlockEnd(module.getBody());
  return LLVM::LLVMFuncOp::create(
      at, module.getLoc(), callee,
      LLVM::LLVMFunctionType::get(builder.getI32Type(),
                                  llvm::to_vector(arguments)));
}

Value ProgramEmitter::createText(StringRef text) {
  std::string symbol = (name + "__text_" + Twine(numTexts++)).str();
  return LLVM::createGlobalString(builder.getLoc(), builder, symbol,
                                  (text + Twine('\0')).str(),
                                  LLVM::Linkage::Internal);
}

/// Of constants the compiler knows it before any run.
static LogicalResult checkConstantIndices(IndexGuardOp guard) {
  DenseIntElementsAttr position;
  if (!matchPattern(guard.getPosition(), m_Constant(&position)))
    return success();
  AffineExpr size = guard.getSizes().getExprs()[0];
  return guard.emitError() << "expected constant indices below "
                           << printDim(size) << ", got one outside (element "
                           << position.getSplatValue<APInt>().getSExtValue()
                           << ")";
}

LogicalResult ProgramEmitter::emitIndexGuard(IndexGuardOp guard) {
  builder.setLoc(guard.getLoc());
  if (failed(checkConstantIndices(guard)))
    return failure();
  auto indices = cast<RankedTensorType>(guard.getIndices().getType());
  ArrayRef<AffineExpr> sizes = guard.getSizes().getExprs();
  Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
  SmallVector<Value> values = llvm::map_to_vector(
      sizes, [&](AffineExpr size) { return dims->emit(size); });
  Value array = createArray(i64, values.size());
  storeAll(array, values);
  auto number = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(builder, i32, value);
  };
  SmallVector<Value> arguments{function.getArgument(0),
                               createText(getNodeNames(guard.getLoc())),
                               getAddress(guard.getPosition()),
                               getAddress(guard.getIndices()),
                               array,
                               number(sizes.size()),
                               number(indices.getElementTypeBitWidth()),
                               number(guard.getFromEnd()),
                               number(indices.getRank() == 0)};
  call("tenon_rt_guard_index", arguments);
  return success();
}

LogicalResult ProgramEmitter::emitBinding(BindDimOp bind) {
  builder.setLoc(bind.getLoc());
  Type element = getElementTypeOrSelf(bind.getOperand().getType());
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  Value address = createOffset(builder, getAddress(bind.getOperand()),
                               getInt(bind.getPosition() * bytes));
  Value bound = bind.getBound() ? dims->emit(bind.getBound()->getExprs()[0])
                                : getInt(std::numeric_limits<int64_t>::max());
  call("tenon_rt_read_size",
       {function.getArgument(0), createText(getNodeNames(bind.getLoc())),
        address, getInt(8 * bytes), bound, result});
  dims->bind(bind.getDim(),
             LLVM::LoadOp::create(builder, builder.getI64Type(), result));
  return success();
}

/// Those that a run can check before its first launch are checked there.
LogicalResult ProgramEmitter::emitGuard(DimGuardOp guard) {
  if (isCheckedAtStart(guard))
    return success();
  builder.setLoc(guard.getLoc());
  Value lhs = dims->emit(guard.getDims().getExprs()[0]),
        rhs = dims->emit(guard.getDims().getExprs()[1]);
  auto predicate = guard.getPredicate() == ComparisonPredicate::eq
                       ? LLVM::ICmpPredicate::eq
                       : LLVM::ICmpPredicate::sge;
  Value holds = LLVM::ICmpOp::create(builder, predicate, lhs, rhs);
  Block *refuse = addBlock(), *next = addBlock();
  LLVM::CondBrOp::create(builder, holds, next, refuse);
  builder.setInsertionPointToEnd(refuse);
  SmallVector<Value> arguments{function.getArgument(0),
                               createText(describeGuard(guard)), lhs, rhs};
  auto callee = declare("tenon_rt_refuse", ValueRange(arguments).getTypes());
  Value status = LLVM::CallOp::create(builder, callee, arguments).getResult();
  LLVM::BrOp::create(builder, status, exit);
  builder.setInsertionPointToEnd(next);
  return success();
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

LogicalResult ProgramEmitter::emitBranch(Region &branch, Block *begin,
                                         Block *join) {
  DimEmitter::Scope scope(*dims);
  builder.setInsertionPointToEnd(begin);
  if (failed(emitBlock(branch.front())))
    return failure();
  SmallVector<Value> values;
  for (Value value : branch.front().getTerminator()->getOperands())
    values.push_back(getAddress(value));
  LLVM::BrOp::create(builder, values, join);
  return success();
}

/// A result is where the branch that was taken has it.
LogicalResult ProgramEmitter::emitIf(IfOp op) {
  builder.setLoc(op.getLoc());
  Value isTrue = LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::ne,
                                      readScalar(op.getCondition()), getInt(0));
  Block *onTrue = addBlock(), *onFalse = addBlock(), *join = addBlock();
  for (Value value : op.getResults())
    setAddress(value, join->addArgument(pointerType, op.getLoc()));
  LLVM::CondBrOp::create(builder, isTrue, onTrue, onFalse);
  if (failed(emitBranch(op.getThenRegion(), onTrue, join)) ||
      failed(emitBranch(op.getElseRegion(), onFalse, join)))
    return failure();
  join->moveBefore(exit);
  builder.setInsertionPointToEnd(join);
  return success();
}

/// The blocks of stacked results, by their placements.
static SmallVector<int64_t> getStackSlots(LoopOp op) {
  SmallVector<int64_t> slots;
  auto placements = op->getAttrOfType<ArrayAttr>(placementAttrName);
  for (unsigned i = op.getNumCarried(); i < op.getNumResults(); ++i)
    slots.push_back(*cast<RegionAttr>(placements[i]).getNumber());
  return slots;
}

/// The header's arguments are the round's number, whether it takes place, and
/// the places of the carried values.
LogicalResult ProgramEmitter::emitLoop(LoopOp op) {
  builder.setLoc(op.getLoc());
  Type i64 = builder.getI64Type();
  Value count = op.getTripCount() ? readScalar(op.getTripCount())
                                  : getInt(std::numeric_limits<int64_t>::max());
  SmallVector<Value> first{
      getInt(0), op.getCondition() ? readScalar(op.getCondition()) : getInt(1)};
  for (Value init : op.getInits())
    first.push_back(getAddress(init));
  Block *header = addBlock(), *body = addBlock(), *end = addBlock();
  header->addArguments({i64, i64}, {op.getLoc(), op.getLoc()});
  for (unsigned i = 0; i < op.getNumCarried(); ++i)
    setAddress(op.getResult(i), header->addArgument(pointerType, op.getLoc()));
  LLVM::BrOp::create(builder, first, header);

  builder.setInsertionPointToEnd(header);
  Value number = header->getArgument(0);
  Value isBelow =
      LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::slt, number, count);
  Value holds = LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::ne,
                                     header->getArgument(1), getInt(0));
  LLVM::CondBrOp::create(builder, LLVM::AndOp::create(builder, isBelow, holds),
                         body, end);
  builder.setInsertionPointToEnd(body);
  Value outerTurn = std::exchange(
      turn, LLVM::AndOp::create(builder, number, getInt(1)).getResult());
  LogicalResult emitted = emitRound(op, header);
  turn = outerTurn;
  if (failed(emitted))
    return failure();
  end->moveBefore(exit);
  builder.setInsertionPointToEnd(end);
  for (auto [i, slot] : llvm::enumerate(getStackSlots(op))) {
    call("tenon_rt_reserve",
         {function.getArgument(0), getInt(slot), getInt(0), result});
    setAddress(op.getResult(op.getNumCarried() + i),
               LLVM::LoadOp::create(builder, pointerType, result));
  }
  return success();
}

LogicalResult ProgramEmitter::emitRound(LoopOp op, Block *header) {
  DimEmitter::Scope scope(*dims);
  Block &body = op.getBody().front();
  Value frame = function.getArgument(0), number = header->getArgument(0);
  call("tenon_rt_ask", {frame});
  if (Value round = body.getArgument(0); !round.use_empty()) {
    auto place = op->getAttrOfType<DimsAttr>(roundPlacementAttrName);
    Value address =
        createOffset(prologue, arena, dims->emit(place.getExprs()[0]));
    setAddress(round, address);
    call("tenon_rt_write", {frame, address, number});
  }
  unsigned numCarried = op.getNumCarried();
  for (unsigned i = 0; i < numCarried; ++i)
    setAddress(body.getArgument(1 + i), header->getArgument(2 + i));
  if (failed(emitBlock(body)))
    return failure();

  builder.setLoc(op.getLoc());
  auto yielded = body.getTerminator()->getOperands();
  for (auto [i, slot] : llvm::enumerate(getStackSlots(op))) {
    Value slice = yielded[1 + numCarried + i];
    call("tenon_rt_append", {frame, getInt(slot), number, getAddress(slice),
                             getByteSize(slice.getType())});
  }
  auto condition = getSymbolicElements(yielded[0]);
  bool isTrue = condition && getConstantDim((*condition)[0]) == 1;
  SmallVector<Value> next{LLVM::AddOp::create(builder, number, getInt(1)),
                          isTrue ? getInt(1) : readScalar(yielded[0])};
  for (Value value : yielded.slice(1, numCarried))
    next.push_back(getAddress(value));
  LLVM::BrOp::create(builder, next, header);
  return success();
}

namespace {
/// What tenon_rt_start is told of an op.
struct TransferKind {
  int64_t kind = 0, reduction = TENON_SUM, rank = 0, tag = 0;
};
} // namespace

static tenon_reduction getReduction(ReduceKind kind) {
  switch (kind) {
  case ReduceKind::mean:
    return TENON_MEAN;
  case ReduceKind::minimum:
    return TENON_MIN;
  case ReduceKind::maximum:
    return TENON_MAX;
  default:
    return TENON_SUM;
  }
}

static TransferKind getTransferKind(Operation &op) {
  return llvm::TypeSwitch<Operation *, TransferKind>(&op)
      .Case([](AllReduceOp reduce) {
        return TransferKind{TENON_ALL_REDUCE, getReduction(reduce.getKind())};
      })
      .Case([](AllGatherOp gather) {
        return TransferKind{TENON_ALL_GATHER, TENON_SUM,
                            int64_t(gather.getRanks())};
      })
      .Case([](CollectiveBroadcastOp broadcast) {
        return TransferKind{TENON_BROADCAST, TENON_SUM,
                            int64_t(broadcast.getRoot())};
      })
      .Case([](SendOp send) {
        return TransferKind{TENON_SEND, TENON_SUM, int64_t(send.getRank()),
                            int64_t(send.getTag())};
      })
      .Case([](ReceiveOp receive) {
        return TransferKind{TENON_RECEIVE, TENON_SUM,
                            int64_t(receive.getRank()),
                            int64_t(receive.getTag())};
      });
}

LogicalResult ProgramEmitter::emitTransfer(Operation &op) {
  builder.setLoc(op.getLoc());
  TransferKind kind = getTransferKind(op);
  Value data = op.getNumOperands() ? op.getOperand(0) : op.getResult(0);
  auto type = cast<RankedTensorType>(data.getType());
  std::optional<tenon_dtype> dtype = getDtype(type.getElementType());
  if (!dtype)
    return op.emitError() << "expected elements that ranks can exchange, got "
                          << type.getElementType();
  for (Value result : op.getResults())
    reserve(result);
  Value none = LLVM::ZeroOp::create(builder, pointerType);
  int64_t number = transfers.try_emplace(&op, transfers.size()).first->second;
  call("tenon_rt_start",
       {function.getArgument(0), getInt(number),
        createText(getNodeNames(op.getLoc())), getInt(kind.kind),
        getInt(kind.reduction), getInt(*dtype), getInt(kind.rank),
        getInt(kind.tag), op.getNumOperands() ? getAddress(data) : none,
        op.getNumResults() ? getAddress(op.getResult(0)) : none,
        dims->emit(getProduct(getDims(type), type.getContext()))});
  if (!getAwait(&op))
    call("tenon_rt_await", {function.getArgument(0), getInt(number)});
  return success();
}

LogicalResult ProgramEmitter::emitOp(Operation &op) {
  if (isa<ReshapeOp, SliceOp, ConcatOp, ConstantOp, YieldOp>(op))
    return success();
  if (auto guard = dyn_cast<DimGuardOp>(op))
    return emitGuard(guard);
  if (auto bind = dyn_cast<BindDimOp>(op))
    return emitBinding(bind);
  if (auto branch = dyn_cast<IfOp>(op))
    return emitIf(branch);
  if (auto loop = dyn_cast<LoopOp>(op))
    return emitLoop(loop);
  if (auto launch = dyn_cast<LaunchOp>(op))
    return emitLaunch(launch);
  if (auto guard = dyn_cast<IndexGuardOp>(op))
    return emitIndexGuard(guard);
  if (isTransfer(&op))
    return emitTransfer(op);
  if (auto await = dyn_cast<AwaitOp>(op)) {
    call("tenon_rt_await",
         {function.getArgument(0),
          getInt(transfers.lookup(await.getValue().getDefiningOp()))});
    return success();
  }
  if (isa<RankOp>(op)) {
    reserve(op.getResult(0));
    call("tenon_rt_rank",
         {function.getArgument(0), getAddress(op.getResult(0))});
    return success();
  }
  if (isa<func::ReturnOp>(op)) {
    Value ok = LLVM::ConstantOp::create(builder, builder.getI32Type(), 0);
    LLVM::BrOp::create(builder, ok, exit);
    return success();
  }
  return op.emitOpError("cannot be run by a program");
}

LogicalResult ProgramEmitter::emitBlock(Block &block) {
  for (Operation &op : block)
    if (failed(emitOp(op)) || isBroken)
      return failure();
  return success();
}

LogicalResult ProgramEmitter::run() {
  size_t maxBuffers = 0, maxDims = 0, launches = 0;
  program.walk([&](LaunchOp launch) {
    maxBuffers = std::max(maxBuffers,
                          launch.getInputs().size() + launch.getNumResults());
    maxDims = std::max(maxDims, launch.getDims().getExprs().size());
    ++launches;
  });
  for (Type type : program.getResultTypes())
    maxDims = std::max<size_t>(maxDims, cast<RankedTensorType>(type).getRank());
  Type i64 = builder.getI64Type(), i32 = builder.getI32Type();
  auto recordType = LLVM::LLVMStructType::getLiteral(
      builder.getContext(),
      {pointerType, pointerType, pointerType, i64, i64, i64});
  records = LLVM::GlobalOp::create(
      builder, LLVM::LLVMArrayType::get(recordType, launches),
      /*isConstant=*/true, LLVM::Linkage::External, name + "__launches",
      Attribute());
  records.setVisibility_(LLVM::Visibility::Hidden);
  launchFunction = declare("tenon_rt_launch", {pointerType, pointerType,
                                               pointerType, pointerType, i64});
  function = LLVM::LLVMFuncOp::create(
      builder, name + "__run", LLVM::LLVMFunctionType::get(i32, {pointerType}));

  Block *entry = function.addEntryBlock(builder), *body = function.addBlock();
  exit = function.addBlock();
  Value status = exit->addArgument(i32, builder.getLoc());
  builder.setInsertionPointToEnd(exit);
  LLVM::ReturnOp::create(builder, status);
  builder.setInsertionPointToEnd(entry);
  prologue.setInsertionPoint(LLVM::BrOp::create(builder, ValueRange(), body));
  auto field = [&](FrameField index) -> Value {
    return LLVM::LoadOp::create(
        prologue, builder.getLoc(), pointerType,
        createElement(prologue, pointerType, function.getArgument(0), index));
  };
  inputs = field(frameInputs), outputs = field(frameOutputs),
  weights = field(frameWeights), arena = field(frameArena);
  bufferArray = createArray(pointerType, maxBuffers),
  dimArray = createArray(i64, maxDims);
  result = createArray(i64, 1);
  dims.emplace(entry, builder, getProgramSymbols(program), field(frameDims));
  DimEmitter::Scope scope(*dims);
  builder.setInsertionPointToEnd(body);
  return emitBlock(program.getBody().front());
}
