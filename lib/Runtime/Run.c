//===- Run.c - the calls on an open context -------------------------------===//
#include "Border.h"
#include "Device.h"
#include "Error.h"
#include "Late.h"

#include <string.h>

// A context in use by another thread is an answer, not a data race.
static tenon_status begin(Context *context, tenon_error *error) {
  if (!context)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected a context, got NULL");
  if (atomic_exchange_explicit(&context->inUse, 1, memory_order_acquire))
    return tenon_rt_fail(error, TENON_ERR_BUSY,
                         "the context of model '%s' is in use by another call",
                         context->base.model->name);
  return tenon_rt_succeed(error);
}

static tenon_status end(Context *context, tenon_status status) {
  atomic_store_explicit(&context->inUse, 0, memory_order_release);
  return status;
}

// What the program's calls say comes before the bare status.
tenon_status tenon_rt_explain_stop(const Context *context, int32_t status,
                                   tenon_error *error) {
  if (status == TENON_OK || (error && error->status == status))
    return (tenon_status)status;
  return tenon_rt_fail(error, (tenon_status)status,
                       "model '%s' stopped with status %d",
                       context->base.model->name, status);
}

static tenon_status execute(Context *context, tenon_error *error) {
  context->error = error;
  if (context->device)
    return tenon_rt_run_on_device(context, error);
  const tenon_rt_pool_home *home = context->pool.home;
  if (home)
    home->enter();
  int32_t status = context->base.model->program->run(&context->frame);
  if (home)
    home->leave();
  return tenon_rt_explain_stop(context, status, error);
}

static tenon_status computeShapes(Context *context, const tenon_tensor *inputs,
                                  tenon_error *error) {
  tenon_status status = tenon_rt_compute_sizes(context, error);
  if (status == TENON_OK)
    status = tenon_rt_check_expressions(context, inputs, error);
  return status == TENON_OK ? tenon_rt_check_guards(context, error) : status;
}

static tenon_status runTensors(Context *context, const tenon_tensor *inputs,
                               tenon_tensor *outputs, tenon_error *error) {
  tenon_status status = tenon_rt_bind_inputs(context, inputs, error);
  if (status == TENON_OK && context->base.model->num_symbols)
    status = computeShapes(context, inputs, error);
  if (status == TENON_OK)
    status = tenon_rt_bind_outputs(context, outputs, error);
  if (status == TENON_OK)
    status = tenon_rt_check_buffers(context, error);
  if (status == TENON_OK)
    status = tenon_rt_grow_workspace(context, error);
  if (status == TENON_OK)
    status = execute(context, error);
  if (status == TENON_OK)
    tenon_rt_tell_late_outputs(context, outputs);
  return status;
}

tenon_status tenon_rt_run(tenon_context *base, const tenon_tensor *inputs,
                          tenon_tensor *outputs, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = begin(context, error);
  if (status != TENON_OK)
    return status;
  return end(context, runTensors(context, inputs, outputs, error));
}

static tenon_status runPointers(Context *context, const void *const *inputs,
                                void *const *outputs, tenon_error *error) {
  const tenon_model *model = context->base.model;
  if (model->num_symbols)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "model '%s' has dynamic dimensions: its inputs need "
                         "shapes",
                         model->name);
  for (int32_t i = 0; i < model->num_inputs; ++i)
    context->inputs[i] = (void *)inputs[i];
  for (int32_t i = 0; i < model->num_outputs; ++i)
    context->outputs[i] = outputs[i];
  tenon_status status = tenon_rt_check_buffers(context, error);
  return status == TENON_OK ? execute(context, error) : status;
}

tenon_status tenon_rt_run_static(tenon_context *base, const void *const *inputs,
                                 void *const *outputs, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = begin(context, error);
  if (status != TENON_OK)
    return status;
  return end(context, runPointers(context, inputs, outputs, error));
}

// Takes values of the symbols from the caller instead of from inputs.
static tenon_status setDims(Context *context, const int64_t *dims,
                            tenon_error *error) {
  const tenon_model *model = context->base.model;
  if (model->num_symbols && !dims)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected %d dimensions, got NULL",
                         model->num_symbols);
  for (int32_t i = 0; i < model->num_symbols; ++i) {
    if (dims[i] < 0)
      return tenon_rt_fail(error, TENON_ERR_SHAPE,
                           "dimension '%s': expected a size, got %lld",
                           model->symbols[i], (long long)dims[i]);
    context->dims[i] = dims[i];
  }
  return tenon_rt_compute_sizes(context, error);
}

static tenon_status prepare(Context *context, const int64_t *maxDims,
                            tenon_error *error) {
  tenon_status status = setDims(context, maxDims, error);
  return status == TENON_OK ? tenon_rt_grow_workspace(context, error) : status;
}

tenon_status tenon_rt_prepare(tenon_context *base, const int64_t *max_dims,
                              tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = begin(context, error);
  if (status != TENON_OK)
    return status;
  return end(context, prepare(context, max_dims, error));
}

// All of a tensor but its data.
static void describe(Context *context, const tenon_value *value, int32_t offset,
                     tenon_tensor *tensor) {
  int64_t *shape = context->told + offset;
  memcpy(shape, context->sizes + offset, value->rank * sizeof(*shape));
  tensor->shape = shape;
  tensor->dtype = value->dtype;
  tensor->rank = value->rank;
}

static tenon_status describeInputs(Context *context, const int64_t *dims,
                                   tenon_tensor *inputs, tenon_error *error) {
  const tenon_model *model = context->base.model;
  tenon_status status = setDims(context, dims, error);
  for (int32_t i = 0; i < model->num_inputs && status == TENON_OK; ++i)
    describe(context, &model->inputs[i], tenon_rt_input_offset(model, i),
             &inputs[i]);
  return status;
}

tenon_status tenon_rt_input_shapes(tenon_context *base, const int64_t *dims,
                                   tenon_tensor *inputs, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = begin(context, error);
  if (status != TENON_OK)
    return status;
  return end(context, describeInputs(context, dims, inputs, error));
}

static tenon_status describeOutputs(Context *context,
                                    const tenon_tensor *inputs,
                                    tenon_tensor *outputs, tenon_error *error) {
  const tenon_model *model = context->base.model;
  tenon_status status = tenon_rt_bind_inputs(context, inputs, error);
  if (status == TENON_OK)
    status = computeShapes(context, inputs, error);
  for (int32_t i = 0; i < model->num_outputs && status == TENON_OK; ++i)
    describe(context, &model->outputs[i], tenon_rt_output_offset(model, i),
             &outputs[i]);
  return status;
}

tenon_status tenon_rt_output_shapes(tenon_context *base,
                                    const tenon_tensor *inputs,
                                    tenon_tensor *outputs, tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = begin(context, error);
  if (status != TENON_OK)
    return status;
  return end(context, describeOutputs(context, inputs, outputs, error));
}

static int64_t getWorkspaceBytes(const tenon_context *base) {
  const Context *context = (const Context *)base;
  int64_t bytes = context->workspace.capacity +
                  tenon_rt_bytes_on_device(context) +
                  tenon_rt_late_bytes(context);
  for (int32_t i = 0; i < base->model->num_outputs; ++i)
    bytes += context->lent[i].capacity;
  return bytes;
}

static int32_t getThreads(const tenon_context *base) {
  return ((const Context *)base)->threads;
}

static int32_t getProfile(const tenon_context *base,
                          tenon_profile_entry *entries, int32_t capacity) {
  const Context *context = (const Context *)base;
  const tenon_program *program = base->model->program;
  if (!context->calls)
    return 0;
  for (int64_t i = 0; i < program->num_launches && i < capacity; ++i) {
    const tenon_rt_launch_record *record = &program->launches[i];
    Cost cost = context->costs[i];
    entries[i] = (tenon_profile_entry){
        record->kernel,    record->nodes,
        context->calls[i], (double)context->nanoseconds[i] * 1e-9,
        cost.flops,        cost.bytes};
  }
  return (int32_t)program->num_launches;
}

const tenon_functions tenon_rt_functions = {tenon_rt_open,
                                            tenon_rt_close,
                                            tenon_rt_prepare,
                                            tenon_rt_input_shapes,
                                            tenon_rt_output_shapes,
                                            tenon_rt_run,
                                            getWorkspaceBytes,
                                            getThreads,
                                            getProfile};
