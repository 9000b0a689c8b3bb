//===- TensorProto.c - ONNX's TensorProto, by hand ------------------------===//
//
// Programs that Tenon makes cannot carry protobuf. The wire format is at
// protobuf.dev/programming-guides/encoding, the message in onnx.proto.
//
//===----------------------------------------------------------------------===//
#include "../Error.h"
#include "Formats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Field numbers of TensorProto.
enum {
  Dims = 1,
  DataType = 2,
  Segment = 3,
  FloatData = 4,
  Int32Data = 5,
  StringData = 6,
  Int64Data = 7,
  Name = 8,
  RawData = 9,
  DoubleData = 10,
  Uint64Data = 11,
  DataLocation = 14
};

enum { Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5 };

// More dimensions than any array library has; a corrupt file may claim more.
enum { MaxRank = 64, MaxName = 256 };

typedef struct Field {
  uint32_t number, wire;
  uint64_t value; ///< of a Varint, Fixed64 or Fixed32
  Cursor bytes;   ///< of the others
} Field;

typedef struct Message {
  int64_t dims[MaxRank];
  int32_t rank;
  uint64_t dtype;
  char name[MaxName];
  Cursor raw; ///< at: NULL when there is none
} Message;

static int readVarint(Cursor *cursor, uint64_t *value) {
  *value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (cursor->at == cursor->end)
      return 0;
    uint8_t byte = *cursor->at++;
    *value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return 1;
  }
  return 0;
}

static int readFixed(Cursor *cursor, size_t size, uint64_t *value) {
  *value = 0;
  if (tenon_io_left(*cursor) < size)
    return 0;
  memcpy(value, cursor->at, size);
  cursor->at += size;
  return 1;
}

// One value of a repeated field, packed or by itself.
static int readValue(Cursor *cursor, uint32_t wire, uint64_t *value) {
  if (wire == Varint)
    return readVarint(cursor, value);
  return readFixed(cursor, wire == Fixed64 ? 8 : 4, value);
}

static int readField(Cursor *cursor, Field *field) {
  uint64_t key, size;
  if (!readVarint(cursor, &key) || key >> 32)
    return 0;
  field->number = (uint32_t)key >> 3;
  field->wire = key & 7;
  field->bytes = (Cursor){NULL, NULL};
  if (field->wire == Varint || field->wire == Fixed64 || field->wire == Fixed32)
    return readValue(cursor, field->wire, &field->value);
  if (field->wire != Delimited || !readVarint(cursor, &size) ||
      size > tenon_io_left(*cursor))
    return 0;
  field->bytes = (Cursor){cursor->at, cursor->at + size};
  cursor->at += size;
  return 1;
}

static int addDims(Message *message, Field field) {
  do {
    if (field.wire == Delimited && field.bytes.at == field.bytes.end)
      return 1;
    if (field.wire == Delimited && !readVarint(&field.bytes, &field.value))
      return 0;
    if (message->rank == MaxRank || (int64_t)field.value < 0)
      return 0;
    message->dims[message->rank++] = (int64_t)field.value;
  } while (field.wire == Delimited);
  return 1;
}

static tenon_status readMessage(Cursor cursor, const char *source,
                                Message *message, tenon_error *error) {
  Field field;
  while (cursor.at != cursor.end) {
    if (!readField(&cursor, &field))
      return tenon_rt_fail(error, TENON_ERR_FORMAT,
                           "%s: expected an ONNX TensorProto, got a corrupt or "
                           "truncated file",
                           source);
    if (field.number == Dims && !addDims(message, field))
      return tenon_rt_fail(error, TENON_ERR_FORMAT,
                           "%s: expected at most %d dimensions of 0 or more",
                           source, MaxRank);
    if (field.number == DataType && field.wire == Varint)
      message->dtype = field.value;
    if (field.number == Segment ||
        (field.number == DataLocation && field.value != 0))
      return tenon_rt_fail(error, TENON_ERR_FORMAT,
                           "%s: expected the tensor's data in the file itself",
                           source);
    if (field.number == RawData && field.wire == Delimited)
      message->raw = field.bytes;
    if (field.number == Name && field.wire == Delimited) {
      size_t length = tenon_io_left(field.bytes);
      length = length < MaxName ? length : MaxName - 1;
      memcpy(message->name, field.bytes.at, length);
      message->name[length] = 0;
    }
  }
  return TENON_OK;
}

// The field that holds a type's elements when they are not raw, how its values
// are written, and how many bytes of each are data (onnx.proto, TensorProto).
typedef struct TypedField {
  uint32_t number, wire;
  size_t bytes;
} TypedField;

static TypedField getTypedField(int32_t dtype) {
  int32_t bits = tenon_dtype_bits(dtype);
  switch (dtype) {
  case TENON_FLOAT32:
  case TENON_COMPLEX64:
    return (TypedField){FloatData, Fixed32, 4};
  case TENON_FLOAT64:
  case TENON_COMPLEX128:
    return (TypedField){DoubleData, Fixed64, 8};
  case TENON_INT64:
    return (TypedField){Int64Data, Varint, 8};
  case TENON_UINT32:
  case TENON_UINT64:
    return (TypedField){Uint64Data, Varint, bits / 8};
  default: // packed types: a byte with several elements
    return (TypedField){Int32Data, Varint, bits < 8 ? 1 : bits / 8};
  }
}

// Reads the data again, now that its type is known. Returns how many bytes
// there are, also those beyond `size`; SIZE_MAX for a corrupt field.
static size_t readTypedData(Cursor cursor, TypedField typed, uint8_t *data,
                            size_t size) {
  size_t done = 0;
  Field field;
  while (cursor.at != cursor.end && readField(&cursor, &field)) {
    if (field.number != typed.number ||
        (field.wire != typed.wire && field.wire != Delimited))
      continue;
    int packed = field.wire == Delimited;
    while (!packed || field.bytes.at != field.bytes.end) {
      if (packed && !readValue(&field.bytes, typed.wire, &field.value))
        return SIZE_MAX;
      if (done + typed.bytes <= size)
        memcpy(data + done, &field.value, typed.bytes);
      done += typed.bytes;
      if (!packed)
        break;
    }
  }
  return done;
}

static tenon_status checkType(const Message *message, const char *source,
                              tenon_error *error) {
  int32_t dtype = message->dtype <= TENON_INT2 ? (int32_t)message->dtype : 0;
  if (tenon_dtype_bits(dtype))
    return TENON_OK;
  return tenon_rt_fail(error, TENON_ERR_FORMAT,
                       "%s: expected a tensor of numbers, got element type "
                       "%" PRIu64 " (%s)",
                       source, message->dtype, tenon_dtype_name(dtype));
}

tenon_status tenon_io_parse_tensor_proto(const void *bytes, size_t size,
                                         const char *source,
                                         tenon_io_tensors *tensors,
                                         tenon_error *error) {
  Cursor cursor = {bytes, (const uint8_t *)bytes + size};
  Message message = {.rank = 0};
  tenon_status status = readMessage(cursor, source, &message, error);
  if (status == TENON_OK)
    status = checkType(&message, source, error);
  if (status != TENON_OK)
    return status;
  int32_t dtype = (int32_t)message.dtype;
  tenon_tensor shape = {NULL, message.dims, dtype, message.rank};
  TypedField typed = getTypedField(dtype);
  // Before memory is taken: a corrupt shape may claim exabytes.
  int64_t expected = tenon_num_bytes(&shape);
  size_t got = message.raw.at ? tenon_io_left(message.raw)
                              : readTypedData(cursor, typed, NULL, 0);
  if (expected < 0 || got != (uint64_t)expected)
    return tenon_rt_fail(error, TENON_ERR_FORMAT,
                         "%s: expected %" PRId64
                         " bytes of data for the shape, got %" PRId64,
                         source, expected, (int64_t)got);
  tenon_io_tensor *item = tenon_io_append(tensors, message.name, dtype,
                                          message.dims, message.rank, error);
  if (!item)
    return TENON_ERR_MEMORY;
  if (!message.raw.at)
    readTypedData(cursor, typed, item->tensor.data, got);
  else if (got)
    memcpy(item->tensor.data, message.raw.at, got);
  return TENON_OK;
}

static void addVarint(Bytes *bytes, uint64_t value) {
  uint8_t encoded[10];
  size_t size = 0;
  do {
    encoded[size++] = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
    value >>= 7;
  } while (value);
  tenon_io_add_bytes(bytes, encoded, size);
}

static void addDelimited(Bytes *bytes, uint32_t number, const void *data,
                         size_t size) {
  addVarint(bytes, number << 3 | Delimited);
  addVarint(bytes, size);
  tenon_io_add_bytes(bytes, data, size);
}

tenon_status tenon_io_format_tensor_proto(const char *name,
                                          const tenon_tensor *tensor,
                                          Bytes *bytes, tenon_error *error) {
  for (int32_t i = 0; i < tensor->rank; ++i) {
    addVarint(bytes, Dims << 3 | Varint);
    addVarint(bytes, tensor->shape[i]);
  }
  addVarint(bytes, DataType << 3 | Varint);
  addVarint(bytes, tensor->dtype);
  if (name && *name)
    addDelimited(bytes, Name, name, strlen(name));
  addDelimited(bytes, RawData, tensor->data, tenon_num_bytes(tensor));
  return TENON_OK;
}
