//===- LowerKernelToLLVM.cpp - the C ABI of a kernel ----------------------===//

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "tenon/Codegen/CPU/Kernel.h"
#include "tenon/Codegen/CPU/Passes.h"
#include "tenon/Codegen/CPU/SymbolicSize.h"

namespace tenon {
#define GEN_PASS_DEF_LOWERKERNELTOLLVMPASS
#include "tenon/Codegen/CPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

/// What an argument of the bufferised kernel is.
enum class Role { Buffer, Scratch, Symbol, WorkItem };

struct Argument {
  Role role;
  AffineMap dims;   // of a buffer
  AffineMap offset; // of scratch
};

FailureOr<SmallVector<Argument>> classifyArguments(func::FuncOp kernel) {
  SmallVector<Argument> arguments;
  for (BlockArgument argument : kernel.getArguments()) {
    unsigned index = argument.getArgNumber();
    if (argument.getType().isIndex()) {
      bool isWorkItem = !!kernel.getArgAttr(index, tenon::kWorkItemAttr);
      arguments.push_back({isWorkItem ? Role::WorkItem : Role::Symbol, {}, {}});
      continue;
    }
    if (!isa<MemRefType>(argument.getType()))
      return kernel.emitError()
             << "expected argument " << index
             << " to be a memref or an index, got " << argument.getType();
    FailureOr<AffineMap> dims = tenon::getArgumentDims(kernel, index);
    if (failed(dims))
      return failure();
    auto offset = kernel.getArgAttrOfType<AffineMapAttr>(
        index, tenon::kScratchOffsetAttr);
    if (offset)
      arguments.push_back({Role::Scratch, *dims, offset.getValue()});
    else
      arguments.push_back({Role::Buffer, *dims, {}});
  }
  return arguments;
}

/// The kernel's body with a pointer where a memref was: bare pointers can be
/// declared not to alias, which the fields of a loaded table cannot.
class BodyRewriter {
public:
  BodyRewriter(func::FuncOp kernel, ArrayRef<Argument> arguments)
      : kernel(kernel), arguments(arguments), builder(kernel.getBody()),
        converter(kernel.getContext()) {}

  void rewrite() {
    auto pointer = LLVM::LLVMPointerType::get(kernel.getContext());
    SmallVector<DictionaryAttr> attributes;
    for (auto [argument, info] :
         llvm::zip_equal(kernel.getArguments(), arguments)) {
      NamedAttrList list;
      if (info.dims) {
        list.set(LLVM::LLVMDialect::getNoAliasAttrName(),
                 builder.getUnitAttr());
        if (info.role == Role::Scratch)
          list.set(LLVM::LLVMDialect::getAlignAttrName(),
                   builder.getI64IntegerAttr(64));
        rebuildMemRef(argument, info, pointer);
      }
      attributes.push_back(list.getDictionary(kernel.getContext()));
    }
    kernel.setType(builder.getFunctionType(
        kernel.getBody().front().getArgumentTypes(), {}));
    kernel.setAllArgAttrs(attributes);
    kernel.setPrivate();
    kernel->setAttr(
        "llvm.linkage",
        LLVM::LinkageAttr::get(kernel.getContext(), LLVM::Linkage::Internal));
  }

private:
  void rebuildMemRef(BlockArgument argument, const Argument &info,
                     Type pointer) {
    Location loc = kernel.getLoc();
    auto type = cast<MemRefType>(argument.getType());
    argument.setType(pointer);
    SmallVector<Operation *> users(argument.getUsers());
    auto descriptor =
        MemRefDescriptor::poison(builder, loc, converter.convertType(type));
    descriptor.setAllocatedPtr(builder, loc, argument);
    descriptor.setAlignedPtr(builder, loc, argument);
    descriptor.setConstantOffset(builder, loc, 0);
    AffineExpr stride = builder.getAffineConstantExpr(1);
    for (int64_t i = type.getRank() - 1; i >= 0; --i) {
      descriptor.setSize(builder, loc, i, getI64(info.dims.getResult(i)));
      descriptor.setStride(builder, loc, i, getI64(stride));
      stride = stride * info.dims.getResult(i);
    }
    auto memref = UnrealizedConversionCastOp::create(builder, loc, type,
                                                     Value(descriptor));
    argument.replaceUsesWithIf(memref.getResult(0), [&](OpOperand &use) {
      return llvm::is_contained(users, use.getOwner());
    });
  }

  Value getI64(AffineExpr expr) {
    Value index = tenon::materialize(builder, kernel.getLoc(), expr, kernel);
    return arith::IndexCastOp::create(builder, kernel.getLoc(),
                                      builder.getI64Type(), index);
  }

  func::FuncOp kernel;
  ArrayRef<Argument> arguments;
  OpBuilder builder;
  LLVMTypeConverter converter;
};

/// The function with the C ABI, which takes its tables apart and calls the
/// kernel.
class EntryBuilder {
public:
  EntryBuilder(func::FuncOp kernel, ArrayRef<Argument> arguments)
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
      if (argument.role == Role::Buffer) {
        operand = loadEntry(block->getArgument(0), numBuffers++, pointer);
      } else if (argument.role == Role::Symbol) {
        operand = toIndex(loadEntry(block->getArgument(1), symbols.size(),
                                    builder.getI64Type()));
        symbols.push_back(operand);
      } else if (argument.role == Role::WorkItem) {
        operand = toIndex(block->getArgument(3 + numWorkItems++));
      }
    }
    for (auto [operand, argument] : llvm::zip_equal(operands, arguments))
      if (argument.role == Role::Scratch)
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

  Value getScratch(Value scratch, const Argument &argument,
                   ValueRange symbols) {
    Value offset =
        affine::AffineApplyOp::create(builder, loc, argument.offset, symbols);
    Value bytes =
        arith::IndexCastOp::create(builder, loc, builder.getI64Type(), offset);
    return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(),
                               scratch, ArrayRef<LLVM::GEPArg>{bytes});
  }

  func::FuncOp kernel;
  ArrayRef<Argument> arguments;
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
    FailureOr<SmallVector<Argument>> arguments = classifyArguments(kernel);
    if (failed(arguments))
      return signalPassFailure();
    BodyRewriter(kernel, *arguments).rewrite();
    kernel.setSymName((*name + ".body").str());
    EntryBuilder(kernel, *arguments).build(*name);
    kernel->removeAttr(tenon::kKernelAttr);
  }
};

} // namespace
