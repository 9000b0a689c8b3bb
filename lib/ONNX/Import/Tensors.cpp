//===- Tensors.cpp - ONNX tensors as attributes ---------------------------===//

#include "Tensors.h"
#include "Types.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tenon;

/// Smaller constants are values in the IR, which fold.
static constexpr uint64_t minResourceBytes = 1024;

/// Bytes of an element in memory: whole ones, also of booleans and 4-bit types.
static uint64_t getElementBytes(Type elementType) {
  return llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

namespace {
/// The elements of a tensor in row-major order, little endian, and the owner of
/// their memory.
struct Elements {
  ArrayRef<char> bytes;
  std::shared_ptr<void> owner;
};
} // namespace

static Elements makeElements(std::vector<char> bytes) {
  auto owner = std::make_shared<std::vector<char>>(std::move(bytes));
  return {*owner, owner};
}

template <typename Stored, typename Values>
static Elements narrow(const Values &values) {
  std::vector<char> bytes(values.size() * sizeof(Stored));
  for (auto [index, value] : llvm::enumerate(values)) {
    Stored stored = static_cast<Stored>(value);
    std::memcpy(bytes.data() + index * sizeof(Stored), &stored, sizeof(Stored));
  }
  return makeElements(std::move(bytes));
}

/// Typed fields: each holds several data types (see onnx.proto), 16-bit floats
/// as their bits in int32_data.
static Elements readTypedField(const onnx::TensorProto &tensor,
                               uint64_t elementBytes) {
  using Proto = onnx::TensorProto;
  switch (tensor.data_type()) {
  case Proto::FLOAT:
    return narrow<float>(tensor.float_data());
  case Proto::DOUBLE:
    return narrow<double>(tensor.double_data());
  case Proto::INT64:
    return narrow<int64_t>(tensor.int64_data());
  case Proto::UINT32:
    return narrow<uint32_t>(tensor.uint64_data());
  case Proto::UINT64:
    return narrow<uint64_t>(tensor.uint64_data());
  default:
    if (elementBytes == 1)
      return narrow<uint8_t>(tensor.int32_data());
    return elementBytes == 2 ? narrow<uint16_t>(tensor.int32_data())
                             : narrow<int32_t>(tensor.int32_data());
  }
}

/// ONNX packs types of 4 and 2 bits into bytes, low bits first; here each
/// element has a byte.
static Elements unpack(Elements packed, unsigned width, uint64_t count) {
  std::vector<char> bytes(count);
  unsigned perByte = 8 / width;
  for (uint64_t i = 0; i < count; ++i)
    bytes[i] = (packed.bytes[i / perByte] >> (width * (i % perByte))) &
               ((1u << width) - 1);
  return makeElements(std::move(bytes));
}

/// The tensor's bytes as the file has them; an error where their number is
/// wrong.
static llvm::Expected<Elements> readStored(const onnx::TensorProto &tensor,
                                           uint64_t elementBytes, uint64_t size,
                                           ExternalData &externalData) {
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    llvm::Expected<MappedBytes> mapped = externalData.find(tensor, size);
    if (!mapped)
      return mapped.takeError();
    return Elements{{mapped->bytes.data(), mapped->bytes.size()}, mapped->file};
  }
  Elements elements =
      tensor.has_raw_data()
          ? makeElements({tensor.raw_data().begin(), tensor.raw_data().end()})
          : readTypedField(tensor, elementBytes);
  if (elements.bytes.size() != size)
    return llvm::createStringError("expected " + Twine(size) +
                                   " bytes of data, got " +
                                   Twine(elements.bytes.size()));
  return elements;
}

static RankedTensorType
getTensorProtoType(MLIRContext *context, const onnx::TensorProto &tensor,
                   function_ref<InFlightDiagnostic()> emitError) {
  Type elementType = getElementType(context, tensor.data_type());
  if (!elementType) {
    emitError() << "expected numbers or booleans, got "
                << getDataTypeName(tensor.data_type());
    return {};
  }
  int64_t count = 1;
  for (int64_t dim : tensor.dims())
    if (dim < 0 || llvm::MulOverflow(count, std::max<int64_t>(dim, 1), count) ||
        count > maxTensorElements) {
      emitError() << "expected a shape of fewer elements without negative "
                     "dimensions, got dimension "
                  << dim;
      return {};
    }
  ArrayRef<int64_t> shape(tensor.dims().data(), tensor.dims_size());
  return RankedTensorType::get(shape, elementType);
}

static ElementsAttr makeDense(RankedTensorType type, ArrayRef<char> bytes) {
  if (!type.getElementType().isInteger(1))
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  SmallVector<bool> bits(bytes.begin(), bytes.end());
  return DenseElementsAttr::get(type, ArrayRef<bool>(bits));
}

ElementsAttr tenon::importTensor(MLIRContext *context, StringRef name,
                                 const onnx::TensorProto &tensor,
                                 ExternalData &externalData,
                                 function_ref<InFlightDiagnostic()> emitError) {
  RankedTensorType type = getTensorProtoType(context, tensor, emitError);
  if (!type)
    return {};
  uint64_t count = type.getNumElements();
  uint64_t elementBytes = getElementBytes(type.getElementType());
  unsigned width = type.getElementTypeBitWidth();
  bool isPacked = width == 2 || width == 4;
  uint64_t size =
      isPacked ? llvm::divideCeil(count * width, 8) : count * elementBytes;
  llvm::Expected<Elements> elements =
      readStored(tensor, elementBytes, size, externalData);
  if (!elements) {
    emitError() << llvm::toString(elements.takeError());
    return {};
  }
  if (isPacked)
    *elements = unpack(*elements, width, count);
  if (elements->bytes.size() < minResourceBytes)
    return makeDense(type, elements->bytes);
  AsmResourceBlob blob(
      elements->bytes, elementBytes,
      [owner = elements->owner](void *, size_t, size_t) {},
      /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}
