//===- Compare.cpp - are two tensors equal enough? ------------------------===//

#include "tenon/Driver/Compare.h"

#include "tenon/Driver/TensorList.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstring>

using namespace llvm;
using namespace tenon;

/// The float type of an element, or of the parts of a complex one; null for
/// other types.
static const fltSemantics *getSemantics(int32_t dtype) {
  switch (dtype) {
  case TENON_FLOAT32:
  case TENON_COMPLEX64:
    return &APFloat::IEEEsingle();
  case TENON_FLOAT64:
  case TENON_COMPLEX128:
    return &APFloat::IEEEdouble();
  case TENON_FLOAT16:
    return &APFloat::IEEEhalf();
  case TENON_BFLOAT16:
    return &APFloat::BFloat();
  case TENON_FLOAT8E4M3FN:
    return &APFloat::Float8E4M3FN();
  case TENON_FLOAT8E4M3FNUZ:
    return &APFloat::Float8E4M3FNUZ();
  case TENON_FLOAT8E5M2:
    return &APFloat::Float8E5M2();
  case TENON_FLOAT8E5M2FNUZ:
    return &APFloat::Float8E5M2FNUZ();
  default:
    return nullptr;
  }
}

namespace {
/// Reads floats of any type as doubles.
class FloatReader {
public:
  FloatReader(const tenon_tensor &tensor, const fltSemantics &semantics)
      : data(static_cast<const char *>(tensor.data)), semantics(semantics),
        bits(APFloat::getSizeInBits(semantics)) {}

  double operator()(int64_t index) const {
    if (bits == 32)
      return load<float>(index);
    if (bits == 64)
      return load<double>(index);
    uint64_t pattern =
        bits == 16 ? load<uint16_t>(index) : load<uint8_t>(index);
    APFloat value(semantics, APInt(bits, pattern));
    bool losesInfo;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return value.convertToDouble();
  }

private:
  template <typename T> T load(int64_t index) const {
    T value;
    memcpy(&value, data + index * sizeof(T), sizeof(T));
    return value;
  }

  const char *data;
  const fltSemantics &semantics;
  unsigned bits;
};

/// What the comparison of two arrays found.
struct Differences {
  int64_t count = 0;
  int64_t first = 0;
  double largest = 0;
  double largestWanted = 0;
};
} // namespace

static bool isClose(double got, double want, Tolerance tolerance) {
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got);
  if (std::isinf(want) || std::isinf(got))
    return got == want;
  return std::fabs(got - want) <=
         tolerance.absolute + tolerance.relative * std::fabs(want);
}

static Differences compareFloats(const FloatReader &got,
                                 const FloatReader &want, int64_t count,
                                 Tolerance tolerance) {
  Differences found;
  for (int64_t i : llvm::seq(count)) {
    double g = got(i), w = want(i);
    if (std::isfinite(w))
      found.largestWanted = std::max(found.largestWanted, std::fabs(w));
    if (isClose(g, w, tolerance))
      continue;
    if (found.count++ == 0)
      found.first = i;
    double difference = std::fabs(g - w);
    // Where one is NaN or infinite, no tolerance helps.
    found.largest = std::max(found.largest,
                             std::isfinite(difference) ? difference : HUGE_VAL);
  }
  return found;
}

static std::string getNumber(double value) {
  std::string text;
  raw_string_ostream(text) << format("%g", value);
  return text;
}

static std::string getPosition(int64_t index, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> position(shape.size());
  for (size_t i = shape.size(); i-- > 0; index /= shape[i])
    position[i] = index % shape[i];
  return getShapeText(position);
}

static std::optional<std::string> compareBits(const tenon_tensor &got,
                                              const tenon_tensor &want) {
  auto *gotBytes = static_cast<const uint8_t *>(got.data);
  auto *wantBytes = static_cast<const uint8_t *>(want.data);
  int64_t numBytes = tenon_num_bytes(&want);
  if (numBytes == 0 || memcmp(gotBytes, wantBytes, numBytes) == 0)
    return std::nullopt;

  int64_t width = std::max(1, tenon_dtype_bits(want.dtype) / 8);
  int64_t count = 0, first = -1;
  for (int64_t i = 0; i < numBytes; i += width)
    if (memcmp(gotBytes + i, wantBytes + i, width) != 0 && count++ == 0)
      first = i / width;
  auto read = [&](const uint8_t *bytes) {
    int64_t value = 0;
    memcpy(&value, bytes + first * width, std::min<int64_t>(width, 8));
    return want.dtype == TENON_INT8    ? int8_t(value)
           : want.dtype == TENON_INT16 ? int16_t(value)
           : want.dtype == TENON_INT32 ? int32_t(value)
                                       : value;
  };
  return formatv(
      "{0} of {1} elements differ; number {2}: expected {3}, got {4}", count,
      numBytes / width, first, read(wantBytes), read(gotBytes));
}

/// Every op of a model in 16-bit floats rounds its results to them: a few units
/// in their last place add up before the first significant difference.
static Tolerance widen(Tolerance tolerance, int32_t dtype) {
  constexpr double roundings = 8;
  if (dtype == TENON_FLOAT16)
    tolerance.relative = std::max(tolerance.relative, roundings * 0x1p-10);
  if (dtype == TENON_BFLOAT16)
    tolerance.relative = std::max(tolerance.relative, roundings * 0x1p-7);
  return tolerance;
}

std::optional<std::string> tenon::compareTensors(const tenon_tensor &got,
                                                 const tenon_tensor &want,
                                                 Tolerance tolerance) {
  tolerance = widen(tolerance, want.dtype);
  if (got.dtype != want.dtype)
    return formatv("expected {0}, got {1}", tenon_dtype_name(want.dtype),
                   tenon_dtype_name(got.dtype));
  ArrayRef<int64_t> gotShape(got.shape, got.rank);
  ArrayRef<int64_t> wantShape(want.shape, want.rank);
  if (gotShape != wantShape)
    return formatv("expected shape {0}, got {1}", getShapeText(wantShape),
                   getShapeText(gotShape));
  const fltSemantics *semantics = getSemantics(want.dtype);
  if (!semantics)
    return compareBits(got, want);

  bool isComplex =
      want.dtype == TENON_COMPLEX64 || want.dtype == TENON_COMPLEX128;
  int64_t parts = isComplex ? 2 : 1;
  int64_t count = tenon_num_elements(want.shape, want.rank) * parts;
  FloatReader readGot(got, *semantics), readWant(want, *semantics);
  Differences found = compareFloats(readGot, readWant, count, tolerance);
  if (found.count == 0 ||
      found.largest <= tolerance.relative * found.largestWanted)
    return std::nullopt;
  return formatv(
      "{0} of {1} elements differ; at {2} expected {3}, got {4}; "
      "largest difference {5}, largest expected value {6}",
      found.count, count, getPosition(found.first / parts, wantShape),
      getNumber(readWant(found.first)), getNumber(readGot(found.first)),
      getNumber(found.largest), getNumber(found.largestWanted));
}
