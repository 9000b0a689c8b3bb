//===- Random.c - made-up inputs ------------------------------------------===//
#include "tenon-rt/tensor_io.h"

#include <string.h>

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t next(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

// In [-1, 1), in steps of 2^-23.
static float nextFloat(uint64_t *state) {
  return (float)(next(state) >> 40) * 0x1p-23f - 1;
}

// Of a number below 2; what is less than the least normal number becomes 0.
static uint16_t toHalf(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  uint32_t sign = bits >> 16 & 0x8000;
  int32_t exponent = (int32_t)(bits >> 23 & 0xff) - 112;
  if (exponent < 1)
    return 0;
  return (uint16_t)(sign | (uint32_t)exponent << 10 | (bits >> 13 & 0x3ff));
}

static void fillFloats(const tenon_tensor *tensor, int64_t count,
                       uint64_t *state) {
  for (int64_t i = 0; i < count; ++i) {
    float value = nextFloat(state);
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    if (tensor->dtype == TENON_FLOAT16)
      ((uint16_t *)tensor->data)[i] = toHalf(value);
    else if (tensor->dtype == TENON_BFLOAT16)
      ((uint16_t *)tensor->data)[i] = (uint16_t)(bits >> 16);
    else if (tensor->dtype == TENON_FLOAT64 ||
             tensor->dtype == TENON_COMPLEX128)
      ((double *)tensor->data)[i] = value;
    else
      ((float *)tensor->data)[i] = value;
  }
}

// The bits of 1.0 in a type of at most a byte: all that are less stand for
// numbers in [0, 1). Of small integers, 0 and 1.
static uint32_t getBitsOfOne(int32_t dtype) {
  switch (dtype) {
  case TENON_FLOAT8E4M3FN:
    return 0x38;
  case TENON_FLOAT8E4M3FNUZ:
  case TENON_FLOAT8E5M2FNUZ:
    return 0x40;
  case TENON_FLOAT8E5M2:
    return 0x3c;
  case TENON_FLOAT8E8M0:
    return 0x7f;
  default:
    return 2;
  }
}

static int isSignedByte(int32_t dtype) {
  return dtype >= TENON_FLOAT8E4M3FN && dtype <= TENON_FLOAT8E5M2FNUZ;
}

static void fillPacked(const tenon_tensor *tensor, int64_t bytes,
                       uint64_t *state) {
  int32_t bits = tenon_dtype_bits(tensor->dtype);
  uint32_t one = getBitsOfOne(tensor->dtype);
  for (int64_t i = 0; i < bytes; ++i) {
    uint32_t byte = 0;
    for (int32_t shift = 0; shift < 8; shift += bits)
      byte |= (uint32_t)(next(state) % one) << shift;
    // A zero with a sign is a NaN in two of the types.
    if (byte && isSignedByte(tensor->dtype))
      byte |= (uint32_t)(next(state) & 0x80);
    ((uint8_t *)tensor->data)[i] = (uint8_t)byte;
  }
}

// Without a range, 0 and 1: right for masks, and for nearly all indices.
static void fillIntegers(const tenon_tensor *tensor, int64_t count, int64_t min,
                         int64_t max, uint64_t *state) {
  size_t width = tenon_dtype_bits(tensor->dtype) / 8;
  uint64_t range = (uint64_t)max - (uint64_t)min + 1;
  if (min == 0 && max == 0)
    range = 2;
  for (int64_t i = 0; i < count; ++i) {
    uint64_t value = (uint64_t)min + (range ? next(state) % range : 0);
    memcpy((uint8_t *)tensor->data + i * width, &value, width);
  }
}

void tenon_io_fill_random(const tenon_tensor *tensor, int64_t min, int64_t max,
                          uint64_t *state) {
  int64_t count = tenon_num_elements(tensor->shape, tensor->rank);
  switch (tensor->dtype) {
  case TENON_COMPLEX64:
  case TENON_COMPLEX128:
    fillFloats(tensor, 2 * count, state);
    break;
  case TENON_FLOAT32:
  case TENON_FLOAT64:
  case TENON_FLOAT16:
  case TENON_BFLOAT16:
    fillFloats(tensor, count, state);
    break;
  case TENON_UINT8:
  case TENON_INT8:
  case TENON_UINT16:
  case TENON_INT16:
  case TENON_UINT32:
  case TENON_INT32:
  case TENON_UINT64:
  case TENON_INT64:
  case TENON_BOOL:
    fillIntegers(tensor, count, min, max, state);
    break;
  default:
    fillPacked(tensor, tenon_num_bytes(tensor), state);
  }
}
