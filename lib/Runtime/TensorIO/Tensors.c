//===- Tensors.c - lists of tensors, read and written by suffix -----------===//
#include "../Error.h"
#include "Formats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void freeTail(tenon_io_tensors *tensors, int32_t count) {
  for (int32_t i = count; i < tensors->count; ++i) {
    free(tensors->items[i].tensor.data);
    free((void *)tensors->items[i].tensor.shape);
    free(tensors->items[i].name);
  }
  tensors->count = count;
}

void tenon_io_free(tenon_io_tensors *tensors) {
  freeTail(tensors, 0);
  free(tensors->items);
  *tensors = (tenon_io_tensors){NULL, 0};
}

// The new item counts only once it is complete.
static int allocateItem(tenon_io_tensor *item, const char *name, int32_t rank,
                        int64_t bytes) {
  size_t rounded = ((size_t)bytes + 64) / 64 * 64;
  item->name = strdup(name);
  item->tensor.shape = calloc((size_t)rank + 1, sizeof(int64_t));
  item->tensor.data = aligned_alloc(64, rounded);
  if (item->name && item->tensor.shape && item->tensor.data) {
    memset(item->tensor.data, 0, rounded);
    return 1;
  }
  free(item->name);
  free((void *)item->tensor.shape);
  free(item->tensor.data);
  return 0;
}

tenon_io_tensor *tenon_io_append(tenon_io_tensors *tensors, const char *name,
                                 int32_t dtype, const int64_t *shape,
                                 int32_t rank, tenon_error *error) {
  tenon_tensor tensor = {NULL, shape, dtype, rank};
  int64_t bytes = tenon_num_bytes(&tensor);
  if (bytes < 0 || bytes > INT64_MAX - 64) {
    tenon_rt_fail(error, TENON_ERR_FORMAT,
                  "tensor '%s': the shape exceeds the address space", name);
    return NULL;
  }
  tenon_io_tensor *items =
      realloc(tensors->items, (tensors->count + 1) * sizeof(*items));
  if (items)
    tensors->items = items;
  if (!items || !allocateItem(&items[tensors->count], name, rank, bytes)) {
    tenon_rt_fail(error, TENON_ERR_MEMORY,
                  "tensor '%s': cannot allocate %" PRId64 " bytes", name,
                  bytes);
    return NULL;
  }
  tenon_io_tensor *item = &items[tensors->count++];
  item->tensor.dtype = dtype;
  item->tensor.rank = rank;
  if (rank)
    memcpy((void *)item->tensor.shape, shape, rank * sizeof(int64_t));
  return item;
}

static int hasSuffix(const char *path, const char *suffix) {
  size_t length = strlen(path), suffixLength = strlen(suffix);
  return length > suffixLength && !strcmp(path + length - suffixLength, suffix);
}

static tenon_status parse(const char *path, Cursor bytes,
                          tenon_io_tensors *tensors, tenon_error *error) {
  if (hasSuffix(path, ".pb"))
    return tenon_io_parse_tensor_proto(bytes.at, tenon_io_left(bytes), path,
                                       tensors, error);
  if (hasSuffix(path, ".npy"))
    return tenon_io_parse_npy(bytes, path, "", tensors, error);
  return tenon_io_parse_npz(bytes, path, tensors, error);
}

static tenon_status refuseSuffix(const char *path, const char *expected,
                                 tenon_error *error) {
  return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                       "%s: expected a file name that ends in %s", path,
                       expected);
}

tenon_status tenon_io_read(const char *path, tenon_io_tensors *tensors,
                           tenon_error *error) {
  Bytes bytes = {0};
  int32_t before = tensors->count;
  if (!hasSuffix(path, ".pb") && !hasSuffix(path, ".npy") &&
      !hasSuffix(path, ".npz"))
    return refuseSuffix(path, ".pb, .npy or .npz", error);
  tenon_status status = tenon_io_load_file(path, &bytes, error);
  if (status != TENON_OK)
    return status;
  Cursor cursor = {bytes.data, bytes.data + bytes.size};
  status = parse(path, cursor, tensors, error);
  free(bytes.data);
  if (status != TENON_OK)
    freeTail(tensors, before);
  return status;
}

tenon_status tenon_io_read_folder(const char *folder, const char *prefix,
                                  tenon_io_tensors *tensors,
                                  tenon_error *error) {
  static const char *const suffixes[] = {"pb", "npy", "npz"};
  char path[4096];
  for (int32_t i = 0, kind = 0; kind < 3; ++i) {
    for (kind = 0; kind < 3; ++kind) {
      snprintf(path, sizeof(path), "%s/%s_%d.%s", folder, prefix, i,
               suffixes[kind]);
      if (access(path, F_OK) == 0)
        break;
    }
    tenon_status status =
        kind < 3 ? tenon_io_read(path, tensors, error) : TENON_OK;
    if (status != TENON_OK)
      return status;
  }
  return TENON_OK;
}

tenon_status tenon_io_write(const char *path, const char *name,
                            const tenon_tensor *tensor, tenon_error *error) {
  Bytes bytes = {0};
  tenon_status status;
  if (hasSuffix(path, ".pb"))
    status = tenon_io_format_tensor_proto(name, tensor, &bytes, error);
  else if (hasSuffix(path, ".npy"))
    status = tenon_io_format_npy(name, tensor, &bytes, error);
  else
    return refuseSuffix(path, ".pb or .npy", error);
  if (status == TENON_OK)
    status = tenon_io_store_file(path, &bytes, error);
  free(bytes.data);
  return status;
}
