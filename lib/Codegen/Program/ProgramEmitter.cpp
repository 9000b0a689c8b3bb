//===- ProgramEmitter.cpp - from planned ops to LLVM ----------------------===//

#include "ProgramEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Kernels/Placement.h"

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

Value ProgramEmitter::call(StringRef name, Type result, ValueRange arguments) {
  auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!callee) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(module.getBody());
    callee = LLVM::LLVMFuncOp::create(
        builder, name,
        LLVM::LLVMFunctionType::get(result,
                                    llvm::to_vector(arguments.getTypes())));
  }
  return LLVM::CallOp::create(builder, callee, arguments).getResult();
}

Value ProgramEmitter::getInt(int64_t value) {
  return dims->emit(builder.getAffineConstantExpr(value));
}

Value ProgramEmitter::getByteSize(Type type) {
  return dims->emit(tenon::getByteSize(cast<RankedTensorType>(type)));
}

Value ProgramEmitter::getText(StringRef text) {
  std::string terminated = text.str() + '\0';
  LLVM::GlobalOp global;
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(module.getBody());
    global = LLVM::GlobalOp::create(
        builder,
        LLVM::LLVMArrayType::get(builder.getI8Type(), terminated.size()),
        /*isConstant=*/true, LLVM::Linkage::Private,
        name + "__text_" + std::to_string(numTexts++),
        builder.getStringAttr(terminated));
  }
  return LLVM::AddressOfOp::create(builder, global);
}

Value ProgramEmitter::readScalar(Value tensor) {
  Type element = getElementTypeOrSelf(tensor.getType());
  checkStatus(call("tenon_rt_read", builder.getI32Type(),
                   {function.getArgument(0), getAddress(tensor),
                    getInt(element.getIntOrFloatBitWidth()), result}));
  return LLVM::LoadOp::create(builder, builder.getI64Type(), result);
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

Value ProgramEmitter::computeAddress(Value buffer) {
  Location loc = builder.getLoc();
  auto load = [&](Value array, int32_t index) -> Value {
    return LLVM::LoadOp::create(
        prologue, loc, pointerType,
        createElement(prologue, pointerType, array, index));
  };
  if (auto argument = dyn_cast<BlockArgument>(buffer))
    return load(inputs, argument.getArgNumber());
  Operation *op = buffer.getDefiningOp();
  auto constantOffset = [&](int64_t offset) {
    return dims->emit(getAffineConstantExpr(offset, op->getContext()));
  };
  if (isa<ConstantOp>(op)) {
    auto offset = op->getAttrOfType<IntegerAttr>(placementAttrName);
    return createOffset(prologue, weights, constantOffset(offset.getInt()));
  }
  auto placements = op->getAttrOfType<ArrayAttr>(placementAttrName);
  Attribute placement = placements[cast<OpResult>(buffer).getResultNumber()];
  if (auto output = dyn_cast<IntegerAttr>(placement))
    return load(outputs, output.getInt());
  ArrayRef<AffineExpr> place = cast<DimsAttr>(placement).getExprs();
  return createOffset(prologue, arena, dims->emit(place[0]));
}

Value ProgramEmitter::getAddress(Value value) {
  Value buffer = getBuffer(value);
  Value &address = addresses[buffer];
  if (!address)
    address = computeAddress(buffer);
  return address;
}

void ProgramEmitter::reserve(LaunchOp launch, unsigned number) {
  Value value = launch.getResult(number), frame = function.getArgument(0);
  auto type = cast<RankedTensorType>(value.getType());
  Attribute placement =
      launch->getAttrOfType<ArrayAttr>(placementAttrName)[number];
  bool isLate = llvm::any_of(
      getDims(type), [&](AffineExpr dim) { return !dims->isEarly(dim); });
  if (auto output = dyn_cast<IntegerAttr>(placement)) {
    if (!isLate)
      return;
    storeAll(dimArray, llvm::map_to_vector(getDims(type), [&](AffineExpr dim) {
               return dims->emit(dim);
             }));
    checkStatus(call("tenon_rt_lend", builder.getI32Type(),
                     {frame, getInt(output.getInt()), dimArray, result}));
  } else if (auto late = dyn_cast<LateMemoryAttr>(placement)) {
    Value slot = getInt(late.getSlot());
    if (late.getAlternates())
      slot = LLVM::AddOp::create(builder, slot, turn);
    checkStatus(call("tenon_rt_reserve", builder.getI32Type(),
                     {frame, slot, getByteSize(type), result}));
  } else {
    auto places = cast<DimsAttr>(placement).getExprs();
    if (places.size() == 2)
      addresses[value] = createOffset(
          builder, computeAddress(value),
          LLVM::MulOp::create(builder, turn, dims->emit(places[1])));
    return;
  }
  addresses[value] = LLVM::LoadOp::create(builder, pointerType, result);
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult ProgramEmitter::emitLaunch(LaunchOp launch) {
  builder.setLoc(launch.getLoc());
  auto grid = kernels.lookup(launch.getKernel())
                  ->getAttrOfType<AffineMapAttr>("tenon.grid");
  if (!grid)
    return launch.emitOpError("expects a kernel that was compiled");
  for (unsigned i = 0; i < launch.getNumResults(); ++i)
    reserve(launch, i);
  Value frame = function.getArgument(0);
  if (auto scratch = kernels.lookup(launch.getKernel())
                         ->getAttrOfType<AffineMapAttr>("tenon.scratch")) {
    AffineExpr size =
        simplifyDim(scratch.getValue().getResult(0).replaceSymbols(
            launch.getDims().getExprs()));
    if (!dims->isEarly(size))
      checkStatus(call("tenon_rt_reserve_scratch", builder.getI32Type(),
                       {frame, dims->emit(size)}));
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

LogicalResult ProgramEmitter::emitBinding(BindDimOp bind) {
  builder.setLoc(bind.getLoc());
  Type element = getElementTypeOrSelf(bind.getOperand().getType());
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  Value address = createOffset(builder, getAddress(bind.getOperand()),
                               getInt(bind.getPosition() * bytes));
  Value bound = bind.getBound() ? dims->emit(bind.getBound()->getExprs()[0])
                                : getInt(std::numeric_limits<int64_t>::max());
  checkStatus(
      call("tenon_rt_read_size", builder.getI32Type(),
           {function.getArgument(0), getText(getNodeNames(bind.getLoc())),
            address, getInt(8 * bytes), bound, result}));
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
  Value status =
      call("tenon_rt_refuse", builder.getI32Type(),
           {function.getArgument(0), getText(describeGuard(guard)), lhs, rhs});
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
    addresses[value] = join->addArgument(pointerType, op.getLoc());
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
    slots.push_back(cast<LateMemoryAttr>(placements[i]).getSlot());
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
    addresses[op.getResult(i)] = header->addArgument(pointerType, op.getLoc());
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
    checkStatus(
        call("tenon_rt_reserve", builder.getI32Type(),
             {function.getArgument(0), getInt(slot), getInt(0), result}));
    addresses[op.getResult(op.getNumCarried() + i)] =
        LLVM::LoadOp::create(builder, pointerType, result);
  }
  return success();
}

LogicalResult ProgramEmitter::emitRound(LoopOp op, Block *header) {
  DimEmitter::Scope scope(*dims);
  Block &body = op.getBody().front();
  Value frame = function.getArgument(0), number = header->getArgument(0);
  checkStatus(call("tenon_rt_begin_round", builder.getI32Type(), {frame}));
  if (Value round = body.getArgument(0); !round.use_empty()) {
    auto place = op->getAttrOfType<DimsAttr>(roundPlacementAttrName);
    Value address = addresses[round] =
        createOffset(prologue, arena, dims->emit(place.getExprs()[0]));
    checkStatus(
        call("tenon_rt_write", builder.getI32Type(), {frame, address, number}));
  }
  unsigned numCarried = op.getNumCarried();
  for (unsigned i = 0; i < numCarried; ++i)
    addresses[body.getArgument(1 + i)] = header->getArgument(2 + i);
  if (failed(emitBlock(body)))
    return failure();

  builder.setLoc(op.getLoc());
  auto yielded = body.getTerminator()->getOperands();
  for (auto [i, slot] : llvm::enumerate(getStackSlots(op))) {
    Value slice = yielded[1 + numCarried + i];
    checkStatus(call("tenon_rt_append", builder.getI32Type(),
                     {frame, getInt(slot), number, getAddress(slice),
                      getByteSize(slice.getType())}));
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

LogicalResult ProgramEmitter::emitOp(Operation &op) {
  if (isa<ReshapeOp, ConstantOp, YieldOp>(op))
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
  if (isa<func::ReturnOp>(op)) {
    Value ok = LLVM::ConstantOp::create(builder, builder.getI32Type(), 0);
    LLVM::BrOp::create(builder, ok, exit);
    return success();
  }
  return op.emitOpError("cannot be run by a program");
}

LogicalResult ProgramEmitter::emitBlock(Block &block) {
  for (Operation &op : block)
    if (failed(emitOp(op)))
      return failure();
  return success();
}

LogicalResult ProgramEmitter::run() {
  size_t maxBuffers = 0, maxDims = 0, launches = 0;
  program.walk([&](LaunchOp launch) {
    maxBuffers = std::max(maxBuffers,
                          launch.getInputs().size() + launch.getNumResults());
    maxDims = std::max(maxDims, launch.getDims().getExprs().size());
    for (Type type : launch.getResultTypes())
      maxDims =
          std::max<size_t>(maxDims, cast<RankedTensorType>(type).getRank());
    ++launches;
  });
  Type i64 = builder.getI64Type(), i32 = builder.getI32Type();
  auto recordType = LLVM::LLVMStructType::getLiteral(
      builder.getContext(),
      {pointerType, pointerType, pointerType, i64, i64, i64});
  records = LLVM::GlobalOp::create(
      builder, LLVM::LLVMArrayType::get(recordType, launches),
      /*isConstant=*/true, LLVM::Linkage::External, name + "__launches",
      Attribute());
  records.setVisibility_(LLVM::Visibility::Hidden);
  launchFunction = module.lookupSymbol<LLVM::LLVMFuncOp>("tenon_rt_launch");
  if (!launchFunction)
    launchFunction = LLVM::LLVMFuncOp::create(
        builder, "tenon_rt_launch",
        LLVM::LLVMFunctionType::get(
            i32, {pointerType, pointerType, pointerType, pointerType, i64}));
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
