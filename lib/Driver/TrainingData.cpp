//===- TrainingData.cpp - samples and targets from files ------------------===//

#include "tenon/Driver/TrainingData.h"
#include "IdxFile.h"

#include "tenon/Driver/TensorList.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cstring>

using namespace llvm;
using namespace tenon;

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// The file `name` of a folder, or its compressed form; empty: neither.
static std::string findFile(StringRef folder, StringRef name) {
  for (StringRef suffix : {"", ".gz"}) {
    SmallString<128> path(folder);
    sys::path::append(path, name + suffix);
    if (sys::fs::exists(path))
      return path.str().str();
  }
  return "";
}

static Expected<TrainingData> readIdxPair(StringRef images, StringRef labels) {
  Expected<SampleTensor> samples = readIdxFile(images);
  if (!samples)
    return samples.takeError();
  Expected<SampleTensor> targets = readIdxFile(labels);
  if (!targets)
    return targets.takeError();
  return TrainingData{scalePixels(std::move(*samples)), std::move(*targets)};
}

static Expected<std::optional<TrainingData>> readIdxFolder(StringRef folder,
                                                           StringRef prefix) {
  std::string images = findFile(folder, (prefix + "-images-idx3-ubyte").str()),
              labels = findFile(folder, (prefix + "-labels-idx1-ubyte").str());
  if (images.empty() || labels.empty())
    return std::nullopt;
  Expected<TrainingData> data = readIdxPair(images, labels);
  if (!data)
    return data.takeError();
  return std::move(*data);
}

static SampleTensor takeTensor(const tenon_io_tensor &item) {
  const tenon_tensor &tensor = item.tensor;
  SampleTensor result;
  result.dtype = tensor.dtype;
  result.shape.assign(tensor.shape, tensor.shape + tensor.rank);
  auto *data = static_cast<const char *>(tensor.data);
  result.bytes.assign(data, data + tenon_num_bytes(&tensor));
  return result;
}

static Expected<TrainingData> readNpz(StringRef path) {
  tenon_io_tensors tensors = {};
  tenon_error error = {};
  if (tenon_io_read(path.str().c_str(), &tensors, &error) != TENON_OK)
    return makeRuntimeError(error);
  TrainingData data;
  bool hasSamples = false, hasTargets = false;
  for (int32_t i = 0; i < tensors.count; ++i) {
    StringRef name = tensors.items[i].name;
    if (name == "x") {
      data.samples = takeTensor(tensors.items[i]);
      hasSamples = true;
    } else if (name == "y") {
      data.targets = takeTensor(tensors.items[i]);
      hasTargets = true;
    }
  }
  tenon_io_free(&tensors);
  if (!hasSamples || !hasTargets)
    return createStringError(path + ": expected arrays 'x' and 'y'");
  return data;
}

static Error checkCounts(StringRef path, const TrainingData &data) {
  int64_t samples = data.samples.getNumSamples(),
          targets = data.targets.getNumSamples();
  if (samples == 0)
    return createStringError(path + ": expected samples, got none");
  if (samples != targets)
    return createStringError(path + ": expected as many targets as samples, " +
                             Twine(samples) + ", got " + Twine(targets));
  return Error::success();
}

Expected<TrainingData> tenon::readTrainingData(StringRef path) {
  TrainingData data;
  if (sys::fs::is_directory(path)) {
    auto found = readIdxFolder(path, "train");
    if (!found)
      return found.takeError();
    if (!*found)
      return createStringError(path + ": expected train-images-idx3-ubyte and "
                                      "train-labels-idx1-ubyte, also as .gz");
    data = std::move(**found);
  } else if (sys::path::extension(path) == ".npz") {
    Expected<TrainingData> found = readNpz(path);
    if (!found)
      return found.takeError();
    data = std::move(*found);
  } else {
    return createStringError(path + ": expected a folder of IDX files or an "
                                    ".npz file as data");
  }
  if (Error error = checkCounts(path, data))
    return std::move(error);
  return data;
}

Expected<std::optional<TrainingData>>
tenon::readValidationData(StringRef path) {
  if (!sys::fs::is_directory(path))
    return std::nullopt;
  return readIdxFolder(path, "t10k");
}

//===----------------------------------------------------------------------===//
// Fitting
//===----------------------------------------------------------------------===//

template <typename From, typename To>
static std::vector<char> convertElements(ArrayRef<char> bytes) {
  size_t count = bytes.size() / sizeof(From);
  std::vector<char> result(count * sizeof(To));
  auto *from = reinterpret_cast<const From *>(bytes.data());
  auto *to = reinterpret_cast<To *>(result.data());
  for (size_t i = 0; i < count; ++i)
    to[i] = static_cast<To>(from[i]);
  return result;
}

template <typename To>
static std::optional<std::vector<char>> convertTo(const SampleTensor &tensor) {
  switch (tensor.dtype) {
  case TENON_UINT8:
  case TENON_BOOL:
    return convertElements<uint8_t, To>(tensor.bytes);
  case TENON_INT8:
    return convertElements<int8_t, To>(tensor.bytes);
  case TENON_INT16:
    return convertElements<int16_t, To>(tensor.bytes);
  case TENON_INT32:
    return convertElements<int32_t, To>(tensor.bytes);
  case TENON_INT64:
    return convertElements<int64_t, To>(tensor.bytes);
  case TENON_FLOAT32:
    return convertElements<float, To>(tensor.bytes);
  case TENON_FLOAT64:
    return convertElements<double, To>(tensor.bytes);
  default:
    return std::nullopt;
  }
}

static bool isInteger(int32_t dtype) {
  return dtype != TENON_FLOAT32 && dtype != TENON_FLOAT64 &&
         dtype != TENON_FLOAT16 && dtype != TENON_BFLOAT16;
}

/// Integers become any number; floats become floats only.
static std::optional<std::vector<char>> convert(const SampleTensor &tensor,
                                                int32_t dtype) {
  if (isInteger(dtype) && !isInteger(tensor.dtype))
    return std::nullopt;
  switch (dtype) {
  case TENON_FLOAT32:
    return convertTo<float>(tensor);
  case TENON_FLOAT64:
    return convertTo<double>(tensor);
  case TENON_INT64:
    return convertTo<int64_t>(tensor);
  case TENON_INT32:
    return convertTo<int32_t>(tensor);
  default:
    return std::nullopt;
  }
}

static Error fitTensor(SampleTensor &tensor, const tenon_value_info &value,
                       StringRef what) {
  if (tensor.dtype != value.dtype) {
    auto converted = convert(tensor, value.dtype);
    if (!converted)
      return createStringError("expected " + what + " of type " +
                               tenon_dtype_name(value.dtype) + ", got " +
                               tenon_dtype_name(tensor.dtype));
    tensor.bytes = std::move(*converted);
    tensor.dtype = value.dtype;
  }
  std::vector<int64_t> wanted(value.dims, value.dims + value.rank);
  if (!wanted.empty())
    wanted[0] = tensor.getNumSamples();
  int64_t got = 1, expected = 1;
  for (int64_t size : ArrayRef(tensor.shape).drop_front())
    got *= size;
  for (int64_t size : ArrayRef(wanted).drop_front())
    expected *= size;
  if (wanted.empty() || got != expected)
    return createStringError("expected " + what + " of shape " +
                             getShapeText(wanted) + ", got " +
                             getShapeText(tensor.shape));
  tensor.shape = std::move(wanted);
  return Error::success();
}

Error TrainingData::fit(const tenon_value_info &sampleValue,
                        const tenon_value_info &targetValue) {
  if (Error error = fitTensor(samples, sampleValue, "samples"))
    return error;
  return fitTensor(targets, targetValue, "targets");
}
