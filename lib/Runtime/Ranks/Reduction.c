//===- Reduction.c - how MPI reduces elements -----------------------------===//
#include "Reduction.h"

#include <string.h>

static MPI_Datatype findType(int32_t dtype) {
  switch (dtype) {
  case TENON_FLOAT32:
    return MPI_FLOAT;
  case TENON_FLOAT64:
    return MPI_DOUBLE;
  case TENON_INT8:
    return MPI_INT8_T;
  case TENON_INT16:
    return MPI_INT16_T;
  case TENON_INT32:
    return MPI_INT32_T;
  case TENON_INT64:
    return MPI_INT64_T;
  case TENON_UINT8:
    return MPI_UINT8_T;
  case TENON_UINT16:
  case TENON_FLOAT16:
  case TENON_BFLOAT16:
    return MPI_UINT16_T;
  case TENON_UINT32:
    return MPI_UINT32_T;
  case TENON_UINT64:
    return MPI_UINT64_T;
  default:
    return MPI_DATATYPE_NULL;
  }
}

//===----------------------------------------------------------------------===//
// Floats of 16 bits, which MPI does not know
//===----------------------------------------------------------------------===//

static float widenBfloat(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, sizeof(value));
  return value;
}

/// To the nearest, ties to even.
static uint16_t narrowBfloat(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  if (value != value)
    return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static float widenHalf(uint16_t bits) {
  _Float16 value;
  memcpy(&value, &bits, sizeof(value));
  return (float)value;
}

static uint16_t narrowHalf(float value) {
  _Float16 half = (_Float16)value;
  uint16_t bits;
  memcpy(&bits, &half, sizeof(bits));
  return bits;
}

static float add(float a, float b) { return a + b; }
static float least(float a, float b) { return a < b || a != a ? a : b; }
static float greatest(float a, float b) { return a > b || a != a ? a : b; }

#define DEFINE_OP(name, widen, narrow, combine)                                \
  static void name(void *in, void *inout, int *count, MPI_Datatype *type) {    \
    (void)type;                                                                \
    const uint16_t *a = in;                                                    \
    uint16_t *b = inout;                                                       \
    for (int i = 0; i < *count; ++i)                                           \
      b[i] = narrow(combine(widen(a[i]), widen(b[i])));                        \
  }
DEFINE_OP(addHalves, widenHalf, narrowHalf, add)
DEFINE_OP(leastHalves, widenHalf, narrowHalf, least)
DEFINE_OP(greatestHalves, widenHalf, narrowHalf, greatest)
DEFINE_OP(addBfloats, widenBfloat, narrowBfloat, add)
DEFINE_OP(leastBfloats, widenBfloat, narrowBfloat, least)
DEFINE_OP(greatestBfloats, widenBfloat, narrowBfloat, greatest)

/// By whether they are bfloats, then by reduction.
static MPI_Op shortOps[2][4];

static MPI_Op findShortOp(int isBfloat, int32_t reduction) {
  static MPI_User_function *const functions[2][4] = {
      {addHalves, addHalves, leastHalves, greatestHalves},
      {addBfloats, addBfloats, leastBfloats, greatestBfloats}};
  MPI_Op *op = &shortOps[isBfloat][reduction];
  static int isMade[2][4];
  if (!isMade[isBfloat][reduction])
    MPI_Op_create(functions[isBfloat][reduction], /*commute=*/1, op);
  isMade[isBfloat][reduction] = 1;
  return *op;
}

int tenon_mpi_find_reduction(const tenon_transfer *transfer, MPI_Datatype *type,
                             MPI_Op *op) {
  *type = findType(transfer->dtype);
  if (*type == MPI_DATATYPE_NULL)
    return MPI_ERR_TYPE;
  int isBfloat = transfer->dtype == TENON_BFLOAT16;
  if (isBfloat || transfer->dtype == TENON_FLOAT16)
    *op = findShortOp(isBfloat, transfer->reduction);
  else if (transfer->reduction == TENON_MIN)
    *op = MPI_MIN;
  else
    *op = transfer->reduction == TENON_MAX ? MPI_MAX : MPI_SUM;
  return MPI_SUCCESS;
}

void tenon_mpi_divide(const tenon_transfer *transfer, int numRanks) {
  float *floats = transfer->to;
  double *doubles = transfer->to;
  uint16_t *shorts = transfer->to;
  for (int64_t i = 0; i < transfer->count; ++i) {
    switch (transfer->dtype) {
    case TENON_FLOAT32:
      floats[i] /= (float)numRanks;
      break;
    case TENON_FLOAT64:
      doubles[i] /= numRanks;
      break;
    case TENON_FLOAT16:
      shorts[i] = narrowHalf(widenHalf(shorts[i]) / (float)numRanks);
      break;
    case TENON_BFLOAT16:
      shorts[i] = narrowBfloat(widenBfloat(shorts[i]) / (float)numRanks);
      break;
    default:
      break;
    }
  }
}
