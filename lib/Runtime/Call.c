//===- Call.c - calls by values and options -------------------------------===//
#include "Call.h"
#include "Error.h"

#include <stddef.h>
#include <string.h>

static int isDense(const tenon_value *value) {
  int64_t stride = 1;
  for (int32_t i = value->rank; value->strides && i-- > 0;
       stride *= value->shape[i])
    if (value->shape[i] != 1 && value->strides[i] != stride)
      return 0;
  return 1;
}

// What of all values this version takes: dense tensors of numbers.
static tenon_status takeTensor(const Context *context, const char *kind,
                               const char *name, const tenon_value *value,
                               tenon_tensor *tensor, tenon_error *error) {
  const char *what = NULL;
  if (value->kind != TENON_VALUE_TENSOR)
    what = "a list, a map or an absent value";
  else if (value->dtype == TENON_STRING)
    what = "a tensor of strings";
  else if (value->device != TENON_DEVICE_CPU && !context->device)
    what = "a tensor on a device";
  else if (value->data && !isDense(value))
    what = "a tensor that is not dense";
  if (what)
    return tenon_rt_fail(error, TENON_ERR_UNSUPPORTED,
                         "%s '%s': expected a dense tensor of numbers, got %s",
                         kind, name, what);
  *tensor =
      (tenon_tensor){value->data, value->shape, value->dtype, value->rank};
  return TENON_OK;
}

static tenon_status callValues(Context *context, const tenon_value *inputs,
                               tenon_value *outputs, tenon_error *error) {
  Function *function = context->current;
  const tenon_function *info = function->info;
  tenon_tensor *results = function->given + function->numInputs;
  tenon_status status = TENON_OK;
  if ((!inputs && info->num_inputs) || (!outputs && info->num_outputs))
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "function '%s': expected %d inputs and %d outputs, "
                         "got NULL",
                         info->name, info->num_inputs, info->num_outputs);
  for (int32_t i = 0; i < info->num_inputs && status == TENON_OK; ++i)
    status = takeTensor(context, "input", info->inputs[i].name, &inputs[i],
                        &function->given[i], error);
  for (int32_t i = 0; i < info->num_outputs && status == TENON_OK; ++i)
    status = takeTensor(context, "output", info->outputs[i].name, &outputs[i],
                        &results[i], error);
  if (status == TENON_OK)
    status = tenon_rt_run_tensors(context, function->given, results, error);
  for (int32_t i = 0; i < info->num_outputs && status == TENON_OK; ++i) {
    outputs[i].data = results[i].data;
    outputs[i].shape = results[i].shape;
    outputs[i].dtype = results[i].dtype;
    outputs[i].rank = results[i].rank;
  }
  return status;
}

// Of options from an older header, the fields that it had.
static tenon_status readOptions(const tenon_call_options *given,
                                tenon_call_options *options,
                                tenon_error *error) {
  *options = (tenon_call_options)TENON_CALL_OPTIONS_INIT;
  if (given->size < offsetof(tenon_call_options, stream))
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected call options with their size set, got size "
                         "%zu",
                         given->size);
  memcpy(options, given,
         given->size < sizeof(*options) ? given->size : sizeof(*options));
  if (options->stream || options->completed)
    return tenon_rt_fail(error, TENON_ERR_UNSUPPORTED,
                         "call options stream and completed: expected NULL, "
                         "this version waits for its calls");
  return TENON_OK;
}

tenon_status tenon_rt_call(tenon_context *base, int32_t function,
                           const tenon_value *inputs, tenon_value *outputs,
                           const tenon_call_options *given,
                           tenon_error *error) {
  Context *context = (Context *)base;
  tenon_call_options options;
  tenon_status status = tenon_rt_begin_function(context, function, error);
  if (status != TENON_OK)
    return status;
  if (given) {
    status = readOptions(given, &options, error);
    context->call = &options;
  }
  if (status == TENON_OK)
    status = callValues(context, inputs, outputs, error);
  context->call = NULL;
  return tenon_rt_end(context, status);
}
