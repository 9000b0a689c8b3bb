//===- Buffers.c - checking the memory that the caller hands in -----------===//
#include "Border.h"
#include "Device.h"
#include "Error.h"
#include "tenon-rt/program.h"

#include <inttypes.h>

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

// The first element outside of [min, max], or `count`.
#define DEFINE_FIND_OUTSIDE(name, type)                                        \
  static int64_t name(const void *data, int64_t count, int64_t min,            \
                      int64_t max, int64_t *value) {                           \
    const type *elements = data;                                               \
    for (int64_t i = 0; i < count; ++i)                                        \
      if ((*value = (int64_t)elements[i]) < min || *value > max)               \
        return i;                                                              \
    return count;                                                              \
  }
DEFINE_FIND_OUTSIDE(findOutside8, int8_t)
DEFINE_FIND_OUTSIDE(findOutsideU8, uint8_t)
DEFINE_FIND_OUTSIDE(findOutside16, int16_t)
DEFINE_FIND_OUTSIDE(findOutsideU16, uint16_t)
DEFINE_FIND_OUTSIDE(findOutside32, int32_t)
DEFINE_FIND_OUTSIDE(findOutsideU32, uint32_t)
DEFINE_FIND_OUTSIDE(findOutside64, int64_t)

typedef int64_t (*FindOutside)(const void *, int64_t, int64_t, int64_t,
                               int64_t *);

static FindOutside getFindOutside(int32_t dtype) {
  switch (dtype) {
  case TENON_INT8:
    return findOutside8;
  case TENON_UINT8:
    return findOutsideU8;
  case TENON_INT16:
    return findOutside16;
  case TENON_UINT16:
    return findOutsideU16;
  case TENON_INT32:
    return findOutside32;
  case TENON_UINT32:
    return findOutsideU32;
  case TENON_INT64:
    return findOutside64;
  default:
    return NULL;
  }
}

static tenon_status checkIndices(const Context *context, int32_t input,
                                 tenon_error *error) {
  const Function *function = context->current;
  const tenon_value_info *value = &function->info->inputs[input];
  FindOutside find = getFindOutside(value->dtype);
  if (!find || (value->min_index == 0 && value->max_index == 0))
    return TENON_OK;
  if (tenon_rt_is_on_device(context, function->inputs[input]))
    return TENON_OK;
  int64_t count =
      function->inputBytes[input] / (tenon_dtype_bits(value->dtype) / 8);
  int64_t got = 0, at = find(function->inputs[input], count, value->min_index,
                             value->max_index, &got);
  if (at == count)
    return TENON_OK;
  return tenon_rt_fail(error, TENON_ERR_INDEX,
                       "input '%s' element %" PRId64 ": expected %" PRId64
                       " to %" PRId64 ", got %" PRId64,
                       value->name, at, value->min_index, value->max_index,
                       got);
}

tenon_status tenon_rt_check_buffers(Context *context, tenon_error *error) {
  const Function *function = context->current;
  const tenon_function *info = function->info;
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < info->num_inputs && status == TENON_OK; ++i) {
    status = checkPointer(&info->inputs[i], "input", function->inputs[i],
                          function->inputBytes[i], error);
    if (status == TENON_OK)
      status = checkIndices(context, i, error);
  }
  for (int32_t i = 0; i < info->num_outputs && status == TENON_OK; ++i)
    status = checkPointer(&info->outputs[i], "output", function->outputs[i],
                          function->outputBytes[i], error);
  for (int32_t i = 0; i < function->numOutputs && status == TENON_OK; ++i)
    status = checkOverlaps(function, i, error);
  return status;
}
