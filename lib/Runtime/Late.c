//===- Late.c - sizes and values that a run finds out ---------------------===//
//
// What compiled programs call between their launches: reading counts and
// conditions, and memory whose size follows from them. Blocks grow by half at
// least and are kept, so that a later run of equal sizes allocates nothing.
//
//===----------------------------------------------------------------------===//
#include "Late.h"
#include "Device.h"
#include "Error.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static Context *getContext(tenon_rt_frame *frame) {
  return (Context *)((char *)frame - offsetof(Context, frame));
}

static tenon_status copy(Context *context, void *to, const void *from,
                         int64_t bytes, int isToHost) {
  if (!context->device)
    memcpy(to, from, bytes);
  else if (isToHost)
    return tenon_rt_copy_from_device(context, to, from, bytes, context->error);
  else
    return tenon_rt_copy_to_device(context, to, from, bytes, context->error);
  return TENON_OK;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

int32_t tenon_rt_read(tenon_rt_frame *frame, const void *element, int64_t bits,
                      int64_t *value) {
  int32_t narrow = 0;
  int8_t byte = 0;
  tenon_status status;
  switch (bits) {
  case 64:
    return copy(getContext(frame), value, element, 8, /*isToHost=*/1);
  case 32:
    status = copy(getContext(frame), &narrow, element, 4, /*isToHost=*/1);
    *value = narrow;
    return status;
  default:
    status = copy(getContext(frame), &byte, element, 1, /*isToHost=*/1);
    *value = byte;
    return status;
  }
}

int32_t tenon_rt_write(tenon_rt_frame *frame, void *element, int64_t value) {
  return copy(getContext(frame), element, &value, sizeof(value),
              /*isToHost=*/0);
}

int32_t tenon_rt_read_size(tenon_rt_frame *frame, const char *nodes,
                           const void *element, int64_t bits, int64_t bound,
                           int64_t *size) {
  Context *context = getContext(frame);
  int32_t status = tenon_rt_read(frame, element, bits, size);
  if (status != TENON_OK || (*size >= 0 && *size <= bound))
    return status;
  if (bound == INT64_MAX)
    return tenon_rt_fail(context->error, TENON_ERR_SHAPE,
                         "node \"%s\": expected a size, got %" PRId64, nodes,
                         *size);
  return tenon_rt_fail(context->error, TENON_ERR_SHAPE,
                       "node \"%s\": expected a size of %" PRId64
                       " at most, got %" PRId64,
                       nodes, bound, *size);
}

int32_t tenon_rt_refuse(tenon_rt_frame *frame, const char *guard, int64_t lhs,
                        int64_t rhs) {
  return tenon_rt_fail(getContext(frame)->error, TENON_ERR_SHAPE,
                       "%s, got %" PRId64 " and %" PRId64, guard, lhs, rhs);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static void freeBlock(Context *context, Block *block) {
  if (!context->device) {
    tenon_rt_free_block(context, block);
    return;
  }
  tenon_rt_free_on_device(context, block->data);
  *block = (Block){NULL, 0};
}

tenon_status tenon_rt_move(Context *context, void *to, const void *from,
                           int64_t bytes) {
  if (!context->device) {
    memcpy(to, from, bytes);
    return TENON_OK;
  }
  Block staging = {NULL, 0};
  tenon_status status = tenon_rt_grow(context, &staging, bytes, context->error);
  if (status == TENON_OK)
    status = copy(context, staging.data, from, bytes, /*isToHost=*/1);
  if (status == TENON_OK)
    status = copy(context, to, staging.data, bytes, /*isToHost=*/0);
  tenon_rt_free_block(context, &staging);
  return status;
}

// Makes room for `bytes`, and keeps the first `kept` of what is there.
static tenon_status grow(Context *context, Block *block, int64_t bytes,
                         int64_t kept) {
  int64_t wanted = (int64_t)block->capacity + (int64_t)block->capacity / 2;
  Block larger = {NULL, 0};
  if (bytes < 0)
    return tenon_rt_fail(context->error, TENON_ERR_SHAPE,
                         "model '%s': a size that the run found out exceeds "
                         "the address space",
                         context->base.model->name);
  if ((uint64_t)bytes <= block->capacity)
    return TENON_OK;
  wanted = bytes > wanted ? bytes : wanted;
  tenon_status status = TENON_OK;
  if (!kept)
    freeBlock(context, block);
  if (context->device) {
    larger.data = tenon_rt_allocate_on_device(context, wanted, context->error);
    larger.capacity = wanted;
    status = larger.data ? TENON_OK : TENON_ERR_DEVICE;
  } else {
    status = tenon_rt_grow(context, &larger, wanted, context->error);
  }
  if (status == TENON_OK && kept)
    status = tenon_rt_move(context, larger.data, block->data, kept);
  if (status != TENON_OK) {
    freeBlock(context, &larger);
    return status;
  }
  freeBlock(context, block);
  *block = larger;
  return TENON_OK;
}

int32_t tenon_rt_reserve(tenon_rt_frame *frame, int64_t block, int64_t bytes,
                         void **memory) {
  Context *context = getContext(frame);
  tenon_status status = grow(context, &context->late[block], bytes, 0);
  *memory = context->late[block].data;
  return status;
}

int32_t tenon_rt_append(tenon_rt_frame *frame, int64_t block, int64_t number,
                        const void *data, int64_t bytes) {
  Context *context = getContext(frame);
  Block *list = &context->late[block];
  int64_t end;
  if (bytes < 0 || __builtin_mul_overflow(bytes, number + 1, &end))
    end = -1;
  tenon_status status = grow(context, list, end, number * bytes);
  if (status != TENON_OK || !bytes)
    return status;
  return tenon_rt_move(context, list->data + number * bytes, data, bytes);
}

int32_t tenon_rt_reserve_scratch(tenon_rt_frame *frame, int64_t bytes) {
  Context *context = getContext(frame);
  int64_t total;
  if (bytes <= context->scratchStride)
    return TENON_OK;
  // whole cache lines, so that threads do not share one
  if (bytes > INT64_MAX - 64)
    bytes = INT64_MAX - 64;
  bytes = (bytes + 63) / 64 * 64;
  if (__builtin_mul_overflow(bytes, (int64_t)context->workers, &total))
    total = -1;
  tenon_status status = grow(context, &context->lateScratch, total, 0);
  if (status != TENON_OK)
    return status;
  context->scratch = context->lateScratch.data;
  context->scratchStride = bytes;
  return TENON_OK;
}

int32_t tenon_rt_lend(tenon_rt_frame *frame, int64_t output,
                      const int64_t *dims, void **memory) {
  Context *context = getContext(frame);
  Function *function = context->current;
  const tenon_value_info *value = &function->info->outputs[output];
  int64_t *shape = function->told + tenon_rt_output_offset(function, output);
  memcpy(shape, dims, value->rank * sizeof(*shape));
  tenon_tensor tensor = {NULL, shape, value->dtype, value->rank};
  int64_t bytes = tenon_num_bytes(&tensor);
  if (bytes < 0)
    return tenon_rt_fail(context->error, TENON_ERR_SHAPE,
                         "output '%s': the shape exceeds the address space",
                         value->name);
  Block *block = &function->lent[output];
  function->outputBytes[output] = bytes;
  // also a tensor without elements is lent memory: NULL would read as "none"
  tenon_status status =
      tenon_rt_grow(context, block, bytes > 0 ? bytes : 1, context->error);
  function->outputs[output] = *memory = block->data;
  if (status == TENON_OK && context->device)
    status = tenon_rt_place_output_on_device(context, output, memory,
                                             context->error);
  return status;
}

tenon_status tenon_rt_prepare_late(Context *context, tenon_error *error) {
  Function *function = context->current;
  const int64_t *bytes = function->lateBytes;
  tenon_status status = TENON_OK;
  context->error = error;
  for (int64_t i = 0;
       i < context->program->num_late_blocks && status == TENON_OK; ++i)
    status = grow(context, &context->late[i], *bytes++, 0);
  for (int32_t i = 0; i < function->numOutputs && status == TENON_OK; ++i)
    if (i < function->info->num_outputs && bytes[i])
      status = tenon_rt_grow(context, &function->lent[i], bytes[i], error);
  return status == TENON_OK ? tenon_rt_reserve_scratch(
                                  &context->frame, bytes[function->numOutputs])
                            : status;
}

void tenon_rt_tell_late_outputs(const Context *context, tenon_tensor *outputs) {
  const Function *function = context->current;
  for (int32_t i = 0; i < function->info->num_outputs; ++i) {
    const tenon_value_info *value = &function->info->outputs[i];
    if (tenon_rt_is_late(value))
      outputs[i] =
          (tenon_tensor){function->outputs[i],
                         function->told + tenon_rt_output_offset(function, i),
                         value->dtype, value->rank};
  }
}

int tenon_rt_is_late(const tenon_value_info *value) {
  for (int32_t i = 0; i < value->rank; ++i)
    if (value->dims[i] == TENON_DIM_LATE)
      return 1;
  return 0;
}

int64_t tenon_rt_late_bytes(const Context *context) {
  int64_t bytes = (int64_t)context->lateScratch.capacity;
  for (int64_t i = 0; i < context->program->num_late_blocks; ++i)
    bytes += (int64_t)context->late[i].capacity;
  return bytes;
}

void tenon_rt_free_late(Context *context) {
  for (int64_t i = 0; i < context->program->num_late_blocks; ++i)
    freeBlock(context, &context->late[i]);
  freeBlock(context, &context->lateScratch);
}
