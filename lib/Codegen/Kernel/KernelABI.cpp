//===- KernelABI.cpp - from a bufferised kernel to its entry --------------===//

#include "tenon/Codegen/Kernel/KernelABI.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"

using namespace mlir;
using namespace tenon;

FailureOr<SmallVector<KernelArgument>>
tenon::classifyArguments(func::FuncOp kernel) {
  SmallVector<KernelArgument> arguments;
  for (BlockArgument argument : kernel.getArguments()) {
    unsigned index = argument.getArgNumber();
    if (argument.getType().isIndex()) {
      bool isWorkItem = !!kernel.getArgAttr(index, kWorkItemAttr);
      arguments.push_back(
          {isWorkItem ? ArgumentRole::WorkItem : ArgumentRole::Symbol,
           {},
           {},
           {}});
      continue;
    }
    if (!isa<MemRefType>(argument.getType()))
      return kernel.emitError()
             << "expected argument " << index
             << " to be a memref or an index, got " << argument.getType();
    FailureOr<AffineMap> dims = getArgumentDims(kernel, index),
                         strides = getArgumentStrides(kernel, index);
    if (failed(dims) || failed(strides))
      return failure();
    auto offset =
        kernel.getArgAttrOfType<AffineMapAttr>(index, kScratchOffsetAttr);
    auto shared =
        kernel.getArgAttrOfType<AffineMapAttr>(index, kSharedOffsetAttr);
    auto alignment =
        kernel.getArgAttrOfType<IntegerAttr>(index, kAlignmentAttr);
    KernelArgument result{ArgumentRole::Buffer,
                          *dims,
                          {},
                          *strides,
                          alignment ? alignment.getInt() : 0};
    if (offset) {
      result.role = ArgumentRole::Scratch;
      result.offset = offset.getValue();
    } else if (shared) {
      result.role = ArgumentRole::Shared;
      result.offset = shared.getValue();
    }
    arguments.push_back(result);
  }
  return arguments;
}

namespace {
/// The kernel's body with a pointer where a memref was: bare pointers can be
/// declared not to alias, which the fields of a loaded table cannot.
class BodyRewriter {
public:
  BodyRewriter(func::FuncOp kernel, ArrayRef<KernelArgument> arguments)
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
        if (info.role == ArgumentRole::Scratch ||
            info.role == ArgumentRole::Shared)
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
  void rebuildMemRef(BlockArgument argument, const KernelArgument &info,
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
    for (int64_t i = type.getRank() - 1; i >= 0; --i) {
      descriptor.setSize(builder, loc, i, getI64(info.dims.getResult(i)));
      descriptor.setStride(builder, loc, i, getI64(info.strides.getResult(i)));
    }
    auto memref = UnrealizedConversionCastOp::create(builder, loc, type,
                                                     Value(descriptor));
    argument.replaceUsesWithIf(memref.getResult(0), [&](OpOperand &use) {
      return llvm::is_contained(users, use.getOwner());
    });
  }

  Value getI64(AffineExpr expr) {
    Value index = materialize(builder, kernel.getLoc(), expr, kernel);
    return arith::IndexCastOp::create(builder, kernel.getLoc(),
                                      builder.getI64Type(), index);
  }

  func::FuncOp kernel;
  ArrayRef<KernelArgument> arguments;
  OpBuilder builder;
  LLVMTypeConverter converter;
};
} // namespace

void tenon::makeBody(func::FuncOp kernel, ArrayRef<KernelArgument> arguments,
                     StringRef name) {
  BodyRewriter(kernel, arguments).rewrite();
  kernel.setSymName((name + ".body").str());
  kernel->removeAttr(kKernelAttr);
}
