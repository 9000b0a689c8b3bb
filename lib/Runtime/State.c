//===- State.c - where the values of states are ---------------------------===//
#include "State.h"
#include "Device.h"
#include "Error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static tenon_tensor describe(const State *state, const void *data) {
  return (tenon_tensor){(void *)data, state->dims, state->info->dtype,
                        state->info->rank};
}

static int64_t countBytes(const State *state) {
  tenon_tensor tensor = describe(state, NULL);
  return tenon_num_bytes(&tensor);
}

static void freeBlock(Context *context, Block *block) {
  if (!context->device) {
    tenon_rt_free_block(context, block);
    return;
  }
  tenon_rt_free_on_device(context, block->data);
  *block = (Block){NULL, 0};
}

// Also a value without elements has memory: NULL would read as "none".
static tenon_status growBlock(Context *context, Block *block, int64_t bytes,
                              tenon_error *error) {
  if (!context->device)
    return tenon_rt_grow(context, block, bytes > 0 ? bytes : 1, error);
  if (block->data && (uint64_t)bytes <= block->capacity)
    return TENON_OK;
  freeBlock(context, block);
  int64_t capacity = bytes > 0 ? bytes : 1;
  block->data = tenon_rt_allocate_on_device(context, capacity, error);
  block->capacity = block->data ? capacity : 0;
  return block->data ? TENON_OK : TENON_ERR_DEVICE;
}

static tenon_status store(Context *context, const Block *block,
                          const void *data, int64_t bytes, tenon_error *error) {
  if (bytes <= 0)
    return TENON_OK;
  if (context->device)
    return tenon_rt_copy_to_device(context, block->data, data, bytes, error);
  memcpy(block->data, data, bytes);
  return TENON_OK;
}

void tenon_rt_free_states(Context *context) {
  for (int32_t i = 0; i < context->base.model->num_states; ++i) {
    State *state = &context->states[i];
    freeBlock(context, &state->value);
    freeBlock(context, &state->next);
    free(state->copy);
  }
}

int64_t tenon_rt_bytes_of_states(const Context *context) {
  int64_t bytes = 0;
  for (int32_t i = 0; i < context->base.model->num_states; ++i)
    bytes += (int64_t)(context->states[i].value.capacity +
                       context->states[i].next.capacity);
  return bytes;
}

// Kernels of a device cannot read what lies among the host's weights.
static tenon_status moveToDevice(Context *context, State *state,
                                 tenon_error *error) {
  if (!context->device || !state->isFirst)
    return TENON_OK;
  int64_t bytes = countBytes(state);
  tenon_status status = growBlock(context, &state->value, bytes, error);
  if (status == TENON_OK)
    status = store(context, &state->value, state->first, bytes, error);
  if (status == TENON_OK)
    state->isFirst = 0;
  return status;
}

tenon_status tenon_rt_read_state(Context *context, int32_t number,
                                 tenon_tensor *tensor, tenon_error *error) {
  State *state = &context->states[number];
  tenon_status status = moveToDevice(context, state, error);
  *tensor = describe(state, state->isFirst ? state->first : state->value.data);
  return status;
}

tenon_status tenon_rt_fetch_state(Context *context, int32_t number,
                                  tenon_tensor *tensor, tenon_error *error) {
  State *state = &context->states[number];
  *tensor = describe(state, state->isFirst ? state->first : state->value.data);
  if (!context->device || state->isFirst)
    return TENON_OK;
  int64_t bytes = countBytes(state);
  free(state->copy);
  state->copy = malloc(bytes + 1);
  if (!state->copy)
    return tenon_rt_fail(error, TENON_ERR_MEMORY,
                         "state '%s': cannot allocate %" PRId64 " bytes",
                         state->info->name, bytes);
  tensor->data = state->copy;
  return bytes ? tenon_rt_copy_from_device(context, state->copy,
                                           state->value.data, bytes, error)
               : TENON_OK;
}

tenon_status tenon_rt_stage_state(Context *context, int32_t number,
                                  const int64_t *dims, int64_t bytes,
                                  int mayReplace, void **memory,
                                  tenon_error *error) {
  State *state = &context->states[number];
  const tenon_state_info *info = state->info;
  for (int32_t i = 0; i < info->rank; ++i)
    if (dims[i] > info->capacity[i])
      return tenon_rt_fail(error, TENON_ERR_CAPACITY,
                           "state '%s' dimension %d would be %" PRId64
                           ": its capacity is %" PRId64,
                           info->name, i, dims[i], info->capacity[i]);
  tenon_rt_copy_dims(state->nextDims, dims, info->rank);
  state->isInPlace =
      mayReplace && !state->isFirst && (uint64_t)bytes <= state->value.capacity;
  tenon_status status = state->isInPlace
                            ? TENON_OK
                            : growBlock(context, &state->next, bytes, error);
  *memory = state->isInPlace ? state->value.data : state->next.data;
  return status;
}

void tenon_rt_commit_state(Context *context, int32_t number) {
  State *state = &context->states[number];
  tenon_rt_copy_dims(state->dims, state->nextDims, state->info->rank);
  state->isFirst = 0;
  if (state->isInPlace)
    return;
  Block old = state->value;
  state->value = state->next;
  state->next = old;
}

static tenon_status checkValue(const tenon_state_info *info,
                               const tenon_tensor *value, tenon_error *error) {
  if (!value)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "state '%s': expected a tensor, got NULL", info->name);
  if (value->dtype != info->dtype)
    return tenon_rt_fail(error, TENON_ERR_DTYPE,
                         "state '%s': expected element type %s, got %s",
                         info->name, tenon_dtype_name(info->dtype),
                         tenon_dtype_name(value->dtype));
  if (value->rank != info->rank)
    return tenon_rt_fail(error, TENON_ERR_SHAPE,
                         "state '%s': expected rank %d, got %d", info->name,
                         info->rank, value->rank);
  for (int32_t i = 0; i < info->rank; ++i)
    if (value->shape[i] < 0 ||
        (info->dims[i] >= 0 && value->shape[i] != info->dims[i]))
      return tenon_rt_fail(error, TENON_ERR_SHAPE,
                           "state '%s' dimension %d: expected %" PRId64
                           ", got %" PRId64,
                           info->name, i, info->dims[i], value->shape[i]);
  return TENON_OK;
}

tenon_status tenon_rt_stage_value(Context *context, int32_t number,
                                  const tenon_tensor *value,
                                  tenon_error *error) {
  State *state = &context->states[number];
  void *memory = NULL;
  tenon_status status = checkValue(state->info, value, error);
  if (status != TENON_OK)
    return status;
  int64_t bytes = tenon_num_bytes(value);
  if (bytes && !value->data)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "state '%s': expected data, got NULL",
                         state->info->name);
  status = tenon_rt_stage_state(context, number, value->shape, bytes,
                                /*mayReplace=*/0, &memory, error);
  return status == TENON_OK
             ? store(context, &state->next, value->data, bytes, error)
             : status;
}
