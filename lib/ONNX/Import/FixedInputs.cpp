//===- FixedInputs.cpp - inputs that become constants ---------------------===//

#include "FixedInputs.h"
#include "Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace tenon;

static std::optional<onnx::TensorProto>
readTensor(StringRef path, function_ref<InFlightDiagnostic()> emitError) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    emitError() << path << ": " << buffer.getError().message();
    return std::nullopt;
  }
  onnx::TensorProto tensor;
  StringRef bytes = (*buffer)->getBuffer();
  if (!tensor.ParseFromArray(bytes.data(), bytes.size())) {
    emitError() << path << ": expected an ONNX tensor";
    return std::nullopt;
  }
  return tensor;
}

static std::optional<onnx::TensorProto>
parseNumbers(StringRef text, const onnx::TypeProto::Tensor &type,
             function_ref<InFlightDiagnostic()> emitError) {
  onnx::TensorProto tensor;
  tensor.set_data_type(type.elem_type());
  for (StringRef part : llvm::split(text, ',')) {
    int64_t number;
    if (part.trim().getAsInteger(10, number)) {
      emitError() << "expected whole numbers or a file .pb as its value, got '"
                  << text << "'";
      return std::nullopt;
    }
    if (type.elem_type() == onnx::TensorProto::INT64)
      tensor.add_int64_data(number);
    else if (type.elem_type() == onnx::TensorProto::FLOAT)
      tensor.add_float_data(number);
    else if (type.elem_type() == onnx::TensorProto::INT32)
      tensor.add_int32_data(number);
    else {
      emitError() << "expected a file .pb as its value, for it has type "
                  << getDataTypeName(type.elem_type());
      return std::nullopt;
    }
  }
  if (!type.has_shape() || type.shape().dim_size())
    tensor.add_dims(llvm::count(text, ',') + 1);
  return tensor;
}

std::optional<onnx::TensorProto>
tenon::readFixedInput(StringRef text, const onnx::ValueInfoProto &input,
                      function_ref<InFlightDiagnostic()> emitError) {
  const onnx::TypeProto::Tensor &type = input.type().tensor_type();
  std::optional<onnx::TensorProto> tensor =
      text.ends_with(".pb") ? readTensor(text, emitError)
                            : parseNumbers(text, type, emitError);
  if (!tensor)
    return std::nullopt;
  if (tensor->data_type() != type.elem_type()) {
    emitError() << "expected a value of type "
                << getDataTypeName(type.elem_type()) << ", got "
                << getDataTypeName(tensor->data_type());
    return std::nullopt;
  }
  auto fits = [&](int i) {
    const auto &dim = type.shape().dim(i);
    return !dim.has_dim_value() || dim.dim_value() <= 0 ||
           dim.dim_value() == tensor->dims(i);
  };
  bool isShaped = !type.has_shape() ||
                  (type.shape().dim_size() == tensor->dims_size() &&
                   llvm::all_of(llvm::seq(0, tensor->dims_size()), fits));
  if (!isShaped) {
    SmallVector<int64_t> wanted,
        got(tensor->dims().begin(), tensor->dims().end());
    for (const auto &dim : type.shape().dim())
      wanted.push_back(dim.dim_value());
    emitError() << "expected a value of shape [" << wanted << "], got [" << got
                << "]";
    return std::nullopt;
  }
  return tensor;
}
