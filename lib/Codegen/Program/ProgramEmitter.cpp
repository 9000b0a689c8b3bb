//===- ProgramEmitter.cpp - from planned ops to LLVM ----------------------===//

#include "ProgramEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/NodeNames.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
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
  Block *next = builder.createBlock(exit);
  builder.setInsertionPointToEnd(next->getPrevNode());
  LLVM::CondBrOp::create(builder, isOk, next, ValueRange(), exit, status);
  builder.setInsertionPointToEnd(next);
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

Value ProgramEmitter::getRoot(RegionAttr region) {
  auto load = [&](Value array) -> Value {
    return LLVM::LoadOp::create(
        prologue, builder.getLoc(), pointerType,
        createElement(prologue, pointerType, array, *region.getNumber()));
  };
  switch (region.getRoot()) {
  case RegionRoot::arena:
    return arena;
  case RegionRoot::weights:
    return weights;
  case RegionRoot::input:
    return load(inputs);
  case RegionRoot::output:
    return load(outputs);
  default:
    return {};
  }
}

FailureOr<Value> ProgramEmitter::getAddress(Value value) {
  Value &address = addresses[value];
  if (address)
    return address;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Value element =
        createElement(prologue, pointerType, inputs, argument.getArgNumber());
    address =
        LLVM::LoadOp::create(prologue, builder.getLoc(), pointerType, element);
    return address;
  }
  RegionAttr region = getRegion(value);
  Value root = region ? getRoot(region) : Value();
  if (!root)
    return emitError(value.getLoc())
           << "expected a value with a region that a program can address, got "
           << region;
  address = createOffset(prologue, root,
                         dims->emit(region.getOffset().getExprs().front()));
  return address;
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
  SmallVector<Value> buffers, dimValues;
  for (Value value : llvm::concat<Value>(
           llvm::to_vector(launch.getInputs()),
           llvm::map_to_vector(launch.getResults(), [](Value v) { return v; })))
    if (FailureOr<Value> address = getAddress(value); succeeded(address))
      buffers.push_back(*address);
    else
      return failure();
  for (AffineExpr dim : launch.getDims().getExprs())
    dimValues.push_back(dims->emit(dim));
  AffineExpr items =
      grid.getValue().getResult(0).replaceSymbols(launch.getDims().getExprs());
  storeAll(bufferArray, buffers);
  storeAll(dimArray, dimValues);
  Value frame = function.getArgument(0);
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
  FailureOr<Value> position = getAddress(guard.getPosition()),
                   first = getAddress(guard.getIndices());
  if (failed(position) || failed(first))
    return failure();
  SmallVector<Value> arguments{function.getArgument(0),
                               createText(getNodeNames(guard.getLoc())),
                               *position,
                               *first,
                               array,
                               number(sizes.size()),
                               number(indices.getElementTypeBitWidth()),
                               number(guard.getFromEnd()),
                               number(indices.getRank() == 0)};
  auto callee =
      declare("tenon_rt_guard_index", ValueRange(arguments).getTypes());
  checkStatus(LLVM::CallOp::create(builder, callee, arguments).getResult());
  return success();
}

LogicalResult ProgramEmitter::emitOp(Operation &op) {
  if (isa<ReshapeOp, SliceOp, ConcatOp, ConstantOp, DimGuardOp>(op))
    return success();
  if (auto launch = dyn_cast<LaunchOp>(op))
    return emitLaunch(launch);
  if (auto guard = dyn_cast<IndexGuardOp>(op))
    return emitIndexGuard(guard);
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
  dims.emplace(entry, builder.getLoc(), getProgramSymbols(program),
               field(frameDims));
  builder.setInsertionPointToEnd(body);
  return emitBlock(program.getBody().front());
}
