//===- Scratch.cpp - memory of a work item --------------------------------===//

#include "tenon/Codegen/CPU/Contraction/Scratch.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace tenon;

Value tenon::allocateScratch(ImplicitLocOpBuilder &builder, IndexMath &math,
                             AffineExpr size, Type elementType) {
  OpFoldResult elements = math.evaluate(size);
  std::optional<int64_t> constant = getConstantIntValue(elements);
  SmallVector<Value> sizes;
  if (!constant)
    sizes.push_back(math.value(elements));
  // vectors at its start lie in one cache line
  return memref::AllocOp::create(
      builder,
      MemRefType::get({constant.value_or(ShapedType::kDynamic)}, elementType),
      sizes, builder.getI64IntegerAttr(64));
}
