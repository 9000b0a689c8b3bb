//===- LowerKernelToLLVM.cpp - the C ABI of a kernel ----------------------===//

#include "tenon/Codegen/CPU/Passes.h"
#include "tenon/Codegen/Kernel/KernelABI.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"

namespace tenon {
#define GEN_PASS_DEF_LOWERKERNELTOLLVMPASS
#include "tenon/Codegen/CPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using tenon::ArgumentRole;
using tenon::KernelArgument;

namespace {

/// The function with the C ABI, which takes its tables apart and calls the
/// kernel.
class EntryBuilder {
public:
  EntryBuilder(func::FuncOp kernel, ArrayRef<KernelArgument> arguments)
      : kernel(kernel), arguments(arguments), builder(kernel),
        loc(kernel.getLoc()),
        pointer(LLVM::LLVMPointerType::get(kernel.getContext())) {}

  void build(StringRef name) {
    Type i64 = builder.getI64Type();
    auto entry = func::FuncOp::create(
        builder, loc, name,
        builder.getFunctionType({pointer, pointer, pointer, i64, i64}, {}));
    Block *block = entry.addEntryBlock();
    builder.setInsertionPointToStart(block);
    func::CallOp::create(builder, loc, kernel, getOperands(block));
    func::ReturnOp::create(builder, loc);
  }

private:
  SmallVector<Value> getOperands(Block *block) {
    SmallVector<Value> operands(arguments.size()), symbols;
    unsigned numBuffers = 0, numWorkItems = 0;
    for (auto [operand, argument] : llvm::zip_equal(operands, arguments)) {
      if (argument.role == ArgumentRole::Buffer) {
        operand = loadEntry(block->getArgument(0), numBuffers++, pointer);
      } else if (argument.role == ArgumentRole::Symbol) {
        operand = toIndex(loadEntry(block->getArgument(1), symbols.size(),
                                    builder.getI64Type()));
        symbols.push_back(operand);
      } else if (argument.role == ArgumentRole::WorkItem) {
        operand = toIndex(block->getArgument(3 + numWorkItems++));
      }
    }
    for (auto [operand, argument] : llvm::zip_equal(operands, arguments))
      if (argument.role == ArgumentRole::Scratch)
        operand = getScratch(block->getArgument(2), argument, symbols);
    return operands;
  }

  Value loadEntry(Value table, int32_t index, Type type) {
    Value address = LLVM::GEPOp::create(builder, loc, pointer, type, table,
                                        ArrayRef<LLVM::GEPArg>{index});
    return LLVM::LoadOp::create(builder, loc, type, address);
  }

  Value toIndex(Value value) {
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                      value);
  }

  Value getScratch(Value scratch, const KernelArgument &argument,
                   ValueRange symbols) {
    Value offset =
        affine::AffineApplyOp::create(builder, loc, argument.offset, symbols);
    Value bytes =
        arith::IndexCastOp::create(builder, loc, builder.getI64Type(), offset);
    return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(),
                               scratch, ArrayRef<LLVM::GEPArg>{bytes});
  }

  func::FuncOp kernel;
  ArrayRef<KernelArgument> arguments;
  OpBuilder builder;
  Location loc;
  Type pointer;
};

struct LowerKernelToLLVMPass
    : tenon::impl::LowerKernelToLLVMPassBase<LowerKernelToLLVMPass> {
  void runOnOperation() override {
    func::FuncOp kernel = tenon::getKernel(getOperation());
    if (!kernel)
      return;
    std::optional<StringRef> name = getOperation().getSymName();
    if (!name) {
      getOperation().emitError(
          "expected the module of a kernel to have a name");
      return signalPassFailure();
    }
    FailureOr<SmallVector<KernelArgument>> arguments =
        tenon::classifyArguments(kernel);
    if (failed(arguments))
      return signalPassFailure();
    tenon::makeBody(kernel, *arguments, *name);
    EntryBuilder(kernel, *arguments).build(*name);
  }
};

} // namespace
