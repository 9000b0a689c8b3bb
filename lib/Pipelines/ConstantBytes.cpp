//===- ConstantBytes.cpp - the bytes of a program's constants -------------===//

#include "tenon/Pipelines/ConstantBytes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
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

FailureOr<WeightImage> tenon::collectWeights(func::FuncOp program) {
  SmallVector<ConstantOp> constants;
  program.walk([&](ConstantOp constant) { constants.push_back(constant); });
  auto offset = [](ConstantOp constant) {
    return static_cast<uint64_t>(
        constant->getAttrOfType<IntegerAttr>(placementAttrName).getInt());
  };
  llvm::stable_sort(constants, [&](ConstantOp a, ConstantOp b) {
    return offset(a) < offset(b);
  });
  WeightImage image;
  uint64_t next = 0;
  for (ConstantOp constant : constants) {
    if (offset(constant) < next || constant->use_empty())
      continue; // an equal constant came before
    FailureOr<ArrayRef<char>> bytes = getConstantBytes(constant.getValue());
    if (failed(bytes))
      return constant.emitOpError("has a value without bytes: the weights file "
                                  "of the module is missing");
    auto type = cast<RankedTensorType>(constant.getType());
    if (static_cast<int64_t>(bytes->size()) !=
        *getConstantDim(getByteSize(type)))
      return constant.emitOpError("expects ")
             << printDim(getByteSize(type)) << " bytes of data, got "
             << bytes->size();
    uint64_t at = image.append(*bytes);
    assert(at == offset(constant) &&
           "the plan and the image align weights alike");
    (void)at;
    next = image.size();
  }
  return image;
}
