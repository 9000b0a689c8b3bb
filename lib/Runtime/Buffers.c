//===- Buffers.c - checking the memory that the caller hands in -----------===//
#include "Border.h"
#include "Device.h"
#include "Error.h"
#include "tenon-rt/program.h"

#include <stddef.h>

static tenon_status checkPointer(const tenon_value *value, const char *kind,
                                 const void *data, int64_t bytes,
                                 tenon_error *error) {
  if (bytes > 0 && !data)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "%s '%s': expected data, got NULL", kind, value->name);
  int32_t alignment = tenon_dtype_bits(value->dtype) / 8;
  alignment = alignment > 8 ? 8 : alignment < 1 ? 1 : alignment;
  if ((uintptr_t)data % alignment)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "%s '%s': expected data aligned to %d bytes, got %p",
                         kind, value->name, alignment, data);
  return TENON_OK;
}

static int overlap(const void *a, int64_t aBytes, const void *b,
                   int64_t bBytes) {
  uintptr_t aBegin = (uintptr_t)a, bBegin = (uintptr_t)b;
  return aBytes > 0 && bBytes > 0 && aBegin < bBegin + bBytes &&
         bBegin < aBegin + aBytes;
}

static tenon_status checkOverlaps(const Context *context, int32_t output,
                                  tenon_error *error) {
  const tenon_model *model = context->base.model;
  const void *data = context->outputs[output];
  int64_t bytes = context->outputBytes[output];
  const int32_t *donated = model->program->donated;
  for (int32_t i = 0; i < model->num_inputs; ++i) {
    if (donated && donated[output] == i && data == context->inputs[i])
      continue;
    if (overlap(data, bytes, context->inputs[i], context->inputBytes[i]))
      return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "output '%s' overlaps input '%s'",
                           model->outputs[output].name, model->inputs[i].name);
  }
  for (int32_t i = 0; i < output; ++i)
    if (overlap(data, bytes, context->outputs[i], context->outputBytes[i]))
      return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "output '%s' overlaps output '%s'",
                           model->outputs[output].name, model->outputs[i].name);
  return TENON_OK;
}

tenon_status tenon_rt_check_buffers(Context *context, tenon_error *error) {
  const tenon_model *model = context->base.model;
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < model->num_inputs && status == TENON_OK; ++i) {
    status = checkPointer(&model->inputs[i], "input", context->inputs[i],
                          context->inputBytes[i], error);
  }
  for (int32_t i = 0; i < model->num_outputs && status == TENON_OK; ++i) {
    status = checkPointer(&model->outputs[i], "output", context->outputs[i],
                          context->outputBytes[i], error);
    if (status == TENON_OK)
      status = checkOverlaps(context, i, error);
  }
  return status;
}
