//===- LowerDeviceKernel.cpp - the entry of a device kernel ---------------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "tenon/Codegen/GPU/DeviceInfo.h"
#include "tenon/Codegen/GPU/Passes.h"
#include "tenon/Codegen/Kernel/KernelABI.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"

namespace tenon {
#define GEN_PASS_DEF_LOWERDEVICEKERNELPASS
#include "tenon/Codegen/GPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {

/// void NAME(ptr buffers..., i64 dims..., ptr scratch, i64 begin, i64 end)
class DeviceEntry {
public:
  DeviceEntry(ModuleOp module, func::FuncOp kernel,
              ArrayRef<KernelArgument> arguments)
      : module(module), kernel(kernel), arguments(arguments), builder(kernel),
        loc(kernel.getLoc()), i64(builder.getI64Type()),
        pointer(LLVM::LLVMPointerType::get(kernel.getContext())) {}

  void build(StringRef name) {
    SmallVector<Type> types;
    SmallVector<std::pair<unsigned, int64_t>> buffers; // and their alignment
    for (ArgumentRole role : {ArgumentRole::Buffer, ArgumentRole::Symbol})
      for (const KernelArgument &argument : arguments)
        if (argument.role == role) {
          if (role == ArgumentRole::Buffer)
            buffers.emplace_back(types.size(), argument.alignment);
          types.push_back(role == ArgumentRole::Buffer ? pointer : i64);
        }
    unsigned scratch = types.size();
    types.append({pointer, i64, i64});
    auto entry = LLVM::LLVMFuncOp::create(
        builder, loc, name,
        LLVM::LLVMFunctionType::get(
            LLVM::LLVMVoidType::get(kernel.getContext()), types));
    entry->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                   builder.getUnitAttr());
    entry->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                   builder.getDenseI32ArrayAttr({DeviceInfo::kThreads}));
    // else ptxas saves registers in the wrong place and spills
    entry->setAttr(NVVM::NVVMDialect::getMaxnregAttrName(),
                   builder.getI32IntegerAttr(DeviceInfo::kRegisters));
    buffers.emplace_back(scratch, 0);
    for (auto [i, alignment] : buffers) {
      entry.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                       builder.getUnitAttr());
      // of what the runtime places, and of the caller's that is not copied
      entry.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(),
                       builder.getI64IntegerAttr(
                           alignment ? alignment : DeviceInfo::kAccessBytes));
    }
    Block *block = entry.addEntryBlock(builder);
    builder.setInsertionPointToStart(block);
    func::CallOp::create(builder, loc, kernel,
                         getOperands(block->getArguments(), scratch));
    LLVM::ReturnOp::create(builder, loc, ValueRange());
  }

private:
  SmallVector<Value> getOperands(ArrayRef<BlockArgument> parameters,
                                 unsigned scratchNumber) {
    SmallVector<Value> operands(arguments.size()), symbols;
    unsigned next = 0;
    for (auto [operand, argument] : llvm::zip_equal(operands, arguments))
      if (argument.role == ArgumentRole::Buffer)
        operand = parameters[next++];
    for (auto [operand, argument] : llvm::zip_equal(operands, arguments))
      if (argument.role == ArgumentRole::Symbol)
        symbols.push_back(operand = toIndex(parameters[next++]));
    SmallVector<Value> items =
        getItems(parameters[scratchNumber + 1], parameters[scratchNumber + 2]);
    unsigned numBounds = 0;
    for (auto [operand, argument] : llvm::zip_equal(operands, arguments)) {
      if (argument.role == ArgumentRole::WorkItem)
        operand = toIndex(items[numBounds++]);
      else if (argument.role == ArgumentRole::Scratch)
        operand = getOffset(getScratch(parameters[scratchNumber], symbols),
                            argument, symbols);
      else if (argument.role == ArgumentRole::Shared)
        operand = getOffset(getShared(), argument, symbols);
    }
    return operands;
  }

  Value toIndex(Value value) {
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                      value);
  }

  Value toI64(Value value) {
    return arith::IndexCastOp::create(builder, loc, i64, value);
  }

  template <typename Register> Value read() {
    Value value = Register::create(builder, loc, builder.getI32Type());
    return arith::ExtUIOp::create(builder, loc, i64, value);
  }

  /// The block's share of the work items: its first, and the end.
  SmallVector<Value> getItems(Value begin, Value end) {
    Value count = arith::SubIOp::create(builder, loc, end, begin);
    Value share = arith::CeilDivUIOp::create(builder, loc, count,
                                             read<NVVM::GridDimXOp>());
    Value skipped =
        arith::MulIOp::create(builder, loc, read<NVVM::BlockIdXOp>(), share);
    Value first = arith::AddIOp::create(builder, loc, begin, skipped);
    Value last = arith::AddIOp::create(builder, loc, first, share);
    return {first, arith::MinUIOp::create(builder, loc, last, end)};
  }

  Value getOffset(Value base, const KernelArgument &argument,
                  ValueRange symbols) {
    Value offset = toI64(
        affine::AffineApplyOp::create(builder, loc, argument.offset, symbols));
    return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                               ArrayRef<LLVM::GEPArg>{offset});
  }

  /// Where the block's part of all blocks' scratch memory begins.
  Value getScratch(Value scratch, ValueRange symbols) {
    auto bytes = module->getAttrOfType<AffineMapAttr>(kScratchAttr);
    Value size = toI64(
        affine::AffineApplyOp::create(builder, loc, bytes.getValue(), symbols));
    Value offset =
        arith::MulIOp::create(builder, loc, size, read<NVVM::BlockIdXOp>());
    return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(),
                               scratch, ArrayRef<LLVM::GEPArg>{offset});
  }

  Value getShared() {
    if (!shared) {
      auto bytes = module->getAttrOfType<IntegerAttr>(kSharedAttr);
      OpBuilder atModule = OpBuilder::atBlockBegin(module.getBody());
      shared = LLVM::GlobalOp::create(
          atModule, loc,
          LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.getInt()),
          /*isConstant=*/false, LLVM::Linkage::Internal,
          (*module.getSymName() + ".shared").str(), Attribute(),
          /*alignment=*/16,
          static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared));
    }
    Value address = LLVM::AddressOfOp::create(builder, loc, shared);
    return LLVM::AddrSpaceCastOp::create(builder, loc, pointer, address);
  }

  ModuleOp module;
  func::FuncOp kernel;
  ArrayRef<KernelArgument> arguments;
  OpBuilder builder;
  Location loc;
  Type i64, pointer;
  LLVM::GlobalOp shared;
};

struct LowerDeviceKernelPass
    : tenon::impl::LowerDeviceKernelPassBase<LowerDeviceKernelPass> {
  void runOnOperation() override {
    func::FuncOp kernel = getKernel(getOperation());
    std::optional<StringRef> name = getOperation().getSymName();
    if (!kernel || !name)
      return;
    FailureOr<SmallVector<KernelArgument>> arguments =
        classifyArguments(kernel);
    if (failed(arguments))
      return signalPassFailure();
    makeBody(kernel, *arguments, *name);
    DeviceEntry(getOperation(), kernel, *arguments).build(*name);
  }
};

} // namespace
