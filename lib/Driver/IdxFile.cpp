//===- IdxFile.cpp - the format of MNIST ----------------------------------===//

#include "IdxFile.h"

#include "llvm/Support/Endian.h"

#include <cstring>
#include <zlib.h>

using namespace llvm;
using namespace tenon;

/// A file's bytes; zlib reads plain files as they are.
static Expected<std::vector<unsigned char>> readBytes(StringRef path) {
  gzFile file = gzopen(path.str().c_str(), "rb");
  if (!file)
    return createStringError(path + ": cannot open: " + strerror(errno));
  std::vector<unsigned char> bytes;
  constexpr size_t chunk = size_t(1) << 20;
  int got = 1;
  while (got > 0) {
    size_t size = bytes.size();
    bytes.resize(size + chunk);
    got = gzread(file, bytes.data() + size, chunk);
    bytes.resize(size + std::max(got, 0));
  }
  int status = Z_OK;
  std::string reason = gzerror(file, &status);
  gzclose(file);
  if (got < 0 || status == Z_BUF_ERROR)
    return createStringError(path + ": cannot be decompressed: " +
                             (reason.empty() ? "truncated" : reason));
  return bytes;
}

Expected<SampleTensor> tenon::readIdxFile(StringRef path) {
  auto bytes = readBytes(path);
  if (!bytes)
    return bytes.takeError();
  auto refuse = [&](const Twine &what) {
    return createStringError(path + ": expected " + what);
  };
  if (bytes->size() < 4 || (*bytes)[0] || (*bytes)[1] || (*bytes)[2] != 8)
    return refuse("an IDX file of bytes");
  SampleTensor tensor;
  tensor.dtype = TENON_UINT8;
  size_t rank = (*bytes)[3], begin = 4 + 4 * rank, count = 1;
  if (rank == 0 || bytes->size() < begin)
    return refuse("an IDX file with dimensions, got a truncated one");
  for (size_t i = 0; i < rank; ++i) {
    tensor.shape.push_back(support::endian::read32be(&(*bytes)[4 + 4 * i]));
    if (__builtin_mul_overflow(count, tensor.shape.back(), &count))
      return refuse("a shape that fits into memory");
  }
  if (bytes->size() - begin != count)
    return refuse(Twine(count) + " elements, got " +
                  Twine(bytes->size() - begin));
  tensor.bytes.assign(bytes->begin() + begin, bytes->end());
  return tensor;
}

SampleTensor tenon::scalePixels(SampleTensor pixels) {
  std::vector<char> scaled(pixels.bytes.size() * sizeof(float));
  auto *to = reinterpret_cast<float *>(scaled.data());
  for (size_t i = 0; i < pixels.bytes.size(); ++i)
    to[i] = static_cast<unsigned char>(pixels.bytes[i]) / 255.0f;
  pixels.bytes = std::move(scaled);
  pixels.dtype = TENON_FLOAT32;
  return pixels;
}
