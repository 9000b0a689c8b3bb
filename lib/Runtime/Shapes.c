//===- Shapes.c - checking types and shapes, binding symbols --------------===//
#include "Border.h"
#include "Error.h"
#include "Late.h"
#include "State.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static tenon_status checkTypeAndRank(const tenon_value_info *value,
                                     const char *kind,
                                     const tenon_tensor *tensor,
                                     tenon_error *error) {
  if (tensor->dtype != value->dtype)
    return tenon_rt_fail(error, TENON_ERR_DTYPE,
                         "%s '%s': expected element type %s, got %s", kind,
                         value->name, tenon_dtype_name(value->dtype),
                         tenon_dtype_name(tensor->dtype));
  if (tensor->rank != value->rank)
    return tenon_rt_fail(error, TENON_ERR_SHAPE,
                         "%s '%s': expected rank %d, got %d", kind, value->name,
                         value->rank, tensor->rank);
  if (tensor->rank > 0 && !tensor->shape)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "%s '%s': expected a shape, got NULL", kind,
                         value->name);
  return TENON_OK;
}

static tenon_status refuseDim(const tenon_value_info *value, const char *kind,
                              int32_t dim, int64_t expected, int64_t got,
                              tenon_error *error) {
  return tenon_rt_fail(error, TENON_ERR_SHAPE,
                       "%s '%s' dimension %d: expected %" PRId64
                       ", got %" PRId64,
                       kind, value->name, dim, expected, got);
}

// The function's own inputs come first.
static const char *getKind(const Function *function, int32_t input) {
  return input < function->info->num_inputs ? "input" : "state";
}

// Names the place where the symbol got its other value.
static tenon_status refuseSymbol(const Function *function, int32_t input,
                                 int32_t dim, int64_t got, tenon_error *error) {
  const tenon_value_info *inputs = function->info->inputs;
  int64_t symbol = inputs[input].dims[dim];
  int32_t first = 0, firstDim = 0;
  while (firstDim == inputs[first].rank ||
         inputs[first].dims[firstDim] != symbol)
    if (firstDim++ == inputs[first].rank)
      ++first, firstDim = 0;
  return tenon_rt_fail(
      error, TENON_ERR_SHAPE,
      "%s '%s' dimension %d: expected %" PRId64
      " ('%s', from %s '%s' dimension %d), got %" PRId64,
      getKind(function, input), inputs[input].name, dim,
      function->dims[~symbol], function->info->symbols[~symbol],
      getKind(function, first), inputs[first].name, firstDim, got);
}

static tenon_status bindDims(Function *function, int32_t input,
                             const int64_t *shape, tenon_error *error) {
  const tenon_value_info *value = &function->info->inputs[input];
  const char *kind = getKind(function, input);
  for (int32_t i = 0; i < value->rank; ++i) {
    if (shape[i] < 0)
      return tenon_rt_fail(error, TENON_ERR_SHAPE,
                           "%s '%s' dimension %d: expected a size, got "
                           "%" PRId64,
                           kind, value->name, i, shape[i]);
    if (value->dims[i] == TENON_DIM_EXPRESSION)
      continue;
    if (value->dims[i] >= 0) {
      if (value->dims[i] != shape[i])
        return refuseDim(value, kind, i, value->dims[i], shape[i], error);
      continue;
    }
    int64_t *known = &function->dims[~value->dims[i]];
    if (*known >= 0 && *known != shape[i])
      return refuseSymbol(function, input, i, shape[i], error);
    *known = shape[i];
  }
  return TENON_OK;
}

tenon_status tenon_rt_bind_inputs(Context *context, tenon_error *error) {
  Function *function = context->current;
  memset(function->dims, -1, function->info->num_symbols * sizeof(int64_t));
  for (int32_t i = 0; i < function->numInputs; ++i) {
    const tenon_value_info *value = &function->info->inputs[i];
    const tenon_tensor *given = &function->given[i];
    tenon_status status =
        checkTypeAndRank(value, getKind(function, i), given, error);
    if (status == TENON_OK)
      status = bindDims(function, i, given->shape, error);
    int64_t bytes = status == TENON_OK ? tenon_num_bytes(given) : 0;
    if (bytes < 0)
      status = tenon_rt_fail(error, TENON_ERR_SHAPE,
                             "input '%s': the shape exceeds the address space",
                             value->name);
    if (status != TENON_OK)
      return status;
    function->inputs[i] = given->data;
    function->inputBytes[i] = bytes;
  }
  return TENON_OK;
}

int32_t tenon_rt_output_offset(const Function *function, int32_t output) {
  int32_t offset = 2;
  for (int32_t i = 0; i < output; ++i)
    offset += function->info->outputs[i].rank;
  return offset;
}

int32_t tenon_rt_input_offset(const Function *function, int32_t input) {
  int32_t offset = tenon_rt_output_offset(function, function->numOutputs);
  for (int32_t i = 0; i < input; ++i)
    offset += function->info->inputs[i].rank;
  return offset;
}

tenon_status tenon_rt_check_expressions(const Context *context,
                                        tenon_error *error) {
  const Function *function = context->current;
  const int64_t *dims = function->sizes + tenon_rt_input_offset(function, 0);
  for (int32_t i = 0; i < function->numInputs; ++i) {
    const tenon_value_info *value = &function->info->inputs[i];
    const int64_t *shape = function->given[i].shape;
    for (int32_t d = 0; d < value->rank; ++d)
      if (shape[d] != dims[d])
        return tenon_rt_fail(error, TENON_ERR_SHAPE,
                             "%s '%s' dimension %d: expected %" PRId64
                             " ('%s'), got %" PRId64,
                             getKind(function, i), value->name, d, dims[d],
                             value->dim_names[d], shape[d]);
    dims += value->rank;
  }
  return TENON_OK;
}

static tenon_status refuseGuard(const Function *function, const char *guard,
                                tenon_error *error) {
  char values[256];
  int length = 0;
  values[0] = 0;
  for (int32_t i = 0; i < function->info->num_symbols; ++i)
    if (length < (int)sizeof(values))
      length += snprintf(values + length, sizeof(values) - length,
                         "%s%s = %" PRId64, i ? ", " : "",
                         function->info->symbols[i], function->dims[i]);
  return tenon_rt_fail(error, TENON_ERR_SHAPE, "%s, got %s", guard, values);
}

tenon_status tenon_rt_check_guards(const Context *context, tenon_error *error) {
  const Function *function = context->current;
  const int64_t *differences =
      function->sizes + tenon_rt_input_offset(function, function->numInputs);
  for (int64_t i = 0; i < function->code->num_guards; ++i)
    if (differences[i] < 0)
      return refuseGuard(function, function->code->guards[i], error);
  return TENON_OK;
}

tenon_status tenon_rt_compute_sizes(Context *context, tenon_error *error) {
  Function *function = context->current;
  function->code->sizes(function->dims, function->sizes);
  const int64_t *dims = function->sizes + 2;
  for (int32_t i = 0; i < function->numOutputs; ++i) {
    const tenon_value_info *value = &function->info->outputs[i];
    if (tenon_rt_is_late(value)) {
      function->outputBytes[i] = 0;
      dims += value->rank;
      continue;
    }
    for (int32_t d = 0; d < value->rank; ++d)
      if (dims[d] < 0)
        return tenon_rt_fail(error, TENON_ERR_SHAPE,
                             "output '%s' dimension %d would be %" PRId64
                             ": the inputs are too small",
                             value->name, d, dims[d]);
    tenon_tensor tensor = {NULL, dims, value->dtype, value->rank};
    function->outputBytes[i] = tenon_num_bytes(&tensor);
    if (function->outputBytes[i] < 0)
      return tenon_rt_fail(error, TENON_ERR_SHAPE,
                           "output '%s': the shape exceeds the address space",
                           value->name);
    dims += value->rank;
  }
  return TENON_OK;
}

static tenon_status lend(Context *context, int32_t output, tenon_tensor *tensor,
                         tenon_error *error) {
  Function *function = context->current;
  const tenon_value_info *value = &function->info->outputs[output];
  int32_t offset = tenon_rt_output_offset(function, output);
  int64_t *shape = function->told + offset;
  Block *block = &function->lent[output];
  int64_t bytes = function->outputBytes[output];
  // Also a tensor without elements is lent memory: NULL would read as "none".
  tenon_status status =
      tenon_rt_grow(context, block, bytes > 0 ? bytes : 1, error);
  if (status != TENON_OK)
    return status;
  memcpy(shape, function->sizes + offset, value->rank * sizeof(*shape));
  *tensor = (tenon_tensor){block->data, shape, value->dtype, value->rank};
  return TENON_OK;
}

static tenon_status checkOutput(const tenon_value_info *value,
                                const tenon_tensor *tensor, const int64_t *dims,
                                tenon_error *error) {
  tenon_status status = checkTypeAndRank(value, "output", tensor, error);
  for (int32_t i = 0; i < value->rank && status == TENON_OK; ++i)
    if (tensor->shape[i] != dims[i])
      status = refuseDim(value, "output", i, dims[i], tensor->shape[i], error);
  return status;
}

// The next value of a state may lie where the present one does if the program
// allows for it, and does if the program writes there.
static tenon_status bindState(Context *context, int32_t output,
                              const int64_t *dims, tenon_error *error) {
  Function *function = context->current;
  const int32_t *donated = function->code->donated;
  const int32_t *updated = function->code->updated;
  int32_t write = output - function->info->num_outputs;
  return tenon_rt_stage_state(context, function->info->writes[write], dims,
                              (donated && donated[output] >= 0) ||
                                  (updated && updated[output] >= 0),
                              &function->outputs[output], error);
}

static tenon_status refuseLate(const tenon_value_info *value,
                               tenon_error *error) {
  return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                       "output '%s': its size follows from data, and the "
                       "context lends its memory; expected NULL",
                       value->name);
}

// What was lent before is lent again, for it may be too small now.
static int isLent(const Function *function, int32_t output,
                  const tenon_tensor *tensor) {
  return !tensor->data || tensor->data == function->lent[output].data;
}

tenon_status tenon_rt_bind_outputs(Context *context, tenon_tensor *outputs,
                                   tenon_error *error) {
  Function *function = context->current;
  const int64_t *dims = function->sizes + 2;
  int32_t own = function->info->num_outputs;
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < function->numOutputs && status == TENON_OK; ++i) {
    const tenon_value_info *value = &function->info->outputs[i];
    if (tenon_rt_is_late(value)) {
      status = isLent(function, i, &outputs[i]) ? TENON_OK
                                                : refuseLate(value, error);
      function->outputs[i] = NULL;
      function->outputBytes[i] = 0;
    } else if (i >= own) {
      status = bindState(context, i, dims, error);
    } else {
      status = isLent(function, i, &outputs[i])
                   ? lend(context, i, &outputs[i], error)
                   : checkOutput(value, &outputs[i], dims, error);
      function->outputs[i] = outputs[i].data;
    }
    dims += value->rank;
  }
  return status;
}
