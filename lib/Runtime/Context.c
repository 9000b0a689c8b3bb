//===- Context.c - opening and closing a model ----------------------------===//
#include "Border.h"
#include "Cores.h"
#include "Cpu.h"
#include "Device.h"
#include "Error.h"
#include "Late.h"
#include "Weights.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// Of options from an older header, the fields that it had.
static tenon_status readOptions(const tenon_options *given,
                                tenon_options *options, tenon_error *error) {
  *options = (tenon_options)TENON_OPTIONS_INIT;
  if (!given)
    return TENON_OK;
  if (given->size < offsetof(tenon_options, parallel_for))
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected options with their size set, got size %zu",
                         given->size);
  memcpy(options, given,
         given->size < sizeof(*options) ? given->size : sizeof(*options));
  if (options->threads < 0)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "option threads: expected 0 or more, got %d",
                         options->threads);
  if (!options->allocate != !options->deallocate)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "options allocate and deallocate: expected both or "
                         "neither");
  return TENON_OK;
}

static tenon_status checkMachine(const tenon_model *model,
                                 const tenon_options *options,
                                 tenon_error *error) {
  char missing[256];
  if (model->abi_version >> 16 != TENON_ABI_VERSION >> 16)
    return tenon_rt_fail(
        error, TENON_ERR_VERSION, "model '%s': expected ABI version %u, got %u",
        model->name, TENON_ABI_VERSION >> 16, model->abi_version >> 16);
  if (options->device != TENON_DEVICE_CPU &&
      (options->device != TENON_DEVICE_CUDA || !model->program->texts))
    return tenon_rt_fail(error, TENON_ERR_DEVICE,
                         "model '%s' has code for the CPU only, got device %d",
                         model->name, options->device);
  if (tenon_rt_missing_features(model->cpu_features, missing, sizeof(missing)))
    return tenon_rt_fail(error, TENON_ERR_CPU,
                         "model '%s' was compiled for %s: this CPU lacks %s",
                         model->name, model->target, missing);
  return TENON_OK;
}

// A model for a GPU has a descriptor of its own.
static const tenon_model *chooseModel(const tenon_model *model,
                                      const tenon_options *options) {
  int isForDevice = options->device == TENON_DEVICE_CUDA &&
                    model->abi_version >> 16 == TENON_ABI_VERSION >> 16;
  return isForDevice && model->program->on_device ? model->program->on_device
                                                  : model;
}

static int isDimOfAnInput(const tenon_model *model, int32_t symbol) {
  for (int32_t i = 0; i < model->num_inputs; ++i)
    for (int32_t d = 0; d < model->inputs[i].rank; ++d)
      if (model->inputs[i].dims[d] == ~(int64_t)symbol)
        return 1;
  return 0;
}

// A run could not tell the value of a symbol that occurs in formulas alone.
static tenon_status checkSymbols(const tenon_model *model, tenon_error *error) {
  for (int32_t i = 0; i < model->num_symbols; ++i)
    if (!isDimOfAnInput(model, i))
      return tenon_rt_fail(error, TENON_ERR_INTERNAL,
                           "model '%s': expected '%s' to be a dimension of an "
                           "input",
                           model->name, model->symbols[i]);
  return TENON_OK;
}

// Takes `count` elements from the memory at *cursor; with a NULL base, this
// measures.
static void *carve(char *base, size_t *cursor, size_t count, size_t size) {
  size_t at = *cursor;
  *cursor += (count * size + 63) / 64 * 64;
  return base ? base + at : NULL;
}

static size_t layOut(Context *context, char *base, const tenon_model *model,
                     int32_t threads, int profile) {
  size_t cursor = 0, inputs = model->num_inputs, outputs = model->num_outputs;
  size_t launches = profile ? model->program->num_launches : 0;
  Context c;
  memset(&c, 0, sizeof(c));
  carve(base, &cursor, 1, sizeof(Context));
  c.ranges = carve(base, &cursor, threads, sizeof(Range));
  size_t sizes = tenon_rt_input_offset(model, model->num_inputs);
  size_t guards = model->program->num_guards;
  size_t costs = 2 * (size_t)model->program->num_launches;
  c.sizes = carve(base, &cursor, sizes + guards + costs, sizeof(int64_t));
  c.costs = base ? (Cost *)(c.sizes + sizes + guards) : NULL;
  c.told = carve(base, &cursor, sizes, sizeof(int64_t));
  c.dims = carve(base, &cursor, model->num_symbols, sizeof(int64_t));
  c.inputs = carve(base, &cursor, inputs, sizeof(void *));
  c.outputs = carve(base, &cursor, outputs, sizeof(void *));
  c.inputBytes = carve(base, &cursor, inputs, sizeof(int64_t));
  c.outputBytes = carve(base, &cursor, outputs, sizeof(int64_t));
  c.lent = carve(base, &cursor, outputs, sizeof(Block));
  c.late = carve(base, &cursor, model->program->num_late_blocks, sizeof(Block));
  c.calls = carve(base, &cursor, launches, sizeof(int64_t));
  c.nanoseconds = carve(base, &cursor, launches, sizeof(int64_t));
  if (!profile)
    c.calls = c.nanoseconds = NULL;
  if (context)
    *context = c;
  return cursor;
}

static int32_t countThreads(const tenon_model *model,
                            const tenon_options *options, int32_t cores) {
  if (model->program->is_sequential)
    return 1;
  // An application's own threads are as many as it says.
  if (options->threads && (options->parallel_for || options->threads < cores))
    return options->threads;
  return cores;
}

static Context *allocateContext(const tenon_model *model,
                                const tenon_options *options) {
  int32_t cores = tenon_rt_num_cores();
  int32_t threads = countThreads(model, options, cores);
  size_t size = layOut(NULL, NULL, model, threads, options->profile);
  void *memory = NULL;
  if (posix_memalign(&memory, 64, size))
    return NULL;
  memset(memory, 0, size);
  Context *context = memory;
  layOut(context, memory, model, threads, options->profile);
  context->base.model = model;
  context->options = *options;
  context->threads = threads;
  context->frame.inputs = context->inputs;
  context->frame.outputs = context->outputs;
  context->frame.dims = context->dims;
  if (options->device == TENON_DEVICE_CUDA) {
    context->threads = 1;
    context->workers = MaxBlocks;
    return context;
  }
  if (!options->parallel_for) {
    context->pool = tenon_rt_pool_acquire(threads, cores);
    context->threads = context->pool.available;
  }
  context->workers = context->threads;
  return context;
}

// What runs of a model without symbols need is known now.
static tenon_status prepareStatic(Context *context, tenon_error *error) {
  const tenon_model *model = context->base.model;
  for (int32_t i = 0; i < model->num_inputs; ++i) {
    const tenon_value *value = &model->inputs[i];
    tenon_tensor tensor = {NULL, value->dims, value->dtype, value->rank};
    context->inputBytes[i] = tenon_num_bytes(&tensor);
  }
  tenon_status status = tenon_rt_compute_sizes(context, error);
  return status == TENON_OK ? tenon_rt_grow_workspace(context, error) : status;
}

tenon_context *tenon_rt_open(const tenon_model *model,
                             const tenon_options *given, tenon_error *error) {
  tenon_options options;
  if (!model) {
    tenon_rt_fail(error, TENON_ERR_ARGUMENT, "expected a model, got NULL");
    return NULL;
  }
  if (readOptions(given, &options, error) != TENON_OK ||
      checkMachine(model = chooseModel(model, &options), &options, error) !=
          TENON_OK ||
      checkSymbols(model, error) != TENON_OK)
    return NULL;
  tenon_rt_weights weights;
  if (tenon_rt_find_weights(model, options.weights_path, &weights, error) !=
      TENON_OK)
    return NULL;
  Context *context = allocateContext(model, &options);
  if (!context) {
    if (weights.mapping)
      munmap(weights.mapping, model->weights_size);
    tenon_rt_fail(error, TENON_ERR_MEMORY,
                  "model '%s': cannot allocate a context", model->name);
    return NULL;
  }
  context->frame.weights = weights.data;
  context->mappedWeights = weights.mapping;
  if (options.device == TENON_DEVICE_CUDA &&
      tenon_rt_open_device(context, weights.data, error) != TENON_OK) {
    tenon_rt_close(&context->base);
    return NULL;
  }
  if (model->num_symbols == 0 && prepareStatic(context, error) != TENON_OK) {
    tenon_rt_close(&context->base);
    return NULL;
  }
  tenon_rt_succeed(error);
  return &context->base;
}

void tenon_rt_close(tenon_context *base) {
  Context *context = (Context *)base;
  if (!context)
    return;
  tenon_rt_free_late(context);
  tenon_rt_close_device(context);
  if (context->pool.home)
    tenon_rt_pool_release(context->pool);
  for (int32_t i = 0; i < base->model->num_outputs; ++i)
    tenon_rt_free_block(context, &context->lent[i]);
  tenon_rt_free_block(context, &context->workspace);
  if (context->mappedWeights)
    munmap(context->mappedWeights, base->model->weights_size);
  free(context);
}
