//===- ElementMovement.cpp - folding of ops that only move elements -------===//

#include "tenon/Dialect/Tenon/IR/ElementMovement.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

using namespace mlir;

/// Larger results would bloat the IR; they are left to the evaluator, which
/// writes them to the weight store.
static constexpr int64_t maxFoldedElements = 256;

/// A larger constant of one value is read where its element is, by a broadcast:
/// a kernel would hold all of it.
static constexpr int64_t maxSplatElements = int64_t(1) << 24;

SmallVector<int64_t>
tenon::mapIndices(ArrayRef<int64_t> shape,
                  function_ref<int64_t(ArrayRef<int64_t>)> position) {
  int64_t count = ShapedType::getNumElements(shape);
  SmallVector<int64_t> positions, index(shape.size(), 0);
  positions.reserve(count);
  for (int64_t i = 0; i < count; ++i) {
    positions.push_back(position(index));
    for (size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d])
        break;
      index[d] = 0;
    }
  }
  return positions;
}

int64_t tenon::linearize(ArrayRef<int64_t> index, ArrayRef<int64_t> shape) {
  int64_t position = 0;
  for (auto [i, size] : llvm::zip_equal(index, shape))
    position = position * size + i;
  return position;
}

OpFoldResult tenon::foldMovement(Operation *op, ArrayRef<Attribute> operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape() || operands.empty())
    return {};
  auto first = dyn_cast_or_null<DenseElementsAttr>(operands[0]);
  if (first && first.isSplat() && operands.size() == 1)
    return type.getNumElements() <= maxSplatElements
               ? OpFoldResult(first.resizeSplat(type))
               : OpFoldResult();
  if (type.getNumElements() > maxFoldedElements)
    return {};
  SmallVector<Attribute> elements;
  for (Attribute operand : operands) {
    auto dense = dyn_cast_or_null<DenseElementsAttr>(operand);
    if (!dense || dense.getNumElements() > maxFoldedElements)
      return {};
    llvm::append_range(elements, dense.getValues<Attribute>());
  }
  auto positions = cast<MovementOpInterface>(op).getSourcePositions();
  if (!positions)
    return {};
  return DenseElementsAttr::get(
      type,
      llvm::map_to_vector(*positions, [&](int64_t i) { return elements[i]; }));
}
