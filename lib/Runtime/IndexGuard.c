//===- IndexGuard.c - indices that are out of range -----------------------===//
#include "Device.h"
#include "Error.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static tenon_status read(Context *context, void *to, const void *from,
                         size_t size) {
  if (context->device)
    return tenon_rt_copy_from_device(context, to, from, (int64_t)size,
                                     context->error);
  memcpy(to, from, size);
  return TENON_OK;
}

static tenon_status readIndex(Context *context, const void *indices, int64_t at,
                              int32_t bits, int64_t *index) {
  if (bits == 64)
    return read(context, index, (const int64_t *)indices + at, sizeof(*index));
  int32_t narrow = 0;
  tenon_status status =
      read(context, &narrow, (const int32_t *)indices + at, sizeof(narrow));
  *index = narrow;
  return status;
}

int32_t tenon_rt_guard_index(tenon_rt_frame *frame, const char *nodes,
                             const int64_t *position, const void *indices,
                             const int64_t *sizes, int32_t num_sizes,
                             int32_t bits, int32_t from_end, int32_t is_found) {
  Context *context = (Context *)((char *)frame - offsetof(Context, frame));
  int64_t at, index;
  tenon_status status = read(context, &at, position, sizeof(at));
  if (status != TENON_OK || at == INT64_MAX)
    return status;
  status = readIndex(context, indices, is_found ? 0 : at, bits, &index);
  if (status != TENON_OK)
    return status;
  int64_t size = sizes[at % num_sizes];
  return tenon_rt_fail(context->error, TENON_ERR_INDEX,
                       "%s%s%sexpected indices from %" PRId64 " to %" PRId64
                       ", got %" PRId64 " (element %" PRId64 ")",
                       *nodes ? "node \"" : "", nodes, *nodes ? "\": " : "",
                       from_end ? -size : 0, size - 1, index, at);
}
