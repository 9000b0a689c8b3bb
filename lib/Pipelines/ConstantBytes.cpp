//===- ConstantBytes.cpp - the bytes of a program's constants -------------===//

#include "tenon/Pipelines/ConstantBytes.h"
#include "HostMemory.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Kernels/Placement.h"

using namespace mlir;
using namespace tenon;

/// Resources up to this size are cheaper inside the IR, where they fold.
static constexpr size_t maxDenseBytes = 1024;

static AsmResourceBlob makeBlob(ArrayRef<char> bytes) {
  return HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, bufferAlignment);
}

/// Writes one element; its width is a whole number of bytes, or one bit.
static void appendElement(SmallVectorImpl<char> &bytes, const APInt &value) {
  unsigned size = llvm::divideCeil(value.getBitWidth(), 8);
  const char *data = reinterpret_cast<const char *>(value.getRawData());
  bytes.append(data, data + size);
}

/// Splats and booleans have no bytes of their own in a dense attribute.
static FailureOr<ArrayRef<char>> expand(DenseElementsAttr attr) {
  SmallVector<char> bytes;
  auto append = [&](auto values) {
    for (const auto &value : values)
      if constexpr (std::is_same_v<std::decay_t<decltype(value)>, APFloat>)
        appendElement(bytes, value.bitcastToAPInt());
      else
        appendElement(bytes, value);
  };
  if (isa<FloatType>(attr.getElementType()))
    append(attr.getValues<APFloat>());
  else if (isa<IntegerType>(attr.getElementType()))
    append(attr.getValues<APInt>());
  else
    return failure();
  auto handle =
      DenseResourceElementsHandle::getManagerInterface(attr.getContext())
          .insert("expanded", makeBlob(bytes));
  return handle.getBlob()->getData();
}

FailureOr<ArrayRef<char>> tenon::getConstantBytes(ElementsAttr attr) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
    return failure();
  }
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense)
    return failure();
  if (dense.isSplat() || dense.getElementType().isInteger(1))
    return expand(dense);
  return dense.getRawData();
}

ElementsAttr tenon::makeConstant(RankedTensorType type, AsmResourceBlob blob,
                                 StringRef name) {
  ArrayRef<char> bytes = blob.getData();
  if (bytes.size() <= maxDenseBytes && !type.getElementType().isInteger(1))
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  if (bytes.size() <= maxDenseBytes)
    return DenseElementsAttr::get(
        type,
        ArrayRef(reinterpret_cast<const bool *>(bytes.data()), bytes.size()));
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

namespace {
/// A constant, or a state for its first value.
struct Weight {
  Operation *op;
  ElementsAttr value;
  uint64_t offset;
};
} // namespace

static SmallVector<Weight> findWeights(ModuleOp module, bool withStates) {
  SmallVector<Weight> weights;
  auto add = [&](Operation *op, ElementsAttr value) {
    auto offset = op->getAttrOfType<IntegerAttr>(weightOffsetAttrName);
    weights.push_back({op, value, static_cast<uint64_t>(offset.getInt())});
  };
  for (auto function : module.getOps<func::FuncOp>())
    function.walk([&](ConstantOp op) { add(op, op.getValue()); });
  if (withStates)
    for (auto state : module.getOps<StateOp>())
      add(state, state.getValue());
  llvm::stable_sort(weights, [](const Weight &a, const Weight &b) {
    return a.offset < b.offset;
  });
  return weights;
}

FailureOr<WeightImage> tenon::collectWeights(ModuleOp module, bool withStates) {
  WeightImage image;
  std::optional<uint64_t> last;
  for (const Weight &weight : findWeights(module, withStates)) {
    // an equal one came before
    if (last == weight.offset)
      continue;
    // splats are expanded, then copied to the image
    if (isa<SplatElementsAttr>(weight.value) &&
        failed(
            checkMemory(weight.op->getLoc(),
                        2 * *getConstantDim(getByteSize(cast<RankedTensorType>(
                                weight.value.getType()))))))
      return failure();
    FailureOr<ArrayRef<char>> bytes = getConstantBytes(weight.value);
    if (failed(bytes))
      return weight.op->emitOpError("has a value without bytes: the weights "
                                    "file of the module is missing");
    AffineExpr size =
        getByteSize(cast<RankedTensorType>(weight.value.getType()));
    if (static_cast<int64_t>(bytes->size()) != *getConstantDim(size))
      return weight.op->emitOpError("expects ")
             << printDim(size) << " bytes of data, got " << bytes->size();
    // an equal one came before, or there is nothing: the next one begins here
    if (last == weight.offset || bytes->empty())
      continue;
    last = weight.offset;
    uint64_t at = image.append(*bytes);
    assert(at == weight.offset && "the plan and the image align weights alike");
    (void)at;
  }
  return image;
}
