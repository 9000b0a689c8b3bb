//===- State.c - where the values of states are ---------------------------===//
#include "State.h"
#include "Device.h"
#include "Error.h"
#include "StateCopy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static tenon_tensor describe(const State *state, const void *data) {
  return (tenon_tensor){(void *)data, state->dims, state->info->dtype,
                        state->info->rank};
}

// Of a value of size `dims` in the context's memory.
static int64_t countBytes(const State *state, const int64_t *dims) {
  tenon_tensor tensor = describe(state, NULL);
  tensor.shape = state->room ? state->room : dims;
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

// Fills one of the state's blocks with a value of size `dims`.
static tenon_status store(Context *context, const State *state,
                          const Block *block, Form value, const int64_t *dims,
                          tenon_error *error) {
  Form form = {block->data, state->room, context->device != NULL};
  return tenon_rt_copy_elements(context, form, value, dims, state->info->rank,
                                tenon_dtype_bits(state->info->dtype), error);
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

tenon_status tenon_rt_own_state(Context *context, int32_t number,
                                tenon_error *error) {
  State *state = &context->states[number];
  if (!state->isFirst)
    return TENON_OK;
  Form first = {(void *)state->first, NULL, 0};
  tenon_status status =
      growBlock(context, &state->value, countBytes(state, state->dims), error);
  if (status == TENON_OK)
    status = store(context, state, &state->value, first, state->dims, error);
  if (status == TENON_OK)
    state->isFirst = 0;
  return status;
}

// Kernels of a device cannot read what lies among the host's weights, and what
// has room lies elsewhere than there.
tenon_status tenon_rt_read_state(Context *context, int32_t number, int changes,
                                 tenon_tensor *tensor, tenon_error *error) {
  State *state = &context->states[number];
  tenon_status status = TENON_OK;
  if (changes || context->device || state->room)
    status = tenon_rt_own_state(context, number, error);
  *tensor = describe(state, state->isFirst ? state->first : state->value.data);
  return status;
}

tenon_status tenon_rt_fetch_state(Context *context, int32_t number,
                                  tenon_tensor *tensor, tenon_error *error) {
  State *state = &context->states[number];
  int32_t rank = state->info->rank;
  *tensor = describe(state, state->isFirst ? state->first : state->value.data);
  if (state->isFirst ||
      (!context->device && tenon_rt_is_dense(state->dims, state->room, rank)))
    return TENON_OK;
  int64_t bytes = tenon_num_bytes(tensor);
  free(state->copy);
  state->copy = malloc(bytes + 1);
  if (!state->copy)
    return tenon_rt_fail(error, TENON_ERR_MEMORY,
                         "state '%s': cannot allocate %" PRId64 " bytes",
                         state->info->name, bytes);
  Form value = {state->value.data, state->room, context->device != NULL};
  tensor->data = state->copy;
  return tenon_rt_copy_elements(context, (Form){state->copy, NULL, 0}, value,
                                state->dims, rank,
                                tenon_dtype_bits(state->info->dtype), error);
}

tenon_status tenon_rt_stage_state(Context *context, int32_t number,
                                  const int64_t *dims, int mayReplace,
                                  void **memory, tenon_error *error) {
  State *state = &context->states[number];
  const tenon_state_info *info = state->info;
  for (int32_t i = 0; i < info->rank; ++i)
    if (dims[i] > info->capacity[i])
      return tenon_rt_fail(error, TENON_ERR_CAPACITY,
                           "state '%s' dimension %d would be %" PRId64
                           ": its capacity is %" PRId64,
                           info->name, i, dims[i], info->capacity[i]);
  int64_t bytes = countBytes(state, dims);
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
  if (tenon_num_bytes(value) && !value->data)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "state '%s': expected data, got NULL",
                         state->info->name);
  status = tenon_rt_stage_state(context, number, value->shape,
                                /*mayReplace=*/0, &memory, error);
  return status == TENON_OK
             ? store(context, state, &state->next, (Form){value->data, NULL, 0},
                     value->shape, error)
             : status;
}

tenon_status tenon_rt_stage_copy(Context *context, int32_t number,
                                 Context *from, tenon_error *error) {
  State *state = &context->states[number];
  const State *source = &from->states[number];
  tenon_tensor value;
  void *memory = NULL;
  // what lies on a device, or is the artefact's, is copied in its dense form
  if (from->device || source->isFirst) {
    tenon_status status = tenon_rt_fetch_state(from, number, &value, error);
    return status == TENON_OK
               ? tenon_rt_stage_value(context, number, &value, error)
               : status;
  }
  tenon_status status = tenon_rt_stage_state(context, number, source->dims,
                                             /*mayReplace=*/0, &memory, error);
  return status == TENON_OK ? store(context, state, &state->next,
                                    (Form){source->value.data, source->room, 0},
                                    source->dims, error)
                            : status;
}
