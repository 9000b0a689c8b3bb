//===- Buffers.c - checking the memory that the caller hands in -----------===//
#include "Border.h"
#include "Device.h"
#include "Error.h"
#include "tenon-rt/program.h"

#include <stddef.h>

static tenon_status checkPointer(const tenon_value_info *value,
                                 const char *kind, const void *data,
                                 int64_t bytes, tenon_error *error) {
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

// States overlap no other states. What is the function's own may be memory of a
// state that an application was shown.
static tenon_status checkOverlaps(const Function *function, int32_t output,
                                  tenon_error *error) {
  const tenon_function *info = function->info;
  const void *data = function->outputs[output];
  int64_t bytes = function->outputBytes[output];
  int isOwn = output < info->num_outputs;
  int32_t inputs = isOwn ? function->numInputs : info->num_inputs;
  for (int32_t i = 0; i < inputs; ++i)
    if (overlap(data, bytes, function->inputs[i], function->inputBytes[i]))
      return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "output '%s' overlaps input '%s'",
                           info->outputs[output].name, info->inputs[i].name);
  int32_t outputs = isOwn ? output : info->num_outputs;
  for (int32_t i = 0; i < outputs; ++i)
    if (overlap(data, bytes, function->outputs[i], function->outputBytes[i]))
      return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "output '%s' overlaps output '%s'",
                           info->outputs[output].name, info->outputs[i].name);
  return TENON_OK;
}

tenon_status tenon_rt_check_buffers(Context *context, tenon_error *error) {
  const Function *function = context->current;
  const tenon_function *info = function->info;
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < info->num_inputs && status == TENON_OK; ++i)
    status = checkPointer(&info->inputs[i], "input", function->inputs[i],
                          function->inputBytes[i], error);
  for (int32_t i = 0; i < info->num_outputs && status == TENON_OK; ++i)
    status = checkPointer(&info->outputs[i], "output", function->outputs[i],
                          function->outputBytes[i], error);
  for (int32_t i = 0; i < function->numOutputs && status == TENON_OK; ++i)
    status = checkOverlaps(function, i, error);
  return status;
}
