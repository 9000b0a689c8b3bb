//===- StateCalls.c - the calls of applications on states -----------------===//
#include "Error.h"
#include "State.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static tenon_status checkNumber(const Context *context, int32_t state,
                                tenon_error *error) {
  const tenon_model *model = context->base.model;
  if (state >= 0 && state < model->num_states)
    return TENON_OK;
  return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                       "model '%s': expected one of %d states, got %d",
                       model->name, model->num_states, state);
}

static tenon_status begin(tenon_context *base, int32_t state,
                          tenon_error *error) {
  tenon_status status = tenon_rt_begin((Context *)base, error);
  if (status != TENON_OK)
    return status;
  status = checkNumber((Context *)base, state, error);
  return status == TENON_OK ? status : tenon_rt_end((Context *)base, status);
}

tenon_status tenon_rt_get_state(tenon_context *base, int32_t state,
                                tenon_tensor *tensor, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = begin(base, state, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context,
                      tenon_rt_fetch_state(context, state, tensor, error));
}

tenon_status tenon_rt_set_state(tenon_context *base, int32_t state,
                                const tenon_tensor *tensor,
                                tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = begin(base, state, error);
  if (status != TENON_OK)
    return status;
  status = tenon_rt_stage_value(context, state, tensor, error);
  if (status == TENON_OK)
    tenon_rt_commit_state(context, state);
  return tenon_rt_end(context, status);
}

// What the context has allocated for it stays, for the next change.
static void reset(State *state) {
  const tenon_state_info *info = state->info;
  tenon_rt_copy_dims(state->dims, info->first_dims, info->rank);
  state->isFirst = 1;
}

tenon_status tenon_rt_reset_state(tenon_context *base, int32_t state,
                                  tenon_error *error) {
  Context *context = (Context *)base;
  int isAll = state == -1;
  tenon_status status =
      isAll ? tenon_rt_begin(context, error) : begin(base, state, error);
  if (status != TENON_OK)
    return status;
  for (int32_t i = 0; i < base->model->num_states; ++i)
    if (isAll || i == state)
      reset(&context->states[i]);
  return tenon_rt_end(context, TENON_OK);
}

//===----------------------------------------------------------------------===//
// Shortening
//===----------------------------------------------------------------------===//

// The dimension called `dim`, or -1.
static int32_t findDim(const State *state, const char *dim) {
  const tenon_state_info *info = state->info;
  for (int32_t i = 0; i < info->rank; ++i)
    if (info->dims[i] < 0 && !strcmp(info->dim_names[i], dim))
      return i;
  return -1;
}

static int64_t countAround(const State *state, int32_t begin, int32_t end) {
  return tenon_num_elements(state->dims + begin, end - begin);
}

// Whether rows that remain stay where they are: the value has room, or its rows
// are one behind the other.
static int isCutInPlace(const State *state, int32_t dim) {
  return state->room || countAround(state, 0, dim) <= 1;
}

// Stages the value with `size` rows in dimension `dim`, which close ranks.
static tenon_status shorten(Context *context, int32_t number, int32_t dim,
                            int64_t size, tenon_error *error) {
  State *state = &context->states[number];
  const tenon_state_info *info = state->info;
  int64_t outer = countAround(state, 0, dim), old = state->dims[dim];
  int64_t row = countAround(state, dim + 1, info->rank) *
                (tenon_dtype_bits(info->dtype) / 8);
  tenon_tensor value;
  if (old == size)
    return TENON_OK;
  if (isCutInPlace(state, dim))
    return state->room ? tenon_rt_own_state(context, number, error) : TENON_OK;
  tenon_status status = tenon_rt_fetch_state(context, number, &value, error);
  if (status != TENON_OK)
    return status;
  // dimensions, then rows
  int64_t *dims = malloc(info->rank * sizeof(*dims) + outer * size * row);
  if (!dims)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "state '%s': out of memory",
                         info->name);
  tenon_rt_copy_dims(dims, state->dims, info->rank);
  dims[dim] = size;
  char *rows = (char *)(dims + info->rank);
  for (int64_t i = 0; i < outer; ++i)
    memcpy(rows + i * size * row, (char *)value.data + i * old * row,
           size * row);
  tenon_tensor shorter = {rows, dims, info->dtype, info->rank};
  status = tenon_rt_stage_value(context, number, &shorter, error);
  free(dims);
  return status;
}

static tenon_status checkSize(const Context *context, const char *dim,
                              int64_t size, tenon_error *error) {
  const tenon_model *model = context->base.model;
  int32_t found = 0;
  for (int32_t i = 0; i < model->num_states; ++i) {
    const State *state = &context->states[i];
    int32_t at = findDim(state, dim);
    if (at < 0)
      continue;
    if (size < 0 || size > state->dims[at])
      return tenon_rt_fail(error, TENON_ERR_SHAPE,
                           "state '%s' dimension '%s': expected a size of at "
                           "most %" PRId64 ", got %" PRId64,
                           state->info->name, dim, state->dims[at], size);
    ++found;
  }
  return found ? TENON_OK
               : tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                               "model '%s' has no state with a dimension '%s'",
                               model->name, dim);
}

static tenon_status shortenAll(Context *context, const char *dim, int64_t size,
                               tenon_error *error) {
  int32_t count = context->base.model->num_states;
  tenon_status status = checkSize(context, dim, size, error);
  for (int32_t i = 0; i < count && status == TENON_OK; ++i) {
    int32_t at = findDim(&context->states[i], dim);
    if (at >= 0)
      status = shorten(context, i, at, size, error);
  }
  for (int32_t i = 0; i < count && status == TENON_OK; ++i) {
    State *state = &context->states[i];
    int32_t at = findDim(state, dim);
    if (at < 0)
      continue;
    if (!isCutInPlace(state, at) && state->dims[at] != size)
      tenon_rt_commit_state(context, i);
    state->dims[at] = size;
  }
  return status;
}

tenon_status tenon_rt_shorten_state(tenon_context *base, const char *dim,
                                    int64_t size, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = tenon_rt_begin(context, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context, shortenAll(context, dim, size, error));
}

//===----------------------------------------------------------------------===//
// Copying
//===----------------------------------------------------------------------===//

static tenon_status copyAll(Context *to, Context *from, tenon_error *error) {
  int32_t count = to->base.model->num_states;
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < count && status == TENON_OK; ++i) {
    if (!from->states[i].isFirst)
      status = tenon_rt_stage_copy(to, i, from, error);
  }
  for (int32_t i = 0; i < count && status == TENON_OK; ++i) {
    State *state = &to->states[i];
    if (!from->states[i].isFirst) {
      tenon_rt_commit_state(to, i);
      continue;
    }
    reset(state);
    tenon_rt_copy_dims(state->dims, from->states[i].dims, state->info->rank);
  }
  return status;
}

tenon_status tenon_rt_copy_state(tenon_context *to, tenon_context *from,
                                 tenon_error *error) {
  if (!to || !from || to->model != from->model)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected two contexts of one model");
  if (to == from)
    return tenon_rt_succeed(error);
  tenon_status status = tenon_rt_begin((Context *)from, error);
  if (status != TENON_OK)
    return status;
  status = tenon_rt_begin((Context *)to, error);
  if (status == TENON_OK)
    status = tenon_rt_end((Context *)to,
                          copyAll((Context *)to, (Context *)from, error));
  return tenon_rt_end((Context *)from, status);
}
