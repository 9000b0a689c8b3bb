//===- KernelBuffers.cpp - arguments as flat memory -----------------------===//

#include "tenon/Codegen/CPU/Contraction/KernelBuffers.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace tenon;

SmallVector<Value> tenon::flattenBuffers(ImplicitLocOpBuilder &builder,
                                         func::FuncOp tiled) {
  SmallVector<Value> buffers;
  for (BlockArgument argument : tiled.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    bool isDense = type && type.getLayout().isIdentity();
    if (!type || (isDense && type.getRank() == 1)) {
      buffers.push_back(argument);
      continue;
    }
    if (!isDense) {
      // nothing asks for the size
      int64_t size = std::numeric_limits<int32_t>::max();
      buffers.push_back(memref::ReinterpretCastOp::create(
          builder, MemRefType::get({size}, type.getElementType()), argument,
          /*offset=*/int64_t(0), ArrayRef<int64_t>{size},
          ArrayRef<int64_t>{1}));
      continue;
    }
    SmallVector<ReassociationIndices> all(1);
    llvm::append_range(all[0], llvm::seq<int64_t>(0, type.getRank()));
    if (type.getRank() == 0)
      buffers.push_back(memref::ExpandShapeOp::create(
          builder, MemRefType::get({1}, type.getElementType()), argument,
          ArrayRef<ReassociationIndices>()));
    else
      buffers.push_back(
          memref::CollapseShapeOp::create(builder, argument, all));
  }
  return buffers;
}
