//===- Run.c - the calls on an open context -------------------------------===//
#include "Border.h"
#include "Call.h"
#include "Device.h"
#include "Error.h"
#include "Late.h"
#include "State.h"
#include "Transfers.h"

#include <string.h>

// A context in use by another thread is an answer, not a data race.
tenon_status tenon_rt_begin(Context *context, tenon_error *error) {
  if (!context)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected a context, got NULL");
  if (atomic_exchange_explicit(&context->inUse, 1, memory_order_acquire))
    return tenon_rt_fail(error, TENON_ERR_BUSY,
                         "the context of model '%s' is in use by another call",
                         context->base.model->name);
  return tenon_rt_succeed(error);
}

tenon_status tenon_rt_end(Context *context, tenon_status status) {
  atomic_store_explicit(&context->inUse, 0, memory_order_release);
  return status;
}

// The same, for calls that are about one function.
tenon_status tenon_rt_begin_function(Context *context, int32_t function,
                                     tenon_error *error) {
  tenon_status status = tenon_rt_begin(context, error);
  if (status != TENON_OK)
    return status;
  const tenon_model *model = context->base.model;
  if (function < 0 || function >= model->num_functions)
    return tenon_rt_end(
        context, tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                               "model '%s': expected one of %d functions, got "
                               "%d",
                               model->name, model->num_functions, function));
  context->current = &context->functions[function];
  context->call = NULL;
  context->isChanging = 0;
  return TENON_OK;
}

static tenon_status execute(Context *context, tenon_error *error) {
  const Function *function = context->current;
  context->error = error;
  if (context->device)
    return tenon_rt_run_on_device(context, error);
  const tenon_rt_pool_home *home = context->pool.home;
  context->frame.inputs = function->inputs;
  context->frame.outputs = function->outputs;
  context->frame.dims = function->dims;
  if (home)
    home->enter();
  int32_t status = function->code->run(&context->frame);
  if (home)
    home->leave();
  return tenon_rt_finish(context, status, error);
}

tenon_status tenon_rt_finish(const Context *context, int32_t status,
                             tenon_error *error) {
  const char *name = context->base.model->name;
  // what ended the call may have said so
  if (status == TENON_OK || (error && error->status == status))
    return (tenon_status)status;
  if (status == TENON_ERR_CANCELLED)
    return tenon_rt_fail(error, TENON_ERR_CANCELLED,
                         "model '%s': the call was cancelled", name);
  return tenon_rt_fail(error, (tenon_status)status,
                       "model '%s' stopped with status %d", name, status);
}

// Whether the function's code writes where it reads this input, a state.
static int changes(const Function *function, int32_t input) {
  const int32_t *updated = function->code->updated;
  for (int32_t i = 0; updated && i < function->numOutputs; ++i)
    if (updated[i] == input)
      return 1;
  return 0;
}

// The caller's tensors, then the states that the function reads.
static tenon_status collectInputs(Context *context, const tenon_tensor *inputs,
                                  tenon_error *error) {
  Function *function = context->current;
  const tenon_function *info = function->info;
  tenon_status status = TENON_OK;
  if (!inputs && info->num_inputs)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected %d inputs, got NULL", info->num_inputs);
  if (inputs && inputs != function->given)
    memcpy(function->given, inputs, info->num_inputs * sizeof(*inputs));
  for (int32_t i = 0; i < info->num_reads && status == TENON_OK; ++i)
    status = tenon_rt_read_state(context, info->reads[i],
                                 changes(function, info->num_inputs + i),
                                 &function->given[info->num_inputs + i], error);
  return status == TENON_OK ? tenon_rt_bind_inputs(context, error) : status;
}

static tenon_status computeShapes(Context *context, tenon_error *error) {
  tenon_status status = tenon_rt_compute_sizes(context, error);
  if (status == TENON_OK)
    status = tenon_rt_check_expressions(context, error);
  return status == TENON_OK ? tenon_rt_check_guards(context, error) : status;
}

tenon_status tenon_rt_run_tensors(Context *context, const tenon_tensor *inputs,
                                  tenon_tensor *outputs, tenon_error *error) {
  const tenon_function *info = context->current->info;
  if (!outputs && info->num_outputs)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected %d outputs, got NULL", info->num_outputs);
  tenon_status status = collectInputs(context, inputs, error);
  if (status == TENON_OK && info->num_symbols)
    status = computeShapes(context, error);
  if (status == TENON_OK)
    status = tenon_rt_bind_outputs(context, outputs, error);
  if (status == TENON_OK)
    status = tenon_rt_check_buffers(context, error);
  if (status == TENON_OK)
    status = tenon_rt_grow_workspace(context, error);
  if (status == TENON_OK)
    status = execute(context, error);
  tenon_rt_end_transfers(context, status);
  for (int32_t i = 0; i < info->num_writes && status == TENON_OK; ++i)
    tenon_rt_commit_state(context, info->writes[i]);
  if (status == TENON_OK)
    tenon_rt_tell_late_outputs(context, outputs);
  return status;
}

tenon_status tenon_rt_run(tenon_context *base, int32_t function,
                          const tenon_tensor *inputs, tenon_tensor *outputs,
                          tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = tenon_rt_begin_function(context, function, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context,
                      tenon_rt_run_tensors(context, inputs, outputs, error));
}

static tenon_status runPointers(Context *context, const void *const *inputs,
                                void *const *outputs, tenon_error *error) {
  Function *function = context->current;
  const tenon_function *info = function->info;
  tenon_tensor *results = function->given + function->numInputs;
  for (int32_t i = 0; i < info->num_inputs; ++i) {
    const tenon_value_info *value = &info->inputs[i];
    function->given[i] = (tenon_tensor){(void *)inputs[i], value->dims,
                                        value->dtype, value->rank};
  }
  for (int32_t i = 0; i < info->num_outputs; ++i) {
    const tenon_value_info *value = &info->outputs[i];
    results[i] =
        (tenon_tensor){outputs[i], value->dims, value->dtype, value->rank};
    if (!outputs[i] && tenon_num_bytes(&results[i]) > 0)
      return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "output '%s': expected data, got NULL", value->name);
  }
  return tenon_rt_run_tensors(context, function->given, results, error);
}

tenon_status tenon_rt_run_static(tenon_context *base, int32_t function,
                                 const void *const *inputs,
                                 void *const *outputs, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = tenon_rt_begin_function(context, function, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context, runPointers(context, inputs, outputs, error));
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

// Takes values of the symbols from the caller instead of from inputs.
static tenon_status setDims(Context *context, const int64_t *dims,
                            tenon_error *error) {
  const Function *function = context->current;
  const tenon_function *info = function->info;
  if (info->num_symbols && !dims)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected %d dimensions, got NULL", info->num_symbols);
  for (int32_t i = 0; i < info->num_symbols; ++i) {
    if (dims[i] < 0)
      return tenon_rt_fail(error, TENON_ERR_SHAPE,
                           "dimension '%s': expected a size, got %lld",
                           info->symbols[i], (long long)dims[i]);
    function->dims[i] = dims[i];
  }
  return tenon_rt_compute_sizes(context, error);
}

static tenon_status prepare(Context *context, const int64_t *maxDims,
                            tenon_error *error) {
  tenon_status status = setDims(context, maxDims, error);
  return status == TENON_OK ? tenon_rt_grow_workspace(context, error) : status;
}

tenon_status tenon_rt_prepare(tenon_context *base, int32_t function,
                              const int64_t *max_dims, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = tenon_rt_begin_function(context, function, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context, prepare(context, max_dims, error));
}

// All of a tensor but its data.
static void describe(const Function *function, const tenon_value_info *value,
                     int32_t offset, tenon_tensor *tensor) {
  int64_t *shape = function->told + offset;
  memcpy(shape, function->sizes + offset, value->rank * sizeof(*shape));
  tensor->shape = shape;
  tensor->dtype = value->dtype;
  tensor->rank = value->rank;
}

static tenon_status describeInputs(Context *context, const int64_t *dims,
                                   tenon_tensor *inputs, tenon_error *error) {
  const Function *function = context->current;
  const tenon_function *info = function->info;
  tenon_status status = setDims(context, dims, error);
  for (int32_t i = 0; i < info->num_inputs && status == TENON_OK; ++i)
    describe(function, &info->inputs[i], tenon_rt_input_offset(function, i),
             &inputs[i]);
  return status;
}

static tenon_status getInputShapes(tenon_context *base, int32_t function,
                                   const int64_t *dims, tenon_tensor *inputs,
                                   tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = tenon_rt_begin_function(context, function, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context, describeInputs(context, dims, inputs, error));
}

static tenon_status describeOutputs(Context *context,
                                    const tenon_tensor *inputs,
                                    tenon_tensor *outputs, tenon_error *error) {
  const Function *function = context->current;
  const tenon_function *info = function->info;
  tenon_status status = collectInputs(context, inputs, error);
  if (status == TENON_OK)
    status = computeShapes(context, error);
  for (int32_t i = 0; i < info->num_outputs && status == TENON_OK; ++i)
    describe(function, &info->outputs[i], tenon_rt_output_offset(function, i),
             &outputs[i]);
  return status;
}

tenon_status tenon_rt_output_shapes(tenon_context *base, int32_t function,
                                    const tenon_tensor *inputs,
                                    tenon_tensor *outputs, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = tenon_rt_begin_function(context, function, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context,
                      describeOutputs(context, inputs, outputs, error));
}

//===----------------------------------------------------------------------===//
// What a context says of itself
//===----------------------------------------------------------------------===//

static int64_t getWorkspaceBytes(const tenon_context *base) {
  const Context *context = (const Context *)base;
  int64_t bytes =
      (int64_t)context->workspace.capacity + tenon_rt_bytes_on_device(context) +
      tenon_rt_bytes_of_states(context) + tenon_rt_late_bytes(context);
  for (int32_t f = 0; f < base->model->num_functions; ++f)
    for (int32_t i = 0; i < base->model->functions[f].num_outputs; ++i)
      bytes += (int64_t)context->functions[f].lent[i].capacity;
  return bytes;
}

static int32_t getThreads(const tenon_context *base) {
  return ((const Context *)base)->threads;
}

static int32_t getProfile(const tenon_context *base,
                          tenon_profile_entry *entries, int32_t capacity) {
  const Context *context = (const Context *)base;
  int32_t count = 0;
  for (int32_t f = 0; f < base->model->num_functions; ++f) {
    const Function *function = &context->functions[f];
    if (!function->calls)
      return 0;
    for (int64_t i = 0; i < function->code->num_launches; ++i, ++count) {
      const tenon_rt_launch_record *record = &function->code->launches[i];
      Cost cost = function->costs[i];
      if (count < capacity)
        entries[count] = (tenon_profile_entry){
            record->kernel,     record->nodes,
            function->calls[i], (double)function->nanoseconds[i] * 1e-9,
            cost.flops,         cost.bytes};
    }
  }
  return count;
}

const tenon_calls tenon_rt_calls = {tenon_rt_open,
                                    tenon_rt_close,
                                    tenon_rt_prepare,
                                    getInputShapes,
                                    tenon_rt_output_shapes,
                                    tenon_rt_run,
                                    tenon_rt_call,
                                    tenon_rt_get_state,
                                    tenon_rt_set_state,
                                    tenon_rt_reset_state,
                                    tenon_rt_shorten_state,
                                    tenon_rt_copy_state,
                                    tenon_rt_save_state,
                                    tenon_rt_load_state,
                                    getWorkspaceBytes,
                                    getThreads,
                                    getProfile};
