//===- Shapes.c - checking types and shapes, binding symbols --------------===//
#include "Border.h"
#include "Error.h"
#include "Late.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static tenon_status checkTypeAndRank(const tenon_value *value, const char *kind,
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

static tenon_status refuseDim(const tenon_value *value, const char *kind,
                              int32_t dim, int64_t expected, int64_t got,
                              tenon_error *error) {
  return tenon_rt_fail(error, TENON_ERR_SHAPE,
                       "%s '%s' dimension %d: expected %" PRId64
                       ", got %" PRId64,
                       kind, value->name, dim, expected, got);
}

// Names the place where the symbol got its other value.
static tenon_status refuseSymbol(const Context *context, int32_t input,
                                 int32_t dim, int64_t got, tenon_error *error) {
  const tenon_model *model = context->base.model;
  int64_t symbol = model->inputs[input].dims[dim];
  int32_t firstInput = 0, firstDim = 0;
  while (firstDim == model->inputs[firstInput].rank ||
         model->inputs[firstInput].dims[firstDim] != symbol)
    if (firstDim++ == model->inputs[firstInput].rank)
      ++firstInput, firstDim = 0;
  return tenon_rt_fail(error, TENON_ERR_SHAPE,
                       "input '%s' dimension %d: expected %" PRId64
                       " ('%s', from input '%s' dimension %d), got %" PRId64,
                       model->inputs[input].name, dim, context->dims[~symbol],
                       model->symbols[~symbol], model->inputs[firstInput].name,
                       firstDim, got);
}

static tenon_status bindDims(Context *context, int32_t input,
                             const int64_t *shape, tenon_error *error) {
  const tenon_value *value = &context->base.model->inputs[input];
  for (int32_t i = 0; i < value->rank; ++i) {
    if (shape[i] < 0)
      return tenon_rt_fail(error, TENON_ERR_SHAPE,
                           "input '%s' dimension %d: expected a size, got "
                           "%" PRId64,
                           value->name, i, shape[i]);
    if (value->dims[i] == TENON_DIM_EXPRESSION)
      continue;
    if (value->dims[i] >= 0) {
      if (value->dims[i] != shape[i])
        return refuseDim(value, "input", i, value->dims[i], shape[i], error);
      continue;
    }
    int64_t *known = &context->dims[~value->dims[i]];
    if (*known >= 0 && *known != shape[i])
      return refuseSymbol(context, input, i, shape[i], error);
    *known = shape[i];
  }
  return TENON_OK;
}

tenon_status tenon_rt_bind_inputs(Context *context, const tenon_tensor *inputs,
                                  tenon_error *error) {
  const tenon_model *model = context->base.model;
  if (!inputs && model->num_inputs)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected %d inputs, got NULL", model->num_inputs);
  memset(context->dims, -1, model->num_symbols * sizeof(int64_t));
  for (int32_t i = 0; i < model->num_inputs; ++i) {
    const tenon_value *value = &model->inputs[i];
    tenon_status status = checkTypeAndRank(value, "input", &inputs[i], error);
    if (status == TENON_OK)
      status = bindDims(context, i, inputs[i].shape, error);
    int64_t bytes = status == TENON_OK ? tenon_num_bytes(&inputs[i]) : 0;
    if (bytes < 0)
      status = tenon_rt_fail(error, TENON_ERR_SHAPE,
                             "input '%s': the shape exceeds the address space",
                             value->name);
    if (status != TENON_OK)
      return status;
    context->inputs[i] = inputs[i].data;
    context->inputBytes[i] = bytes;
  }
  return TENON_OK;
}

int32_t tenon_rt_output_offset(const tenon_model *model, int32_t output) {
  int32_t offset = 2;
  for (int32_t i = 0; i < output; ++i)
    offset += model->outputs[i].rank;
  return offset;
}

int32_t tenon_rt_input_offset(const tenon_model *model, int32_t input) {
  int32_t offset = tenon_rt_output_offset(model, model->num_outputs);
  for (int32_t i = 0; i < input; ++i)
    offset += model->inputs[i].rank;
  return offset;
}

tenon_status tenon_rt_check_expressions(const Context *context,
                                        const tenon_tensor *inputs,
                                        tenon_error *error) {
  const tenon_model *model = context->base.model;
  const int64_t *dims = context->sizes + tenon_rt_input_offset(model, 0);
  for (int32_t i = 0; i < model->num_inputs; ++i) {
    const tenon_value *value = &model->inputs[i];
    for (int32_t d = 0; d < value->rank; ++d)
      if (inputs[i].shape[d] != dims[d])
        return tenon_rt_fail(error, TENON_ERR_SHAPE,
                             "input '%s' dimension %d: expected %" PRId64
                             " ('%s'), got %" PRId64,
                             value->name, d, dims[d], value->dim_names[d],
                             inputs[i].shape[d]);
    dims += value->rank;
  }
  return TENON_OK;
}

static tenon_status refuseGuard(const Context *context, const char *guard,
                                tenon_error *error) {
  const tenon_model *model = context->base.model;
  char values[256];
  int length = 0;
  values[0] = 0;
  for (int32_t i = 0; i < model->num_symbols; ++i)
    if (length < (int)sizeof(values))
      length +=
          snprintf(values + length, sizeof(values) - length, "%s%s = %" PRId64,
                   i ? ", " : "", model->symbols[i], context->dims[i]);
  return tenon_rt_fail(error, TENON_ERR_SHAPE, "%s, got %s", guard, values);
}

tenon_status tenon_rt_check_guards(const Context *context, tenon_error *error) {
  const tenon_model *model = context->base.model;
  const int64_t *differences =
      context->sizes + tenon_rt_input_offset(model, model->num_inputs);
  for (int64_t i = 0; i < model->program->num_guards; ++i)
    if (differences[i] < 0)
      return refuseGuard(context, model->program->guards[i], error);
  return TENON_OK;
}

tenon_status tenon_rt_compute_sizes(Context *context, tenon_error *error) {
  const tenon_model *model = context->base.model;
  model->program->sizes(context->dims, context->sizes);
  const int64_t *dims = context->sizes + 2;
  for (int32_t i = 0; i < model->num_outputs; ++i) {
    const tenon_value *value = &model->outputs[i];
    if (tenon_rt_is_late(value)) {
      context->outputBytes[i] = 0;
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
    context->outputBytes[i] = tenon_num_bytes(&tensor);
    if (context->outputBytes[i] < 0)
      return tenon_rt_fail(error, TENON_ERR_SHAPE,
                           "output '%s': the shape exceeds the address space",
                           value->name);
    dims += value->rank;
  }
  return TENON_OK;
}

static tenon_status lend(Context *context, int32_t output, tenon_tensor *tensor,
                         tenon_error *error) {
  const tenon_value *value = &context->base.model->outputs[output];
  int32_t offset = tenon_rt_output_offset(context->base.model, output);
  int64_t *shape = context->told + offset;
  Block *block = &context->lent[output];
  int64_t bytes = context->outputBytes[output];
  // Also a tensor without elements is lent memory: NULL would read as "none".
  tenon_status status =
      tenon_rt_grow(context, block, bytes > 0 ? bytes : 1, error);
  if (status != TENON_OK)
    return status;
  memcpy(shape, context->sizes + offset, value->rank * sizeof(*shape));
  *tensor = (tenon_tensor){block->data, shape, value->dtype, value->rank};
  return TENON_OK;
}

static tenon_status checkOutput(const tenon_value *value,
                                const tenon_tensor *tensor, const int64_t *dims,
                                tenon_error *error) {
  tenon_status status = checkTypeAndRank(value, "output", tensor, error);
  for (int32_t i = 0; i < value->rank && status == TENON_OK; ++i)
    if (tensor->shape[i] != dims[i])
      status = refuseDim(value, "output", i, dims[i], tensor->shape[i], error);
  return status;
}

static tenon_status refuseLate(const tenon_value *value, tenon_error *error) {
  return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                       "output '%s': its size follows from data, and the "
                       "context lends its memory; expected NULL",
                       value->name);
}

tenon_status tenon_rt_bind_outputs(Context *context, tenon_tensor *outputs,
                                   tenon_error *error) {
  const tenon_model *model = context->base.model;
  const int64_t *dims = context->sizes + 2;
  tenon_status status = TENON_OK;
  if (!outputs && model->num_outputs)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected %d outputs, got NULL", model->num_outputs);
  for (int32_t i = 0; i < model->num_outputs && status == TENON_OK; ++i) {
    const tenon_value *value = &model->outputs[i];
    // What was lent before is lent again, for it may be too small now.
    int isLent = !outputs[i].data || outputs[i].data == context->lent[i].data;
    if (tenon_rt_is_late(value)) {
      status = isLent ? TENON_OK : refuseLate(value, error);
      context->outputs[i] = NULL;
      context->outputBytes[i] = 0;
      dims += value->rank;
      continue;
    }
    status = isLent ? lend(context, i, &outputs[i], error)
                    : checkOutput(value, &outputs[i], dims, error);
    context->outputs[i] = outputs[i].data;
    dims += value->rank;
  }
  return status;
}
