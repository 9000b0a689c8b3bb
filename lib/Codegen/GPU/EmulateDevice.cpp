//===- EmulateDevice.cpp - device kernels on the host ---------------------===//

#include "tenon/Codegen/GPU/Passes.h"
#include "tenon/Codegen/Kernel/Kernel.h"

namespace tenon {
#define GEN_PASS_DEF_EMULATEDEVICEPASS
#include "tenon/Codegen/GPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

/// What tenon_rt_emulated_register is asked for (Emulator.h).
enum Register : int32_t { threadRegister, blockRegister, gridRegister };
/// And tenon_rt_emulated_product.
enum Product : int32_t { tf32Product, bf16Product, f16Product };

class Emulation {
public:
  Emulation(ModuleOp module, LLVM::LLVMFuncOp kernel)
      : module(module), kernel(kernel), builder(module.getContext()),
        i32(builder.getI32Type()), i64(builder.getI64Type()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        nothing(LLVM::LLVMVoidType::get(module.getContext())) {}

  LogicalResult run(StringRef name) {
    SmallVector<Operation *> ops;
    module.walk([&](Operation *op) {
      bool isShared =
          isa<LLVM::AddressOfOp>(op) && op->getResult(0).getType() != pointer;
      if (isa<NVVM::NVVMDialect>(op->getDialect()) || isShared)
        ops.push_back(op);
    });
    for (Operation *op : ops)
      if (failed(rewrite(op)))
        return failure();
    for (auto global :
         llvm::make_early_inc_range(module.getOps<LLVM::GlobalOp>()))
      if (global.getAddrSpace() != 0)
        global.erase();
    makeEntries(name);
    return success();
  }

private:
  LLVM::LLVMFuncOp getFunction(StringRef name, Type result,
                               ArrayRef<Type> arguments) {
    if (auto known = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
      return known;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    return LLVM::LLVMFuncOp::create(
        builder, module.getLoc(), name,
        LLVM::LLVMFunctionType::get(result, arguments));
  }

  Value getInt(Location loc, int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, i32, value);
  }

  LogicalResult rewrite(Operation *op) {
    builder.setInsertionPoint(op);
    if (isa<NVVM::ThreadIdXOp>(op))
      return readRegister(op, threadRegister);
    if (isa<NVVM::BlockIdXOp>(op))
      return readRegister(op, blockRegister);
    if (isa<NVVM::GridDimXOp>(op))
      return readRegister(op, gridRegister);
    if (isa<NVVM::BarrierOp, NVVM::Barrier0Op>(op)) {
      LLVM::CallOp::create(
          builder, op->getLoc(),
          getFunction("tenon_rt_emulated_barrier", nothing, {}), ValueRange());
      op->erase();
      return success();
    }
    if (auto shuffle = dyn_cast<NVVM::ShflOp>(op))
      return rewriteShuffle(shuffle);
    if (auto product = dyn_cast<NVVM::MmaOp>(op))
      return rewriteProduct(product);
    if (isa<LLVM::AddressOfOp>(op))
      return rewriteShared(op);
    return op->emitOpError("cannot be emulated");
  }

  LogicalResult readRegister(Operation *op, Register number) {
    Value value = LLVM::CallOp::create(
                      builder, op->getLoc(),
                      getFunction("tenon_rt_emulated_register", i32, {i32}),
                      getInt(op->getLoc(), number))
                      .getResult();
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
    return success();
  }

  LogicalResult rewriteShuffle(NVVM::ShflOp op) {
    Location loc = op.getLoc();
    if (op.getKind() != NVVM::ShflKind::bfly)
      return op.emitOpError("cannot be emulated but for kind bfly");
    Type type = op.getVal().getType();
    Value bits = op.getVal();
    if (type != i32)
      bits = LLVM::BitcastOp::create(builder, loc, i32, bits);
    Value other = LLVM::CallOp::create(
                      builder, loc,
                      getFunction("tenon_rt_emulated_shuffle", i32, {i32, i32}),
                      ValueRange{bits, op.getOffset()})
                      .getResult();
    if (type != i32)
      other = LLVM::BitcastOp::create(builder, loc, type, other);
    if (auto pair = dyn_cast<LLVM::LLVMStructType>(op.getType())) {
      Value isValid =
          LLVM::ConstantOp::create(builder, loc, builder.getI1Type(), true);
      Value both = LLVM::PoisonOp::create(builder, loc, pair);
      both = LLVM::InsertValueOp::create(builder, loc, both, other,
                                         ArrayRef<int64_t>{0});
      other = LLVM::InsertValueOp::create(builder, loc, both, isValid,
                                          ArrayRef<int64_t>{1});
    }
    op.replaceAllUsesWith(other);
    op.erase();
    return success();
  }

  LogicalResult rewriteProduct(NVVM::MmaOp op) {
    Location loc = op.getLoc();
    std::optional<NVVM::MMATypes> type = op.getMultiplicandAPtxType();
    if (!type ||
        !llvm::is_contained(
            {NVVM::MMATypes::tf32, NVVM::MMATypes::bf16, NVVM::MMATypes::f16},
            *type))
      return op.emitOpError("cannot be emulated but for tf32, bf16 and f16");
    int32_t kind = *type == NVVM::MMATypes::tf32   ? tf32Product
                   : *type == NVVM::MMATypes::bf16 ? bf16Product
                                                   : f16Product;
    auto parent = op->getParentOfType<LLVM::LLVMFuncOp>();
    SmallVector<Value> operands(op->getOperands());
    builder.setInsertionPointToStart(&parent.getBody().front());
    Value count = getInt(loc, operands.size());
    Value registers = LLVM::AllocaOp::create(builder, loc, pointer, i32, count);
    builder.setInsertionPoint(op);
    auto getPlace = [&](Type elementType, int32_t index) -> Value {
      return LLVM::GEPOp::create(builder, loc, pointer, elementType, registers,
                                 ArrayRef<LLVM::GEPArg>{index});
    };
    for (auto [index, operand] : llvm::enumerate(operands))
      LLVM::StoreOp::create(builder, loc, operand, getPlace(i32, index));
    LLVM::CallOp::create(
        builder, loc,
        getFunction("tenon_rt_emulated_product", nothing, {i32, pointer}),
        ValueRange{getInt(loc, kind), registers});
    // the sums come last
    Type f32 = builder.getF32Type();
    Value result = LLVM::PoisonOp::create(builder, loc, op.getType());
    for (int32_t i = 0; i < 4; ++i) {
      Value sum = LLVM::LoadOp::create(builder, loc, f32,
                                       getPlace(f32, operands.size() - 4 + i));
      result = LLVM::InsertValueOp::create(builder, loc, result, sum,
                                           ArrayRef<int64_t>{i});
    }
    op.replaceAllUsesWith(result);
    op.erase();
    return success();
  }

  /// The address of shared memory, as a pointer to any memory.
  LogicalResult rewriteShared(Operation *op) {
    for (Operation *user : llvm::make_early_inc_range(op->getUsers())) {
      if (!isa<LLVM::AddrSpaceCastOp>(user))
        return user->emitOpError("of shared memory cannot be emulated");
      builder.setInsertionPoint(user);
      user->getResult(0).replaceAllUsesWith(
          LLVM::CallOp::create(
              builder, op->getLoc(),
              getFunction("tenon_rt_emulated_shared", pointer, {}),
              ValueRange())
              .getResult());
      user->erase();
    }
    op->erase();
    return success();
  }

  //===--------------------------------------------------------------------===//
  // Entries
  //===--------------------------------------------------------------------===//

  void makeEntries(StringRef name) {
    Location loc = kernel.getLoc();
    kernel->removeAttr(NVVM::NVVMDialect::getKernelFuncAttrName());
    kernel->removeAttr(NVVM::NVVMDialect::getReqntidAttrName());
    kernel->removeAttr(NVVM::NVVMDialect::getMaxnregAttrName());
    kernel.setSymName((name + ".kernel").str());
    kernel.setLinkage(LLVM::Linkage::Internal);

    SmallVector<Type> types{pointer, pointer, pointer, i64, i64};
    auto create = [&](const Twine &suffix) {
      builder.setInsertionPointToEnd(module.getBody());
      auto function =
          LLVM::LLVMFuncOp::create(builder, loc, (name + suffix).str(),
                                   LLVM::LLVMFunctionType::get(nothing, types));
      builder.setInsertionPointToStart(function.addEntryBlock(builder));
      return function;
    };
    // one thread: takes the tables apart
    LLVM::LLVMFuncOp threadEntry = create(".thread");
    threadEntry.setLinkage(LLVM::Linkage::Internal);
    LLVM::CallOp::create(builder, loc, kernel, getOperands(threadEntry));
    LLVM::ReturnOp::create(builder, loc, ValueRange());

    LLVM::LLVMFuncOp entry = create("");
    SmallVector<Value> operands{
        LLVM::AddressOfOp::create(builder, loc, threadEntry)};
    llvm::append_range(operands, entry.getArguments());
    for (StringRef attribute : {tenon::kBlockSizeAttr, tenon::kSharedAttr})
      operands.push_back(LLVM::ConstantOp::create(
          builder, loc, i64, module->getAttrOfType<IntegerAttr>(attribute)));
    SmallVector<Type> operandTypes(ValueRange(operands).getTypes());
    LLVM::CallOp::create(builder, loc,
                         getFunction("tenon_rt_emulate", nothing, operandTypes),
                         operands);
    LLVM::ReturnOp::create(builder, loc, ValueRange());
  }

  /// Of the device's entry: buffers, dims, scratch, the range.
  SmallVector<Value> getOperands(LLVM::LLVMFuncOp threadEntry) {
    SmallVector<Value> operands;
    ArrayRef<Type> types = kernel.getArgumentTypes();
    int32_t numBuffers = 0, numDims = 0;
    for (Type type : types.drop_back(3)) {
      bool isBuffer = type == pointer;
      Value address = LLVM::GEPOp::create(
          builder, kernel.getLoc(), pointer, type,
          threadEntry.getArgument(isBuffer ? 0 : 1),
          ArrayRef<LLVM::GEPArg>{isBuffer ? numBuffers++ : numDims++});
      operands.push_back(
          LLVM::LoadOp::create(builder, kernel.getLoc(), type, address));
    }
    llvm::append_range(operands, threadEntry.getArguments().take_back(3));
    return operands;
  }

  ModuleOp module;
  LLVM::LLVMFuncOp kernel;
  OpBuilder builder;
  Type i32, i64, pointer, nothing;
};

struct EmulateDevicePass
    : tenon::impl::EmulateDevicePassBase<EmulateDevicePass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (function->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName())) {
        if (failed(Emulation(getOperation(), function)
                       .run(function.getSymName().str())))
          signalPassFailure();
        return;
      }
  }
};

} // namespace
