//===- Npy.c - NumPy's .npy -----------------------------------------------===//
//
// Format: numpy.lib.format, versions 1 to 3. Big-endian and column-major
// arrays are turned into ours.
//
//===----------------------------------------------------------------------===//
#include "../Error.h"
#include "Formats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MaxRank = 64 };

typedef struct NpyType {
  char kind;
  int32_t bytes, dtype;
} NpyType;

// The types that both know; the others of ours have no NumPy type.
static const NpyType types[] = {
    {'b', 1, TENON_BOOL},      {'i', 1, TENON_INT8},
    {'i', 2, TENON_INT16},     {'i', 4, TENON_INT32},
    {'i', 8, TENON_INT64},     {'u', 1, TENON_UINT8},
    {'u', 2, TENON_UINT16},    {'u', 4, TENON_UINT32},
    {'u', 8, TENON_UINT64},    {'f', 2, TENON_FLOAT16},
    {'f', 4, TENON_FLOAT32},   {'f', 8, TENON_FLOAT64},
    {'c', 8, TENON_COMPLEX64}, {'c', 16, TENON_COMPLEX128},
};
enum { NumTypes = sizeof(types) / sizeof(*types) };

typedef struct Header {
  const NpyType *type;
  int bigEndian, columnMajor;
  int64_t shape[MaxRank];
  int32_t rank;
} Header;

// The text after `key` in the header's dictionary, as a Python literal.
static const char *findValue(const char *header, const char *key) {
  char quoted[32];
  snprintf(quoted, sizeof(quoted), "'%s':", key);
  const char *found = strstr(header, quoted);
  return found ? found + strlen(quoted) + strspn(found + strlen(quoted), " ")
               : NULL;
}

static int parseType(const char *text, Header *header) {
  char order, kind;
  int bytes, end = 0;
  if (!text || *text++ != '\'' || !strchr("<>|=", *text) || !*text)
    return 0;
  order = *text++;
  kind = *text ? *text++ : 0;
  char *rest;
  bytes = (int)strtol(text, &rest, 10);
  end = *rest == '\'';
  for (int i = 0; i < NumTypes && end; ++i)
    if (types[i].kind == kind && types[i].bytes == bytes)
      header->type = &types[i];
  header->bigEndian = order == '>';
  return header->type != NULL;
}

static int parseShape(const char *text, Header *header) {
  if (!text || *text++ != '(')
    return 0;
  for (;;) {
    text += strspn(text, " ,");
    if (*text == ')')
      return 1;
    char *rest;
    long long dim = strtoll(text, &rest, 10);
    if (rest == text || dim < 0 || header->rank == MaxRank)
      return 0;
    header->shape[header->rank++] = dim;
    text = rest;
  }
}

static int parseOrder(const char *text, Header *header) {
  if (!text)
    return 0;
  header->columnMajor = !strncmp(text, "True", 4);
  return header->columnMajor || !strncmp(text, "False", 5);
}

// Finds the header's text and moves the cursor behind it.
static int takeHeader(Cursor *cursor, char **text) {
  static const uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (tenon_io_left(*cursor) < 12 || memcmp(cursor->at, magic, sizeof(magic)))
    return 0;
  const uint8_t *at = cursor->at;
  uint32_t length = at[8] | (uint32_t)at[9] << 8;
  size_t prefix = 10;
  if (at[6] > 1) {
    length |= (uint32_t)at[10] << 16 | (uint32_t)at[11] << 24;
    prefix = 12;
  }
  if (at[6] < 1 || at[6] > 3 || tenon_io_left(*cursor) - prefix < length)
    return 0;
  *text = strndup((const char *)at + prefix, length);
  cursor->at += prefix + length;
  return *text != NULL;
}

static tenon_status parseHeader(Cursor *cursor, const char *source,
                                Header *header, tenon_error *error) {
  char *text;
  tenon_status status = TENON_OK;
  if (!takeHeader(cursor, &text))
    return tenon_rt_fail(error, TENON_ERR_FORMAT,
                         "%s: expected a .npy file, got a corrupt or truncated "
                         "header",
                         source);
  const char *descr = findValue(text, "descr");
  if (!parseType(descr, header))
    status = tenon_rt_fail(error, TENON_ERR_FORMAT,
                           "%s: expected an array of numbers, got type %.20s",
                           source, descr ? descr : "?");
  else if (!parseShape(findValue(text, "shape"), header) ||
           !parseOrder(findValue(text, "fortran_order"), header))
    status = tenon_rt_fail(error, TENON_ERR_FORMAT,
                           "%s: expected a shape and an order, got %.100s",
                           source, text);
  free(text);
  return status;
}

static void swapBytes(uint8_t *data, int64_t bytes, int32_t width) {
  for (uint8_t *at = data; at < data + bytes; at += width)
    for (int32_t i = 0; i < width / 2; ++i) {
      uint8_t byte = at[i];
      at[i] = at[width - 1 - i];
      at[width - 1 - i] = byte;
    }
}

// Walks the elements in the file's order, the first index changing fastest.
static void copyColumnMajor(const Header *header, const uint8_t *from,
                            uint8_t *to, int64_t count) {
  int64_t index[MaxRank] = {0}, width = header->type->bytes;
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = 0;
    for (int32_t d = 0; d < header->rank; ++d)
      at = at * header->shape[d] + index[d];
    memcpy(to + at * width, from + i * width, width);
    for (int32_t d = 0; d < header->rank; ++d) {
      if (++index[d] < header->shape[d])
        break;
      index[d] = 0;
    }
  }
}

tenon_status tenon_io_parse_npy(Cursor bytes, const char *source,
                                const char *name, tenon_io_tensors *tensors,
                                tenon_error *error) {
  Header header = {.type = NULL};
  tenon_status status = parseHeader(&bytes, source, &header, error);
  if (status != TENON_OK)
    return status;
  tenon_tensor shape = {NULL, header.shape, header.type->dtype, header.rank};
  int64_t expected = tenon_num_bytes(&shape);
  if (expected < 0 || (uint64_t)expected != tenon_io_left(bytes))
    return tenon_rt_fail(error, TENON_ERR_FORMAT,
                         "%s: expected %" PRId64
                         " bytes of data for the shape, got %zu",
                         source, expected, tenon_io_left(bytes));
  tenon_io_tensor *item = tenon_io_append(tensors, name, shape.dtype,
                                          header.shape, header.rank, error);
  if (!item)
    return TENON_ERR_MEMORY;
  int32_t width = header.type->bytes;
  if (header.columnMajor)
    copyColumnMajor(&header, bytes.at, item->tensor.data, expected / width);
  else if (expected)
    memcpy(item->tensor.data, bytes.at, expected);
  if (header.bigEndian) // a complex number is two
    swapBytes(item->tensor.data, expected,
              header.type->kind == 'c' ? width / 2 : width);
  return TENON_OK;
}

static const NpyType *findType(int32_t dtype) {
  for (int i = 0; i < NumTypes; ++i)
    if (types[i].dtype == dtype)
      return &types[i];
  return NULL;
}

tenon_status tenon_io_format_npy(const char *name, const tenon_tensor *tensor,
                                 Bytes *bytes, tenon_error *error) {
  const NpyType *type = findType(tensor->dtype);
  if (!type)
    return tenon_rt_fail(
        error, TENON_ERR_ARGUMENT,
        "tensor '%s': NumPy has no type for %s; a .pb file can "
        "hold it",
        name, tenon_dtype_name(tensor->dtype));
  char text[128 + 24 * MaxRank];
  int length = snprintf(text, sizeof(text),
                        "{'descr': '%c%c%d', 'fortran_order': False, "
                        "'shape': (",
                        type->bytes == 1 ? '|' : '<', type->kind, type->bytes);
  for (int32_t i = 0; i < tensor->rank && i < MaxRank; ++i)
    length +=
        snprintf(text + length, sizeof(text) - length,
                 i && i == tensor->rank - 1 ? "%" PRId64 : "%" PRId64 ", ",
                 tensor->shape[i]);
  length += snprintf(text + length, sizeof(text) - length, "), }");
  // The data begins at a multiple of 64, the header ends with a newline.
  while ((10 + length + 1) % 64)
    text[length++] = ' ';
  text[length++] = '\n';
  const uint8_t start[] = {0x93,
                           'N',
                           'U',
                           'M',
                           'P',
                           'Y',
                           1,
                           0,
                           (uint8_t)length,
                           (uint8_t)(length >> 8)};
  tenon_io_add_bytes(bytes, start, sizeof(start));
  tenon_io_add_bytes(bytes, text, length);
  tenon_io_add_bytes(bytes, tensor->data, tenon_num_bytes(tensor));
  return TENON_OK;
}
